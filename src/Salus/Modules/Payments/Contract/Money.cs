using System.Collections.Frozen;
using System.Globalization;
using Salus.Kernel;

namespace Salus.Modules.Payments.Contract;

/// <summary>An amount as it travels: <c>{ "amount": "12.50", "currency": "EUR" }</c>. Inside, amounts are <see langword="long"/> in the smallest unit of their currency.</summary>
/// <param name="Amount">With a point or a comma, in no more decimals than the currency has.</param>
/// <param name="Currency">Its ISO 4217 code; when nothing is named, the organisation's.</param>
public sealed record Money(string? Amount, string? Currency = null)
{
    /// <summary>What no single amount exceeds, in the smallest unit: sums of a million such amounts still fit.</summary>
    public const long Most = 1_000_000_000_000;

    public static Money Of(long minor, string currency) => new(Write(minor, currency), currency);

    /// <summary>Such as "12.50" or "-3", the same in every language.</summary>
    public static string Write(long minor, string currency) => Value(minor, currency).ToString("F" + Currencies.Digits(currency).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>As people of the current culture read it, with the currency behind.</summary>
    public static string Show(long minor, string currency) => Value(minor, currency).ToString("N" + Currencies.Digits(currency).ToString(CultureInfo.InvariantCulture), CultureInfo.CurrentCulture) + "\u00a0" + currency;

    private static decimal Value(long minor, string currency) => minor / Currencies.Factor(currency);

    /// <summary>The amount in the smallest unit.</summary>
    /// <param name="currency">What it must be in.</param>
    /// <param name="field">Named in the refusal.</param>
    /// <param name="least">1: more than nothing; 0: nothing is an amount too.</param>
    /// <exception cref="Refusal">422 on the field.</exception>
    public long Minor(string currency, string field = "amount", long least = 1)
    {
        if (!string.IsNullOrEmpty(Currency) && Currency != currency) throw Refusal.Field(field, "This is in another currency.");
        var text = (Amount ?? "").Trim().Replace(',', '.');
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) throw Refusal.Field(field, "This is not an amount.");
        if (Math.Abs(value) > Most) throw Refusal.Field(field, "No amount is that large.");
        var minor = value * Currencies.Factor(currency);
        if (minor != decimal.Truncate(minor)) throw Refusal.Field(field, "The currency has no such small parts.");
        if (minor > Most) throw Refusal.Field(field, "No amount is that large.");
        if (minor < least && least > 0) throw Refusal.Field(field, "An amount is more than nothing.");
        if (minor < least) throw Refusal.Field(field, "An amount is not less than nothing.");
        return (long)minor;
    }
}

/// <summary>The currencies that can be used, by their ISO 4217 codes.</summary>
public static class Currencies
{
    private const string NoDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF", ThreeDecimals = "BHD IQD JOD KWD LYD OMR TND";

    private const string TwoDecimals =
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT "
        + "LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG";

    private static readonly FrozenDictionary<string, int> Known =
        Of(NoDecimals, 0).Concat(Of(TwoDecimals, 2)).Concat(Of(ThreeDecimals, 3)).ToFrozenDictionary();

    public static IEnumerable<string> All => Known.Keys.Order(StringComparer.Ordinal);

    public static bool IsKnown(string? code) => code is not null && Known.ContainsKey(code);

    /// <summary>How many decimals its amounts are written with.</summary>
    public static int Digits(string code) => Known.GetValueOrDefault(code, 2);

    /// <summary>How many of the smallest unit make one.</summary>
    public static decimal Factor(string code) => Digits(code) switch { 0 => 1m, 3 => 1000m, _ => 100m };

    private static IEnumerable<KeyValuePair<string, int>> Of(string codes, int digits) => codes.Split(' ').Select(c => KeyValuePair.Create(c, digits));
}
