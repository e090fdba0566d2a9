using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Salus.Tests.Resources;

/// <summary>Every sentence that people read exists in every language, with the same places, and nothing else does.</summary>
public sealed partial class TextsTests
{
    private static readonly string Source = Path.Combine(Root(), "src", "Salus");
    private static readonly Dictionary<string, string> Keys = FindKeys();

    public static TheoryData<string> Languages => ["fr", "es", "it"];

    [Fact]
    public void The_scan_finds_every_form_of_text()
    {
        string[] samples =
        [
            "Sign in", "E-mail address", "Needed above routine; it is recorded.", "Given up", "Mean wait", // pages and components
            "This address and password do not belong together.", "This is too large.", "Nobody waits in “{0}”.", // refusals
            "Ask for a new one.", "This is not your password.", "This is not a phone number.", "Use a digit.", "An age is between 0 and 150.", "This value does not fit.",
            "Find and read patients", "registered a patient", "exported the audit log", "Queues and rooms", // manifests
            "In the room", "Emergency", "Self-paying", "Receptionist", "{0} years", // words
            "Hello {0},\n\nyou are invited to work with {1} in Salus. Open this link within three days and choose a password:\n\n{2}\n\nIf you did not expect this mail, you can ignore it.",
        ];
        Assert.Empty(samples.Except(Keys.Keys));
    }

    [Theory, MemberData(nameof(Languages))]
    public void Every_text_is_translated(string language) =>
        Assert.Empty(Keys.Where(k => string.IsNullOrWhiteSpace(Translations(language).GetValueOrDefault(k.Key))).Select(k => $"{k.Value}: {k.Key}"));

    [Theory, MemberData(nameof(Languages))]
    public void No_translation_is_left_over(string language) =>
        Assert.Empty(Translations(language).Keys.Except(Keys.Keys));

    [Theory, MemberData(nameof(Languages))]
    public void Places_and_lines_agree(string language) =>
        Assert.Empty(Translations(language).Where(t => Shape(t.Key) != Shape(t.Value)).Select(t => $"{t.Key} / {t.Value}"));

    // The compiler of resources drops the second of two names that differ in case only.
    [Fact]
    public void No_two_texts_differ_in_case_only() =>
        Assert.Empty(Keys.Keys.GroupBy(k => k, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => string.Join(" / ", g)));

    private static string Shape(string text) =>
        string.Join(' ', Place().Matches(text).Select(m => m.Value).Order(StringComparer.Ordinal)) + $" {text.Count(c => c == '\n')} lines";

    private static Dictionary<string, string> Translations(string language) =>
        XDocument.Load(Path.Combine(Source, "Resources", $"Texts.{language}.resx")).Root!.Elements("data")
            .ToDictionary(d => d.Attribute("name")!.Value, d => d.Element("value")!.Value, StringComparer.Ordinal);

    /// <summary>The texts, and the file where each was found first.</summary>
    private static Dictionary<string, string> FindKeys()
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Files())
        {
            var text = File.ReadAllText(file);
            foreach (var key in KeysIn(Path.GetFileName(file), text)) keys.TryAdd(key, Path.GetRelativePath(Source, file));
        }
        return keys;
    }

    private static IEnumerable<string> Files()
    {
        string[] leftOut = ["bin", "obj", "node_modules", "wwwroot", "Migrations"];
        var folders = new Stack<string>([Source]);
        while (folders.TryPop(out var folder))
        {
            foreach (var inner in Directory.EnumerateDirectories(folder).Where(d => !leftOut.Contains(Path.GetFileName(d)))) folders.Push(inner);
            foreach (var file in Directory.EnumerateFiles(folder).Where(f => Path.GetExtension(f) is ".cs" or ".razor")) yield return file;
        }
    }

    private static IEnumerable<string> KeysIn(string file, string text)
    {
        List<Regex> forms = [Looked()];
        if (file.EndsWith(".razor", StringComparison.Ordinal)) forms.Add(Parameter());
        else forms.AddRange([Refused(), RefusedField(), Unlock(), ErrorsOfField(), Validation(), PasswordRule()]);
        if (file is "SecurityEvents.cs" or "RecordPermissions.cs") forms.Add(Declared());
        if (file is "CareGuard.cs" or "BillPolicy.cs") forms.Add(Unlocks());
        if (file == "VitalKind.cs") forms.Add(Measured());
        if (file.EndsWith("Module.cs", StringComparison.Ordinal)) forms.AddRange([Declared(), MenuEntry(), Heading()]);
        if (file is "Words.cs" or "PatientWords.cs" or "Role.cs") forms.Add(Arm());
        var found = forms.SelectMany(f => f.Matches(text)).Select(m => m.Groups[1].Value);
        var inside = Computed().Matches(text).SelectMany(m => Literal().Matches(m.Groups[1].Value)).Select(m => m.Groups[1].Value);
        return found.Concat(inside).Select(Regex.Unescape);
    }

    private static string Root([CallerFilePath] string here = "")
    {
        foreach (var start in (string[])[AppContext.BaseDirectory, Path.GetDirectoryName(here)!])
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Salus.slnx"))) return folder.FullName;
            }
        }
        throw new InvalidOperationException("Salus.slnx was not found above the tests.");
    }

    private const string Text = @"""((?:[^""\\]|\\.)*)""";

    /// <summary><c>Page["…"]</c>, <c>page["…"]</c>, <c>texts["…"]</c>, <c>t["…"]</c></summary>
    [GeneratedRegex(@"\b(?:Page|page|texts|t)\[" + Text)]
    private static partial Regex Looked();

    /// <summary><c>Page[x switch { … => "…" }]</c>, <c>Page[x ? "…" : "…"]</c></summary>
    [GeneratedRegex(@"\bPage\[(?!"")((?:[^\[\]""]|""[^""]*"")*)\]")]
    private static partial Regex Computed();

    [GeneratedRegex(Text)]
    private static partial Regex Literal();

    /// <summary><c>&lt;Field Label="…" Hint="…" /&gt;</c> and other components that look their texts up themselves</summary>
    [GeneratedRegex(@"\b(?:Label|Hint|Title|Text)=""([^""@][^""]*)""")]
    private static partial Regex Parameter();

    /// <summary><c>new(409, "code", "…")</c>, <c>new Refusal(status, "code", "…")</c></summary>
    [GeneratedRegex(@"\bnew(?: Refusal)?\(\s*(?:\d{3}|status),\s*""[a-z.-]+"",\s*" + Text)]
    private static partial Regex Refused();

    /// <summary><c>Refusal.Field("field", "…")</c></summary>
    [GeneratedRegex(@"\bRefusal\.Field\((?:""[^""]*""|\w+),\s*" + Text)]
    private static partial Regex RefusedField();

    /// <summary><c>new(409, "code", "…", "…")</c>: what would unlock it</summary>
    [GeneratedRegex(@"\bnew\(\d{3}, ""[a-z.-]+"", ""[^""]*"", " + Text)]
    private static partial Regex Unlocks();

    /// <summary><c>new("pulse", "…", …)</c></summary>
    [GeneratedRegex(@"\bnew\(""\w+"", " + Text)]
    private static partial Regex Measured();

    [GeneratedRegex(@"\bUnlock = " + Text)]
    private static partial Regex Unlock();

    /// <summary><c>errors["field"] = ["…"]</c></summary>
    [GeneratedRegex(@"(?:\[""\w+""|\berrors\[.*?)\] = \[" + Text + @"\]")]
    private static partial Regex ErrorsOfField();

    /// <summary><c>ErrorMessage = "…"</c> and the sentence that stands in for it</summary>
    [GeneratedRegex(@"\bErrorMessage (?:=|\?\?) " + Text)]
    private static partial Regex Validation();

    [GeneratedRegex(@"\berrors\.Add\(" + Text)]
    private static partial Regex PasswordRule();

    /// <summary>Permissions and audited actions of a manifest: <c>new(SignIn.Action, "…")</c></summary>
    [GeneratedRegex(@"\bnew\((?:\w+\.)?[A-Z]\w*,\s*" + Text)]
    private static partial Regex Declared();

    /// <summary><c>override string Title => "…"</c> of a manifest</summary>
    [GeneratedRegex("override string Title => " + Text)]
    private static partial Regex Heading();

    /// <summary><c>new("path", "…", "icon", permission, 10)</c></summary>
    [GeneratedRegex(@"\bnew\(""[a-z/]+"", " + Text + @", ""[a-z-]+"", [\w.]+, \d+\)")]
    private static partial Regex MenuEntry();

    /// <summary><c>State.Waiting => "…"</c> in the classes that hold words</summary>
    [GeneratedRegex("=> " + Text)]
    private static partial Regex Arm();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Place();
}
