using Salus.Recommender.Features;

namespace Salus.Recommender.Tests.Features;

public sealed class FeatureStoreTests
{
    private sealed record Clinic(string Speciality, string About, double Latitude, double Longitude, long? Price);

    private static FeatureDefinition<Clinic>[] Definitions(int words = 1) =>
    [
        new("words", words, FeatureKind.Word, c => FeatureValues.Words(c.About)),
        new("speciality", 1, FeatureKind.Category, c => FeatureValues.Category(c.Speciality)),
        new("cell", 1, FeatureKind.Place, c => FeatureValues.Cells(c.Latitude, c.Longitude)),
        new("price", 1, FeatureKind.Price, c => FeatureValues.PriceBand(c.Price)),
    ];

    private static readonly (string, Clinic)[] Sources =
    [
        ("b", new("dentist", "Teeth, teeth and gums", 45.46, 9.19, 5000)),
        ("a", new("eye", "ΟΦΘΑΛΜΟΣ eyes", 45.47, 9.12, null)),
        ("c", new("", "", -33.9, -70.6, 0)),
    ];

    [Fact]
    public void RE_23_recomputation_gives_identical_values_in_whatever_order_the_sources_and_definitions_come()
    {
        var one = new FeatureStore<Clinic>(Definitions()).Compute(Sources);
        var culture = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = new("tr-TR");
            var two = new FeatureStore<Clinic>(Definitions().Reverse()).Compute(Sources.Reverse());
            Assert.Equal(one.Fingerprint, two.Fingerprint);
            Assert.Equal(one.Table.Names.Names, two.Table.Names.Names);
        }
        finally { System.Globalization.CultureInfo.CurrentCulture = culture; }
    }

    [Fact]
    public void Another_version_value_or_row_has_another_fingerprint()
    {
        string Print(FeatureDefinition<Clinic>[] definitions, (string, Clinic)[] sources) => new FeatureStore<Clinic>(definitions).Compute(sources).Fingerprint;
        string[] prints = [Print(Definitions(), Sources), Print(Definitions(2), Sources), Print(Definitions(), Sources[..2]), Print(Definitions(), [Sources[0], Sources[1], ("d", Sources[2].Item2)]),
            Print(Definitions(), [Sources[0], Sources[1], ("c", Sources[2].Item2 with { Price = 9 })])];
        Assert.Equal(prints.Length, prints.Distinct().Count());
        Assert.Equal(["cell@1", "price@1", "speciality@1", "words@2"], new FeatureStore<Clinic>(Definitions(2)).Compute(Sources).Definitions);
    }

    [Fact]
    public void Another_kind_has_another_fingerprint_and_a_name_cannot_pass_for_a_value()
    {
        string Print(string name, FeatureKind kind, string value) => new FeatureStore<string>([new(name, 1, kind, v => FeatureValues.Category(v))]).Compute([("a", value)]).Fingerprint;
        Assert.NotEqual(Print("f", FeatureKind.Category, "x"), Print("f", FeatureKind.Language, "x"));
        foreach (var name in new[] { "a=b", "a@2", "", "a, b" }) Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => Print(name, FeatureKind.Category, "c")).Code);
        Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => Print("f", FeatureKind.Category, "\ud800")).Code);
        Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => FeatureValues.Words("eye \ud800").ToList()).Code);
    }

    [Fact]
    public void A_file_of_features_is_read_by_kind_and_says_which_line_is_wrong()
    {
        var read = FeatureReader.Read(["\uFEFFclinic 1\tspeciality=eye\tword:about=Eyes and ears\tplace:where=45.46,9.19\tprice:visit=5000", "clinic 2\tspeciality=dentist\tlanguage:spoken=it\tlanguage:spoken=de\tflag:wheelchair=yes", "", "clinic 3"]);
        string[] Of(string id) => [.. read.Table.Values.Row(read.Rows.Find(id)).ToArray().Select(c => read.Table.Names[c])];
        Assert.Equal(["about=and", "about=ears", "about=eyes", "speciality=eye", "visit=2^12", "where=0.1:454:91", "where=1:45:9"], Of("clinic 1"));
        Assert.Equal(["speciality=dentist", "spoken=de", "spoken=it", "wheelchair=yes"], Of("clinic 2"));
        Assert.Empty(Of("clinic 3"));
        Assert.Equal(FeatureKind.Language, read.Table.Kinds[read.Table.Names.Find("spoken=it")]);
        foreach (var line in new[] { "a\tspeciality", "a\t=x", "a\tsize:x=1", "a\t3:x=1", "a\tplace:x=north", "a\tplace:x=95,9", "a\tprice:x=-1", "\tx=1", "a\tword:speciality=eye" })
            Assert.Contains("Line 2", Assert.Throws<RecommenderException>(() => FeatureReader.Read(["b\tspeciality=eye", line])).Message, StringComparison.Ordinal);
        Assert.Equal(Faults.Empty, Assert.Throws<RecommenderException>(() => FeatureReader.Read([""])).Code);
        Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => FeatureReader.Read(["a\tx=1", "a\tx=2"])).Code);
    }

    [Fact]
    public void A_model_refuses_features_that_were_made_in_another_version_before_and_after_it_was_in_a_file()
    {
        FeatureSnapshot Made(int version, string id, string value) => new FeatureStore<string>([new("speciality", version, FeatureKind.Category, v => FeatureValues.Category(v))]).Compute([(id, value)]);
        var items = Made(2, "i", "eye");
        Model model = ContentModel.Fit(new(["i"]), items.For(new(["i"])));
        var path = Path.GetTempFileName();
        try
        {
            ModelFile.Save(new Blend(model.Items, [model], BlendWeights.Same(1), [false]), path);
            foreach (var tried in new[] { model, ModelFile.Load(path) })
            {
                Batch Person(int version)
                {
                    var said = Made(version, "p", "eye").For(new(["p"])).Over(tried.FeatureSpace!);
                    return new(SparseMatrix.FromRows([[]], 1), said.Values, said.Version);
                }
                var scores = new float[1];
                tried.Score(Person(2), scores);
                Assert.Equal(Faults.FeatureVersion, Assert.Throws<RecommenderException>(() => tried.Score(Person(3), scores)).Code);
                Assert.Equal(Faults.FeatureVersion, Assert.Throws<RecommenderException>(() => tried.Score(Person(2) with { FeatureVersion = "" }, scores)).Code);
                Assert.Equal(Faults.Mismatch, Assert.Throws<RecommenderException>(() => new FeatureTable(new(["speciality=eye"]), [FeatureKind.Flag], SparseMatrix.FromRows([[]], 1)).Over(tried.FeatureSpace!)).Code);
            }
        }
        finally { File.Delete(path); }
    }

    [Fact]
    public void Features_say_what_they_are_and_near_places_share_a_cell()
    {
        var snapshot = new FeatureStore<Clinic>(Definitions()).Compute(Sources);
        string[] Of(string id) => [.. snapshot.Table.Values.Row(snapshot.Rows.Find(id)).ToArray().Select(c => snapshot.Table.Names[c])];
        Assert.Equal(["cell=0.1:454:91", "cell=1:45:9", "price=2^12", "speciality=dentist", "words=and", "words=gums", "words=teeth"], Of("b"));
        Assert.Contains("cell=0.1:454:91", Of("a"));
        Assert.Contains("words=οφθαλμοσ", Of("a"));
        Assert.Equal(["cell=0.1:-339:-706", "cell=1:-34:-71", "price=free"], Of("c"));
        Assert.Equal(FeatureKind.Place, snapshot.Table.Kinds[snapshot.Table.Names.Find("cell=1:45:9")]);
        Assert.Equal(MathF.Sqrt(2), FeatureValues.Words("Teeth, teeth").Single().Weight);
    }

    [Fact]
    public void A_catalogue_gets_its_rows_in_its_own_order_with_none_for_what_is_not_known()
    {
        var snapshot = new FeatureStore<Clinic>(Definitions()).Compute(Sources);
        var table = snapshot.For(new(["c", "unknown", "a"]));
        Assert.Equal(3, table.Values.Rows);
        Assert.Equal(0, table.Values.Row(1).Length);
        Assert.Equal(snapshot.Table.Values.Row(0).ToArray(), table.Values.Row(2).ToArray());
    }

    [Fact]
    public void Values_that_are_no_numbers_and_names_that_stand_twice_are_refused()
    {
        FeatureDefinition<int> Make(float weight, int version = 1) => new("f", version, FeatureKind.Flag, _ => [("x", weight)]);
        Assert.Equal(Faults.NotFinite, Assert.Throws<RecommenderException>(() => new FeatureStore<int>([Make(float.NaN)]).Compute([("a", 1)])).Code);
        Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => new FeatureStore<int>([Make(1), Make(2)])).Code);
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => new FeatureStore<int>([Make(1, 0)])).Code);
        Assert.Equal(Faults.Malformed, Assert.Throws<RecommenderException>(() => new FeatureStore<int>([Make(1)]).Compute([("a", 1), ("a", 2)])).Code);
    }
}
