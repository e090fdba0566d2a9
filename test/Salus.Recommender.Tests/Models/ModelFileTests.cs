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
    public void There_is_no_model_where_there_is_no_file()
    {
        Assert.Equal(Faults.CorruptModel, Assert.Throws<RecommenderException>(() => ModelFile.Load(Path.Combine(folder, "none"))).Code);
        Assert.Throws<DirectoryNotFoundException>(() => ModelFile.Save(Shelf.Fit("popularity", Planted.Circles3()), Path.Combine(folder, "no", "such", "folder")));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }
}
