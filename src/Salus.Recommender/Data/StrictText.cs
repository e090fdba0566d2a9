using System.Text;

namespace Salus.Recommender.Data;

/// <summary>Text as bytes, without the usual silent change: half of a surrogate pair would become a question mark, and two identifiers one.</summary>
internal static class StrictText
{
    public static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public static byte[] Bytes(string text)
    {
        try { return Utf8.GetBytes(text); }
        catch (EncoderFallbackException broken) { throw Broken(broken); }
    }

    public static void Check(string text)
    {
        try { Utf8.GetByteCount(text); }
        catch (EncoderFallbackException broken) { throw Broken(broken); }
    }

    /// <summary>Fails for what would break a line of tab-separated text.</summary>
    public static string Cell(string text) =>
        text.Any(char.IsControl) ? throw new RecommenderException(Faults.Malformed, "An identifier holds a tab, a line break or another control character, which a line of this file cannot.") : text;

    private static RecommenderException Broken(Exception inner) => new(Faults.Malformed, "A text holds half of a surrogate pair; it is no Unicode text.", inner);
}
