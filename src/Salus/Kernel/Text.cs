using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Salus.Kernel;

/// <summary>Cleaning of what people type, and secrets for links.</summary>
public static class Text
{
    /// <summary>What stands where a name must not.</summary>
    public const string Dots = "•••";

    /// <summary>Without control characters, without spaces at the ends, inner runs of white space as one space, in Unicode NFC.</summary>
    public static string Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return "";
        var clean = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormC))
        {
            if (char.IsWhiteSpace(c)) { if (clean.Length > 0 && clean[^1] != ' ') clean.Append(' '); }
            else if (!char.IsControl(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format) clean.Append(c);
        }
        return clean.ToString().TrimEnd();
    }

    /// <summary>For searching: lower case, without accents, punctuation as spaces. "D'Été-Muñoz" becomes "d ete munoz".</summary>
    public static string Fold(string? text)
    {
        var folded = new StringBuilder();
        foreach (var c in Clean(text).ToLowerInvariant().Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark) continue;
            if (char.IsLetterOrDigit(c)) folded.Append(Plain(c));
            else if (folded.Length > 0 && folded[^1] != ' ') folded.Append(' ');
        }
        // Composed again: Korean syllables would otherwise take three times their room.
        return folded.ToString().Trim().Normalize(NormalizationForm.FormC);
    }

    // Letters that Unicode does not decompose, as people without that keyboard type them.
    private static string Plain(char c) => c switch
    {
        'ß' => "ss", 'æ' => "ae", 'œ' => "oe", 'ø' => "o", 'ł' => "l", 'đ' => "d", 'ð' => "d", 'þ' => "th", 'ı' => "i", _ => c.ToString(),
    };

    /// <summary>A text of several lines as it was typed: line ends alike, and without what no reader could see.</summary>
    public static string Lines(string? text) => text is null ? "" : string.Concat(text.ReplaceLineEndings("\n").Where(c => c == '\n' || c == '\t' || !char.IsControl(c))).Trim();

    /// <summary>The digits of a text.</summary>
    public static string Digits(string? text) => string.Concat((text ?? "").Where(char.IsAsciiDigit));

    /// <summary>A phone number as E.164 ("+33612345678"); null when it cannot be one.</summary>
    /// <param name="text">As typed; a national number is completed with <paramref name="callingCode"/>.</param>
    /// <param name="callingCode">The organisation's country calling code, digits only, such as "33".</param>
    public static string? Phone(string? text, string callingCode)
    {
        var clean = Clean(text);
        if (clean.Any(c => !char.IsAsciiDigit(c) && !" +-./()".Contains(c, StringComparison.Ordinal)) || clean.LastIndexOf('+') > 0) return null;
        var digits = Digits(clean);
        var number = clean.StartsWith('+') ? digits : digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..]
            : callingCode + (KeepsZero(callingCode) ? digits : digits.TrimStart('0'));
        return number.Length is >= 8 and <= 15 && number[0] != '0' ? "+" + number : null;
    }

    // Italian numbers keep their leading zero behind the calling code.
    private static bool KeepsZero(string callingCode) => callingCode is "39" or "378";

    /// <summary>A secret for a link: 26 characters, 130 bits, easy to read aloud.</summary>
    public static string Secret()
    {
        const string alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
        return RandomNumberGenerator.GetString(alphabet, 26);
    }

    /// <summary>What is stored of a secret: SHA-256, hexadecimal.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
