using System.Text;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Tests.Sealed;

/// <summary>What becomes of a text that is sealed, and of one that somebody changed, moved or has no key for.</summary>
public sealed class TextSealTests : IDisposable
{
    private static readonly SealedColumn Notes = new("clinic_notes", "Text"), Plans = new("clinic_consultations", "Plan");
    private readonly string folder = Directory.CreateTempSubdirectory("salus-keys-").FullName;
    private readonly Said said = new();

    private TextSeal Seal() => new(new(new Settings { Keys = folder }), said);

    private void Put(string name, byte fill) => File.WriteAllText(Path.Combine(folder, name), Convert.ToBase64String(Enumerable.Repeat(fill, KeyRing.KeyBytes).ToArray()));

    [Fact]
    public void every_text_comes_back_as_it_was_and_is_never_sealed_alike_twice()
    {
        var seal = Seal();
        string[] texts = ["x", "Pain in the left side", "Élise: 39 °C\n\t↑ 体温 🩺", new('ü', 161), new('a', 163), new('b', 164), new('語', 20_000), TextSeal.Mark + "begins as if it were sealed"];
        foreach (var text in texts)
        {
            var (one, two) = (seal.Seal(text, Notes), seal.Seal(text, Notes));
            Assert.NotEqual(one, two);
            Assert.All([one, two], s => Assert.True(TextSeal.IsSealed(s)));
            Assert.All([one, two], s => Assert.Equal(text, seal.Open(s, Notes)));
            if (text.Length > 1) Assert.DoesNotContain(text, one, StringComparison.Ordinal);
            // What is stored is a third longer than the text in UTF-8, and a little.
            Assert.InRange(one.Length, Encoding.UTF8.GetByteCount(text), Encoding.UTF8.GetByteCount(text) * 4 / 3 + 50);
        }
        Assert.Equal("", seal.Seal("", Notes));
        Assert.Equal(("", "Written before"), (seal.Open("", Notes), seal.Open("Written before", Notes)));
    }

    [Fact]
    public void many_threads_seal_and_open_at_once()
    {
        var seal = Seal();
        Parallel.For(0, 2000, i => Assert.Equal($"Text {i}", seal.Open(seal.Seal($"Text {i}", Notes), Notes)));
    }

    [Fact]
    public void a_changed_cut_or_moved_text_is_refused_and_counted_and_the_log_names_the_column_only()
    {
        var seal = Seal();
        var stored = seal.Seal("Pain in the left side", Notes);
        var bytes = Convert.FromBase64String(stored[1..]);
        List<string> wrong = [TextSeal.Mark.ToString(), TextSeal.Mark + "no base64!", TextSeal.Mark + stored[5..], stored[..^4], stored + "AAAA"];
        // Every byte of nonce, text and tag, and the version; another id is another key.
        foreach (var at in Enumerable.Range(5, bytes.Length - 5).Append(0)) wrong.Add(TextSeal.Mark + Convert.ToBase64String([.. bytes[..at], (byte)(bytes[at] ^ 1), .. bytes[(at + 1)..]]));
        foreach (var text in wrong) Assert.Equal((500, "text.damaged"), Refused(seal, text, Notes));
        Assert.Equal((500, "text.damaged"), Refused(seal, stored, Plans));
        Assert.Equal("Pain in the left side", seal.Open(stored, Notes));
        Assert.Equal(wrong.Count + 1, seal.Damaged);
        // Once for each column within a minute.
        Assert.Equal(["clinic_notes.Text", "clinic_consultations.Plan"], said.Lines.Select(l => l.Split(' ')[3]));
        Assert.All(said.Lines, l => Assert.DoesNotContain("Pain", l, StringComparison.Ordinal));
    }

    [Fact]
    public void a_newer_key_seals_and_the_older_one_opens_what_it_sealed_and_without_it_the_text_is_refused_until_it_is_back()
    {
        Put("file-wrapping.key", 1);
        var first = Seal();
        var old = first.Seal("Old words", Notes);
        Put("file-wrapping-2027.key", 2);
        var second = Seal();
        var young = second.Seal("Young words", Notes);
        Assert.NotEqual(old[..7], young[..7]);
        Assert.Equal(("Old words", "Young words"), (second.Open(old, Notes), second.Open(young, Notes)));
        // A program that was started before finds the newer key by itself.
        Assert.Equal("Young words", first.Open(young, Notes));
        File.Delete(Path.Combine(folder, "file-wrapping.key"));
        var third = Seal();
        Assert.Equal((503, "text.key-missing"), Refused(third, old, Notes));
        Assert.Equal((0, "Young words"), (third.Damaged, third.Open(young, Notes)));
        Put("file-wrapping.key", 1);
        Assert.Equal("Old words", Seal().Open(old, Notes));
    }

    [Fact]
    public void another_installations_keys_open_nothing_and_a_key_that_is_none_is_named()
    {
        Put("file-wrapping.key", 1);
        var stored = Seal().Seal("Pain", Notes);
        Put("file-wrapping.key", 3);
        Assert.Equal((503, "text.key-missing"), Refused(Seal(), stored, Notes));
        File.WriteAllText(Path.Combine(folder, "file-wrapping.key"), "no key at all");
        Assert.Contains("file-wrapping.key is not a key", Assert.Throws<FormatException>(Seal).Message, StringComparison.Ordinal);
    }

    private static (int, string) Refused(TextSeal seal, string stored, SealedColumn column)
    {
        var refusal = Assert.Throws<Refusal>(() => seal.Open(stored, column));
        return (refusal.Status, refusal.Code);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private sealed class Said : ILogger<TextSeal>
    {
        public List<string> Lines { get; } = [];
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
