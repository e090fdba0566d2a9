using System.ComponentModel.DataAnnotations;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing.Claims;

/// <summary>Books what an insurer paid for one claim or several by one transfer: exactly what it had said, from what it owed to the bank.</summary>
public sealed class PayClaims(Tools tools, Bills bills, InsurerBook insurers, OrganisationSlot organisation) : ClaimUseCase<PayClaims.Command, PayClaims.Outcome>(tools, bills, organisation)
{
    public const string Action = "claim.pay";
    private const int Most = 100;

    public sealed record Command
    {
        [Required(ErrorMessage = "Choose what is paid."), MinLength(1, ErrorMessage = "Choose what is paid."), MaxLength(Most, ErrorMessage = "This is too long.")]
        public IReadOnlyList<Guid> Claims { get; init; } = [];

        /// <summary>What arrived: for all of them together.</summary>
        [Required(ErrorMessage = "Please fill this in.")]
        public Money? Amount { get; init; }

        /// <summary>The bank's word for the transfer.</summary>
        [Required(ErrorMessage = "Please fill this in."), StringLength(60, ErrorMessage = "This is too long.")]
        public string Reference { get; init; } = "";

        /// <summary>When it arrived. Not given: today.</summary>
        public DateOnly? On { get; init; }
    }

    public sealed record Outcome(IReadOnlyList<ClaimOutcome> Claims, Money Amount);

    protected override string Name => Action;

    protected override async Task<Outcome> Handle(Command command, CancellationToken ct)
    {
        var reference = Text.Clean(command.Reference);
        if (reference.Length == 0) throw Refusal.Field("reference", "Please fill this in.");
        var ids = command.Claims.Distinct().ToList();
        var claims = await Hold(ids, ct);
        Subjects("claim", ids);
        if (claims.Any(c => c.State == ClaimState.Paid)) throw new Refusal(409, "claim.paid", "Some of it was paid already.") { Unlock = "Leave that out, and look whether this is the same transfer." };
        if (claims.Any(c => c.State != ClaimState.Approved)) throw new Refusal(409, "claim.not-approved", "The insurer has not said yet that it pays this.") { Unlock = "Write down its answer first." };
        if (claims.Select(c => c.InsurerKey).Distinct().Count() > 1) throw Refusal.Field("claims", "A transfer comes from one insurer.");
        var currency = claims[0].Currency;
        if (claims.Any(c => c.Currency != currency)) throw Refusal.Field("claims", "They are in different currencies: write down one transfer for each.");
        var (amount, approved) = (command.Amount!.Minor(currency), claims.Sum(c => c.Approved));
        if (amount != approved)
            throw new Refusal(409, "claim.amount", "The insurer said that it pays {0} for this.", Money.Show(approved, currency)) { Unlock = "If it paid less, write down on the claim first that it approves less, with its reason. If it paid more, ask it what for." };
        var on = DayOf(command.On, claims.Max(c => c.SubmittedOn!.Value));
        foreach (var claim in claims) (claim.State, claim.PaidOn, claim.PaidBy, claim.PaymentReference, claim.Version) = (ClaimState.Paid, on, Author, reference, Guid.CreateVersion7());
        await insurers.Arrived(Booking, claims.Select(c => (c.Id, c.Approved)), currency, ct);
        Subjects("claim", ids, nameof(ClaimState.Paid));
        return new([.. claims.Select(ClaimOutcome.Of)], Money.Of(amount, currency));
    }
}
