using System.Globalization;

namespace Salus.Resources;

/// <summary>Names the resources: the key of a text is its English sentence, so English needs no file.</summary>
public sealed class Texts;

public sealed record LanguageChoice(string Code, string Name);

public static class Language
{
    public static readonly IReadOnlyList<LanguageChoice> All = [new("en", "English"), new("fr", "Français"), new("es", "Español"), new("it", "Italiano")];

    /// <summary>Speaks a language until disposed.</summary>
    public static IDisposable Use(string code)
    {
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(code);
        return new Restore(before.CurrentCulture, before.CurrentUICulture);
    }

    private sealed class Restore(CultureInfo culture, CultureInfo ui) : IDisposable
    {
        public void Dispose() => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, ui);
    }
}
