using System.ComponentModel.DataAnnotations;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing.Claims;

/// <summary>Hands a claim in: it gets its number, and its lines are what the insurer has taken over of the bill at this moment. What comes onto the bill later the patient pays.</summary>
public sealed class SubmitClaim(Tools tools, Bills bills, OrganisationSlot organisation) : ClaimUseCase<SubmitClaim.Command, ClaimOutcome>(tools, bills, organisation)
{
    public const string Action = "claim.submit";

    public sealed record Command
    {
        public Guid ClaimId { get; init; }

        /// <summary>By which the insurer was given it, such as the number of a letter.</summary>
        [StringLength(60, ErrorMessage = "This is too long.")]
        public string? Reference { get; init; }

        /// <summary>Not given: today.</summary>
        public DateOnly? On { get; init; }

        /// <summary>The version that was looked at; a newer one, as after a change of the bill, refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;

    protected override async Task<ClaimOutcome> Handle(Command command, CancellationToken ct)
    {
        var claim = (await Hold([command.ClaimId], ct))[0];
        Subject("claim", claim.Id, "", claim.EncounterId);
        if (claim.State != ClaimState.Draft) throw new Refusal(409, "claim.submitted", "This claim was submitted already.");
        if (command.Version is { } seen && seen != claim.Version) throw Refusal.Stale();
        var lines = await CoveredCharge.Of(Db, claim.EncounterId, ct);
        if (lines.Count == 0) throw new Refusal(409, "claim.nothing", "The insurer has taken over nothing of this visit.") { Unlock = "Put on the bill what was done; the insurer's share of it then stands on the claim." };
        if (lines.Sum(l => l.Amount) != claim.Amount) throw new InvalidOperationException("A draft does not hold what the insurer has taken over.");
        (claim.SubmittedOn, claim.SubmittedBy, claim.SubmissionReference) = (DayOf(command.On, claim.VisitDay), Author, Text.Clean(command.Reference));
        (claim.State, claim.Version) = (ClaimState.Submitted, Guid.CreateVersion7());
        Db.AddRange(lines.Select((l, i) => new ClaimLine { ClaimId = claim.Id, ChargeId = l.ChargeId, Position = i + 1, Code = l.Code, Title = l.Title, Total = l.Total, Amount = l.Amount }));
        Subject("claim", claim.Id, claim.State.ToString(), claim.EncounterId);
        // Last: until the commit nobody else gets a number.
        claim.Number = await Numbers.Next(Db, DocumentKind.Claim, Today, ct);
        return ClaimOutcome.Of(claim);
    }
}
