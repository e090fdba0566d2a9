using System.Runtime.InteropServices;
using Salus.Kernel;
using static Salus.Web.Printing.Pango;

namespace Salus.Web.Printing;

/// <summary>Whether this machine can make PDF, and for which scripts it has letters.</summary>
/// <param name="load">True when the library of this name is there.</param>
public sealed class PrintLibrary(Func<string, bool> load) : IHealthSource
{
    // A few letters for each way of writing that people's names come in.
    private static readonly (string Script, string Letters)[] Scripts =
    [
        ("Latin", "Łéß"), ("Greek", "Ελ"), ("Cyrillic", "Жя"), ("Arabic", "محمد"), ("Hebrew", "שלום"), ("Devanagari", "प्रिया"), ("Bengali", "বাংলা"), ("Tamil", "தமிழ்"), ("Thai", "ไทย"), ("Ethiopic", "አማር"),
        ("Georgian", "ქარ"), ("Armenian", "Հայ"), ("Chinese", "張偉"), ("Japanese", "さくら"), ("Korean", "한글"),
    ];

    private readonly Lazy<string> fault = new(() => Find(load));

    /// <summary>True when the system's loader finds the library.</summary>
    public static bool Load(string name) => NativeLibrary.TryLoad(name, typeof(PrintLibrary).Assembly, null, out _);

    /// <summary>What is missing, as a word; empty: nothing is.</summary>
    public string Fault => fault.Value;

    public bool IsThere => Fault.Length == 0;

    IReadOnlyList<HealthPart> IHealthSource.Latest => [IsThere ? new("pdf", HealthPart.Ok) : new("pdf", HealthPart.Off, Fault)];

    Task<IReadOnlyList<HealthPart>> IHealthSource.Look(CancellationToken ct) => Task.FromResult(((IHealthSource)this).Latest);

    private static string Find(Func<string, bool> load)
    {
        string[] libraries = [Objects, Cairo, Core, OnCairo];
        if (libraries.FirstOrDefault(name => !load(name)) is { } missing) return $"{missing} is missing";
        // Paper full of boxes would be worse than the page that a browser prints.
        return Lacks(["Aa 1"]).Count > 0 ? "no fonts" : "";
    }

    /// <summary>The scripts that this machine has no letters for: names in them would be printed as boxes.</summary>
    public IReadOnlyList<string> MissingScripts()
    {
        if (!IsThere) return [];
        var lacking = Lacks(Scripts.Select(s => s.Letters));
        return [.. Scripts.Where(s => lacking.Contains(s.Letters)).Select(s => s.Script)];
    }

    private static HashSet<string> Lacks(IEnumerable<string> texts)
    {
        using var map = pango_cairo_font_map_new();
        using var context = pango_font_map_create_context(map);
        var lacking = new HashSet<string>();
        foreach (var text in texts)
        {
            var setter = new Typesetter(context);
            using var set = setter.Set(text, new(10), 200);
            if (setter.LacksLetters) lacking.Add(text);
        }
        return lacking;
    }
}
