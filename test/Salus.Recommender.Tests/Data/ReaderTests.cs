namespace Salus.Recommender.Tests.Data;

public sealed class ReaderTests
{
    private static T OfFile<T>(string text, Func<string, T> read)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            return read(path);
        }
        finally { File.Delete(path); }
    }

    [Fact]
    public void Candidates_are_read_with_the_held_out_item_in_brackets_or_without()
    {
        var found = OfFile("(0,25)\t1064\t174\r\n\n(Анна, 🏥)\tx\nplain\ty\tz\n", CandidateReader.Read);
        Assert.Equal(["0", "Анна", "plain"], found.Keys);
        Assert.Equal(["25", "1064", "174"], found["0"]);
        Assert.Equal(["🏥", "x"], found["Анна"]);
        Assert.Equal(["y", "z"], found["plain"]);
    }

    [Theory]
    [InlineData("a\tx\n(0)\ty", "Line 2: ")]
    [InlineData("(,1)\ty", "Line 1: ")]
    [InlineData("a", "Line 1: ")]
    [InlineData("a\tx\na\ty", "Line 2: ")]
    [InlineData("a\t\tx", "Line 1: ")]
    public void Candidates_that_cannot_be_read_are_refused_with_the_line(string text, string start)
    {
        var fault = Assert.Throws<RecommenderException>(() => OfFile(text, CandidateReader.Read));
        Assert.Equal(Faults.Malformed, fault.Code);
        Assert.StartsWith(start, fault.Message, StringComparison.Ordinal);
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => OfFile("\n", CandidateReader.Read)).Code);
    }

    private static Interactions Read(params string[] lines) => InteractionReader.Read(lines);
    private static string Fault(params string[] lines) => Assert.Throws<RecommenderException>(() => Read(lines)).Code;

    private static string[] Pairs(Interactions data) =>
        [.. Enumerable.Range(0, data.Users.Count).SelectMany(u => data.Matrix.Row(u).ToArray().Select(i => $"{data.Users[u]}>{data.Items[i]}")).Order(StringComparer.Ordinal)];

    [Fact]
    public void Reads_lists_with_gaps_in_the_numbers_people_without_items_and_double_events()
    {
        var data = Read("7 1000000 3 3", "", "9", "4 3 \r");
        Assert.Equal(["4>3", "7>1000000", "7>3"], Pairs(data));
        Assert.Equal(3, data.Users.Count);
        Assert.Null(data.Times);
    }

    [Theory]
    [InlineData("user_id,item_id,rating,timestamp", "a,x,5,100", "a,y,1,200", "b,x,3,300")]
    [InlineData("a\tx\t5\t100", "a\ty\t1\t200", "b\tx\t3\t300")]
    [InlineData("a::x::5::100", "a::y::1::200", "b::x::3::300")]
    [InlineData("someone;thing;stars", "a;x;5", "a;y;1", "b;x;3")]
    [InlineData("\uFEFFuserId,movieId", "a,x", "a,y", "b,x")]
    public void Reads_columns_with_and_without_a_heading(params string[] lines) => Assert.Equal(["a>x", "a>y", "b>x"], Pairs(Read(lines)));

    [Fact]
    public void Keeps_the_latest_time_of_an_event_and_leaves_out_low_ratings_when_asked()
    {
        var data = InteractionReader.Read(["a,x,5,100", "a,x,4,300", "a,y,2,200", "b,y,1,50"], leastRating: 3);
        Assert.Equal(["a>x"], Pairs(data));
        Assert.Equal([300L], data.Times!);
        Assert.Equal(["a", "b"], data.Users.Names);
    }

    [Fact]
    public void Identifiers_are_any_text()
    {
        var data = Read("Ольга Ω\tक्लिनिक 7", "é\t🏥", "e\u0301\t🏥");
        Assert.Equal(["Ольга Ω", "é", "e\u0301"], data.Users.Names);
        Assert.Equal(["क्लिनिक 7", "🏥"], data.Items.Names);
    }

    [Fact]
    public void Quotes_are_taken_off_a_whole_field_only()
    {
        var data = Read("\"a b\",\"x\"", "a,5\" pipe", "\"a,\"x", "b,\"say \"\"ah\"\"\"");
        Assert.Equal(["a b", "a", "\"a", "b"], data.Users.Names);
        Assert.Equal(["x", "5\" pipe", "\"x", "say \"ah\""], data.Items.Names);
    }

    [Fact]
    public void Data_that_was_built_does_not_change_when_more_is_added()
    {
        var builder = new InteractionBuilder();
        builder.Add("a", "x");
        var data = builder.Build();
        builder.Add("b", "y");
        builder.AddItem("z");
        Assert.Equal((1, 1), (data.Users.Count, data.Items.Count));
        Assert.Equal(-1, data.Items.Find("y"));
        Assert.Equal((2, 3), (builder.Build().Users.Count, builder.Build().Items.Count));
        Assert.Equal(["x", "new"], data.WithItems(["new", "x"]).Checked().Items.Names);
        Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => builder.Add("a", "half \ud800")).Code);
    }

    [Fact]
    public void Says_which_line_is_wrong()
    {
        Assert.Equal(Faults.Malformed, Fault("a,x,5", "b,y,many"));
        Assert.Contains("Line 2", Assert.Throws<RecommenderException>(() => Read("a,x,5", "b,y,many")).Message, StringComparison.Ordinal);
        Assert.Equal(Faults.NotFinite, Fault("a,x,5", "b,y,NaN"));
        Assert.Equal(Faults.Malformed, Fault("a,x,5,1", "b,y,5,later"));
        Assert.Equal(Faults.Malformed, Fault("a,x", "b,"));
        Assert.Equal(Faults.Malformed, Fault("a,x", "b"));
        Assert.Equal(Faults.Empty, Fault());
        Assert.Equal(Faults.Empty, Fault("", "  "));
    }

    [Fact]
    public void Refuses_a_file_that_is_not_there_or_not_text()
    {
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => InteractionReader.Read("/no/such/file")).Code);
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, [0x61, 0x20, 0xFF, 0xFE, 0x0A]);
            Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => InteractionReader.Read(path)).Code);
        }
        finally { File.Delete(path); }
    }

    [Fact]
    public void Weights_that_are_no_numbers_or_not_above_zero_are_refused()
    {
        Assert.Equal(Faults.NotFinite, Assert.Throws<RecommenderException>(() => new InteractionBuilder().Add("a", "x", float.NaN)).Code);
        Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => new InteractionBuilder().Add("a", "x", 0)).Code);
        Assert.Equal(Faults.NotFinite, Assert.Throws<RecommenderException>(() => SparseMatrix.FromRows([[(0, float.NaN)]], 1)).Code);
        Assert.Equal(Faults.Mismatch, Assert.Throws<RecommenderException>(() => SparseMatrix.FromRows([[(3, 1)]], 1)).Code);
        // Parts as a damaged file might give them: fewer rows than none, and an entry before the first row.
        Assert.Equal(Faults.Mismatch, Assert.Throws<RecommenderException>(() => new SparseMatrix(-1, 1, [], [], [])).Code);
        Assert.Equal(Faults.Mismatch, Assert.Throws<RecommenderException>(() => new SparseMatrix(1, 1, [1, 1], [5], [1])).Code);
    }
}
