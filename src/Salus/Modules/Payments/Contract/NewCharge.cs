using Salus.Kernel;

namespace Salus.Modules.Payments.Contract;

/// <summary>What a module wants to be paid.</summary>
public sealed record NewCharge
{
    public required Payer Payer { get; init; }

    /// <summary>The module's own word, at most 40 letters, and the row it is for. <see cref="IChargeHears"/> of that word is told what becomes of it.</summary>
    public required string PurposeKind { get; init; }
    public required Guid PurposeId { get; init; }

    /// <summary>What belongs together, such as everything of one visit.</summary>
    public Guid? GroupId { get; init; }
    public required string Title { get; init; }
    public required IReadOnlyList<NewLine> Lines { get; init; }

    /// <summary>Lower ranks are paid first where a payment does not say which.</summary>
    public int Rank { get; init; } = 100;
    public DateOnly? DueOn { get; init; }

    /// <summary>Of several charges with one key only the first is made, however many ask at once; empty: each is made.</summary>
    public string Key { get; init; } = "";
}

/// <summary>One line of what is to be paid.</summary>
/// <param name="UnitPrice">In the smallest unit of the organisation's currency; with or without tax as the organisation's settings say.</param>
/// <param name="Quantity">Up to three decimals.</param>
public sealed record NewLine(string Code, string Description, long UnitPrice, decimal Quantity = 1)
{
    /// <summary>In hundredths of a percent: 2200 is 22 %.</summary>
    public int TaxRate { get; init; }

    /// <summary>Taken off, in hundredths of a percent of the line.</summary>
    public int DiscountRate { get; init; }

    /// <summary>Taken off after that, in the smallest unit.</summary>
    public long Discount { get; init; }
}

/// <summary>
/// The amounts of one line. Each line is rounded by itself, half to even: first its price, then what is taken off, then its tax; a charge is the sum of its
/// lines, and an invoice the sum of its charges. So what stands on paper always adds up.
/// </summary>
public sealed record LineAmounts(long Net, long Tax, long Total, long Discount)
{
    public const int Whole = 10_000;
    private const decimal MostQuantity = 1_000_000;

    /// <exception cref="Refusal">422 on <c>lines</c> when a number cannot be.</exception>
    public static LineAmounts Of(NewLine line, bool taxIncluded)
    {
        if (line.UnitPrice is < 0 or > Money.Most) throw Refusal.Field("lines", "This is not a price.");
        if (line.Quantity is <= 0 or > MostQuantity || decimal.Round(line.Quantity, 3) != line.Quantity) throw Refusal.Field("lines", "This is not a quantity.");
        if (line.TaxRate is < 0 or > Whole || line.DiscountRate is < 0 or > Whole) throw Refusal.Field("lines", "A rate is between 0 and 100 %.");
        var price = line.UnitPrice * line.Quantity;
        if (price > Money.Most) throw Refusal.Field("lines", "No amount is that large.");
        var full = Round(price);
        var discount = Round(full * line.DiscountRate / (decimal)Whole) + line.Discount;
        if (line.Discount < 0 || discount > full) throw Refusal.Field("lines", "No more is taken off than the line costs.");
        var left = full - discount;
        return taxIncluded ? Including(left, line.TaxRate, discount) : Adding(left, line.TaxRate, discount);
    }

    private static LineAmounts Adding(long net, int rate, long discount)
    {
        var tax = Round(net * (decimal)rate / Whole);
        return new(net, tax, net + tax, discount);
    }

    private static LineAmounts Including(long total, int rate, long discount)
    {
        var net = Round(total * (decimal)Whole / (Whole + rate));
        return new(net, total - net, total, discount);
    }

    private static long Round(decimal amount) => (long)Math.Round(amount, MidpointRounding.ToEven);
}
