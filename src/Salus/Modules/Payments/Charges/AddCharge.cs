using System.ComponentModel.DataAnnotations;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Charges;

/// <summary>Charges somebody for something that no other part of the program charges for, such as a copy of the record.</summary>
public sealed class AddCharge(Tools tools, OrganisationSlot organisation, ChargeBook book, Payers payers) : MoneyUseCase<AddCharge.Command, ChargeView>(tools, organisation)
{
    public const string Action = "charge.add";

    /// <summary>The word under which such charges stand in the figures.</summary>
    public const string Purpose = "other";

    public sealed record Command
    {
        public PayerKind PayerKind { get; init; }
        public Guid PayerId { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Title { get; init; } = "";

        [Required(ErrorMessage = "Name what it is for."), MinLength(1, ErrorMessage = "Name what it is for."), MaxLength(200, ErrorMessage = "This is too long.")]
        public IReadOnlyList<Line> Lines { get; init; } = [];

        public DateOnly? DueOn { get; init; }
    }

    public sealed record Line
    {
        public string? Code { get; init; }
        public string? Description { get; init; }
        public Money? UnitPrice { get; init; }
        public decimal Quantity { get; init; } = 1;

        /// <summary>In percent, with up to two decimals.</summary>
        public decimal TaxRate { get; init; }

        /// <summary>In percent, with up to two decimals.</summary>
        public decimal DiscountRate { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(PaymentPermissions.Charge);

    protected override async Task<ChargeView> Handle(Command command, CancellationToken ct)
    {
        var payer = await payers.Find(Db, Actor, command.PayerKind, command.PayerId, ct);
        var title = Text.Clean(command.Title);
        if (title.Length == 0) throw Refusal.Field("title", "Please fill this in.");
        var currency = (await Db.PaymentSettingsNow(ct)).Currency;
        var charge = await book.Charge(Booking, new()
        {
            Payer = payer, PurposeKind = Purpose, PurposeId = Guid.CreateVersion7(), Title = title, DueOn = command.DueOn,
            Lines = [.. command.Lines.Select(l => new NewLine(Short(l.Code, 40), Short(l.Description, 200) is { Length: > 0 } text ? text : title, (l.UnitPrice ?? new("")).Minor(currency, "lines", least: 0), l.Quantity) { TaxRate = Hundredths(l.TaxRate), DiscountRate = Hundredths(l.DiscountRate) })],
        }, ct);
        Subject("charge", charge.Id, "added");
        return ChargeView.Of(charge);
    }

    private static string Short(string? text, int most)
    {
        var clean = Text.Clean(text);
        return clean.Length <= most ? clean : throw Refusal.Field("lines", "This is too long.");
    }

    private static int Hundredths(decimal percent) =>
        percent is >= 0 and <= 100 && decimal.Round(percent, 2) == percent ? (int)(percent * 100) : throw Refusal.Field("lines", "A rate is between 0 and 100 %.");
}
