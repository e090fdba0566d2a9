namespace Salus.Recommender.Tests.Models;

public sealed class ModelFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("salus-rec-").FullName;

    public static TheoryData<string> All => Shelf.All;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, MemberData(nameof(All))]
    public void A_saved_model_scores_as_before(string name)
    {
        var data = Planted.Circles3(i => $"é{i}");
        var model = Shelf.Fit(name, data);
        var path = Path.Combine(folder, "model");
        ModelFile.Save(model, path);
        var loaded = ModelFile.Load(path);
        Assert.Equal(data.Items.Names, loaded.Items.Names);
        Assert.Equal(Planted.Scores(model, 1, 9), Planted.Scores(loaded, 1, 9));
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Theory, MemberData(nameof(All))]
    public void A_file_cut_anywhere_or_changed_anywhere_is_refused(string name)
    {
        var path = Path.Combine(folder, "model");
        ModelFile.Save(Shelf.Fit(name, Planted.Circles3()), path);
        var whole = File.ReadAllBytes(path);
        var random = new SeededRandom(1);
        for (var round = 0; round < 40; round++)
        {
            File.WriteAllBytes(path, whole[..random.Below(whole.Length)]);
            Assert.Equal(Faults.CorruptModel, Assert.Throws<RecommenderException>(() => ModelFile.Load(path)).Code);
            var changed = (byte[])whole.Clone();
            changed[random.Below(whole.Length)] ^= (byte)(1 + random.Below(255));
            File.WriteAllBytes(path, changed);
            Assert.Equal(Faults.CorruptModel, Assert.Throws<RecommenderException>(() => ModelFile.Load(path)).Code);
        }
    }

    [Fact]
    public void A_file_with_a_right_checksum_and_wrong_parts_is_refused_all_the_same()
    {
        var path = Path.Combine(folder, "model");
        ModelFile.Save(Shelf.Fit("graph filter", Planted.Circles3()), path);
        var whole = File.ReadAllBytes(path)[..^32];
        var random = new SeededRandom(2);
        var refused = 0;
        for (var round = 0; round < 300; round++)
        {
            var changed = (byte[])whole.Clone();
            for (var b = 0; b < 4; b++) changed[14 + random.Below(whole.Length - 14)] = (byte)random.Below(256);
            File.WriteAllBytes(path, [.. changed, .. System.Security.Cryptography.SHA256.HashData(changed)]);
            try { ModelFile.Load(path); }
            catch (RecommenderException) { refused++; }
        }
        // A changed weight is a number like another; a changed length, place or name is not.
        Assert.InRange(refused, 1, 299);
    }

    [Fact]
    public void Blends_within_blends_have_a_bound_in_writing_and_in_reading()
    {
        var data = Planted.Circles3();
        Model Nested(int depth)
        {
            Model model = Prior.Popularity(data);
            for (var d = 1; d < depth; d++) model = new Blend(data.Items, [model], BlendWeights.Same(1), new bool[24]);
            return model;
        }
        var path = Path.Combine(folder, "model");
        ModelFile.Save(Nested(4), path);
        Assert.Equal(Planted.Scores(Nested(4), 1), Planted.Scores(ModelFile.Load(path), 1));
        Assert.Equal(Faults.Range, Assert.Throws<RecommenderException>(() => ModelFile.Save(Nested(5), path)).Code);
        // A file that claims a million of them, with a right checksum: a head as it is, then blends without end.
        var head = File.ReadAllBytes(path);
        var kind = head.AsSpan().IndexOf("blend"u8) - 1;
        var one = head[kind..(kind + 6 + 4 + 24 * 4 + 4)];
        using var made = new MemoryStream();
        made.Write(head.AsSpan(0, kind));
        for (var n = 0; n < 200_000; n++) made.Write(one);
        File.WriteAllBytes(path, [.. made.ToArray(), .. System.Security.Cryptography.SHA256.HashData(made.ToArray())]);
        Assert.Contains("too deep", Assert.Throws<RecommenderException>(() => ModelFile.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_number_in_a_file_is_wrong_the_answer_is_a_refusal_of_ours()
    {
        var path = Path.Combine(folder, "model");
        foreach (var name in new[] { "graph filter", "als", "content", "blend", "cosine" })
        {
            ModelFile.Save(Shelf.Fit(name, Planted.Circles3()), path);
            var whole = File.ReadAllBytes(path)[..^32];
            var random = new SeededRandom(3);
            for (var round = 0; round < 400; round++)
            {
                // Lengths and options are what breaks most: numbers that are out of every range, anywhere.
                var changed = (byte[])whole.Clone();
                BitConverter.TryWriteBytes(changed.AsSpan(14 + random.Below(whole.Length - 22)), random.Below(3) switch { 0 => -1L, 1 => 0x7FF0_0000_0000_0000L, _ => 0L });
                File.WriteAllBytes(path, [.. changed, .. System.Security.Cryptography.SHA256.HashData(changed)]);
                try { ModelFile.Load(path); }
                catch (RecommenderException refused) { Assert.Contains(refused.Code, new[] { Faults.CorruptModel, Faults.UnknownModel }); }
            }
        }
    }

    [Fact]
    public void A_file_whose_writing_fails_leaves_the_old_one_and_a_place_is_tried_without_a_trace()
    {
        var path = Path.Combine(folder, "lists");
        WholeFile.Write(path, f => f.Write("old"u8));
        Assert.Throws<InvalidOperationException>(() => WholeFile.Write(path, f =>
        {
            f.Write("half"u8);
            throw new InvalidOperationException();
        }));
        WholeFile.Check(path);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder));
        Assert.Throws<IOException>(() => WholeFile.Check(folder));
        Assert.Throws<IOException>(() => WholeFile.Check(" "));
        Assert.Throws<DirectoryNotFoundException>(() => WholeFile.Check(Path.Combine(folder, "no", "file")));
    }

    [Fact]
    public void There_is_no_model_where_there_is_no_file()
    {
        Assert.Equal(Faults.CorruptModel, Assert.Throws<RecommenderException>(() => ModelFile.Load(Path.Combine(folder, "none"))).Code);
        Assert.Throws<DirectoryNotFoundException>(() => ModelFile.Save(Shelf.Fit("popularity", Planted.Circles3()), Path.Combine(folder, "no", "such", "folder")));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }
}
