using System.Globalization;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Orders;

/// <summary>What a laboratory value means beside its reference range.</summary>
public static class Judgement
{
    /// <summary>The flag that the value itself gives; null: there is nothing to compare it with.</summary>
    public static ResultFlag? Of(decimal value, decimal? low, decimal? high, decimal? criticalLow, decimal? criticalHigh)
    {
        if (low is null && high is null && criticalLow is null && criticalHigh is null) return null;
        if (value <= criticalLow || value >= criticalHigh) return ResultFlag.Critical;
        if (value < low || value > high) return ResultFlag.Abnormal;
        // With critical limits alone nothing says what is normal.
        return low is null && high is null ? null : ResultFlag.Normal;
    }

    /// <summary>A result in words that is the normal one is normal; what other words mean a person must say.</summary>
    public static ResultFlag? Of(string words, string normal) => normal.Length > 0 && Text.Fold(words) == Text.Fold(normal) ? ResultFlag.Normal : null;

    /// <summary>"3.5–5.1 mmol/L", "≤ 5.1", "negative"; empty when there is none.</summary>
    public static string Range(decimal? low, decimal? high, string unit, string words)
    {
        var figures = (low, high) switch
        {
            ({ } from, { } to) => $"{Say(from)}–{Say(to)}", ({ } from, null) => $"≥ {Say(from)}", (null, { } to) => $"≤ {Say(to)}", _ => "",
        };
        return figures.Length == 0 ? words : unit.Length == 0 ? figures : $"{figures} {unit}";
    }

    public static string Say(decimal value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
