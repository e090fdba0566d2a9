using System.Globalization;
using System.Text.RegularExpressions;

namespace Salus.Modules.Organisations.Contract;

/// <summary>
/// A scheme for registration numbers: <c>x</c> stands for a digit of the running number, <c>yy</c> and <c>mm</c> for year
/// and month of registration; <c>-</c> and <c>+</c> separate. With a year or month the running number starts again there.
/// </summary>
public sealed partial record NumberScheme(string Pattern)
{
    [GeneratedRegex(@"^(?=.{4,15}\z)(xx*|yy|mm)([-+]?(xx*|yy|mm))*\z")]
    private static partial Regex Shape();

    private int Digits => Pattern.Count(c => c == 'x');

    /// <summary>The scheme of a pattern; null when it is none.</summary>
    public static NumberScheme? Parse(string pattern) =>
        Shape().IsMatch(pattern) && pattern.Count(c => c == 'x') >= 4 && pattern.Count(c => c == 'y') <= 2 && pattern.Count(c => c == 'm') <= 2 ? new(pattern) : null;

    /// <summary>The part of the counter's name that starts the running number again: empty, a year or a month.</summary>
    public string Period(DateOnly today) =>
        (Pattern.Contains('y', StringComparison.Ordinal) ? today.ToString("yy", CultureInfo.InvariantCulture) : "")
        + (Pattern.Contains('m', StringComparison.Ordinal) ? today.ToString("MM", CultureInfo.InvariantCulture) : "");

    /// <summary>The first running number: the digits of "01-00-001" where the pattern is as long, else 1.</summary>
    public long First(string start) => Period(default).Length == 0 && start.Length == Digits && long.TryParse(start, out var first) ? first : 1;

    /// <summary>The number as it is written; null when the running number has outgrown the pattern.</summary>
    public string? Write(long running, DateOnly today)
    {
        var text = running.ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0');
        if (text.Length > Digits) return null;
        var (next, year, month) = (0, 0, 0);
        return string.Concat(Pattern.Select(c => c switch
        {
            'x' => text[next++],
            'y' => today.ToString("yy", CultureInfo.InvariantCulture)[year++],
            'm' => today.ToString("MM", CultureInfo.InvariantCulture)[month++],
            _ => c,
        }));
    }

    /// <summary>True when a number somebody typed has the shape of the pattern.</summary>
    public bool Fits(string number) => number.Length == Pattern.Length && number.Zip(Pattern).All(p => p.Second is 'x' or 'y' or 'm' ? char.IsAsciiDigit(p.First) : p.First == p.Second);
}
