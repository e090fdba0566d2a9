using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing.Claims;

/// <summary>
/// Writes down what the insurer says to a claim. What it does not pay is taken back from what it had taken over, and the patient owes it again; if it pays nothing, its
/// approval of the visit ends too, and another insurer may be asked. As long as it has not paid, it may still say that it pays less than it said before.
/// </summary>
public sealed class AnswerClaim(Tools tools, Bills bills, InsurerBook insurers, OrganisationSlot organisation) : ClaimUseCase<AnswerClaim.Command, ClaimOutcome>(tools, bills, organisation)
{
    public const string Action = "claim.answer";

    public sealed record Command
    {
        public Guid ClaimId { get; init; }
        public bool Approves { get; init; }

        /// <summary>How much it pays; not given: all that is asked for.</summary>
        public Money? Amount { get; init; }

        /// <summary>The insurer's own word for its answer; needed when it approves.</summary>
        [StringLength(60, ErrorMessage = "This is too long.")]
        public string? Reference { get; init; }

        /// <summary>Needed when it pays less, or nothing.</summary>
        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }

        /// <summary>Not given: today.</summary>
        public DateOnly? On { get; init; }

        /// <summary>The version that was looked at; needed to change an answer that is there.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;

    protected override async Task<ClaimOutcome> Handle(Command command, CancellationToken ct)
    {
        var claim = (await Hold([command.ClaimId], ct))[0];
        Subject("claim", claim.Id, "", claim.EncounterId);
        if (command.Version is { } seen && seen != claim.Version) throw Refusal.Stale();
        var stood = claim.State switch
        {
            ClaimState.Submitted => claim.Amount,
            ClaimState.Approved when command.Version is not null => claim.Approved,
            ClaimState.Draft => throw new Refusal(409, "claim.draft", "This claim was not submitted yet.") { Unlock = "Submit it first." },
            _ => throw new Refusal(409, "claim.answered", "The insurer's answer to this claim is written down already.") { Unlock = "Look at the claim: until it is paid, the answer can be changed to a lower amount." },
        };
        var (reference, reason) = (Text.Clean(command.Reference), Text.Clean(command.Reason));
        var amount = !command.Approves ? 0 : command.Amount?.Minor(claim.Currency) ?? stood;
        if (amount > claim.Amount) throw Refusal.Field("amount", "This is more than what is asked for.");
        if (amount > stood) throw Refusal.Field("amount", "This is more than what the insurer said before.");
        if (claim.State == ClaimState.Approved && amount == stood) throw Refusal.Field("amount", "The insurer said this before.");
        if (command.Approves && reference.Length == 0) throw Refusal.Field("reference", "Please fill this in.");
        if (amount < stood && reason.Length == 0) throw Refusal.Field("reason", "Please give a reason.");
        (claim.AnsweredOn, claim.AnsweredBy, claim.AnswerReference, claim.Reason) = (DayOf(command.On, claim.SubmittedOn!.Value), Author, reference, reason);
        await NotPaid(claim, stood - amount, reason, ct);
        (claim.State, claim.Approved, claim.Version) = (command.Approves ? ClaimState.Approved : ClaimState.Rejected, amount, Guid.CreateVersion7());
        if (!command.Approves) await EndCoverage(claim, reason, ct);
        Subject("claim", claim.Id, $"{claim.State}{(command.Approves && amount < stood ? ", less" : "")}", claim.EncounterId);
        Changed(EncounterList.Topic(Db.OrganisationId));
        return ClaimOutcome.Of(claim);
    }

    /// <summary>Takes back what is not paid: of what was not done first, then from the end of the bill.</summary>
    private async Task NotPaid(Claim claim, long less, string reason, CancellationToken ct)
    {
        var lines = await Db.ClaimLines.Where(l => l.ClaimId == claim.Id).ToListAsync(ct);
        if (claim.State == ClaimState.Submitted) foreach (var line in lines) line.Approved = line.Amount;
        if (less == 0) return;
        var notDone = (await CoveredCharge.Of(Db, claim.EncounterId, ct)).Where(c => c.IsNotDone).Select(c => c.ChargeId).ToHashSet();
        var back = new List<(ClaimLine Line, long Amount)>();
        foreach (var line in lines.OrderByDescending(l => notDone.Contains(l.ChargeId)).ThenByDescending(l => l.Position))
        {
            var share = Math.Min(less, line.Approved);
            if (share > 0) back.Add((line, share));
            less -= share;
        }
        await insurers.Hold(Booking, back.Select(b => b.Line.ChargeId), ct);
        // What is taken back with a credit note comes first: its number is always taken before that of a refund.
        foreach (var (line, share) in back)
        {
            line.Approved -= share;
            await insurers.TakeBack(Booking, claim.Id, line.ChargeId, share, notDone.Contains(line.ChargeId), reason, ct);
        }
    }

    private async Task EndCoverage(Claim claim, string reason, CancellationToken ct)
    {
        var coverage = await Db.Coverages.SingleAsync(c => c.Id == claim.CoverageId, ct);
        (coverage.State, coverage.Reason, coverage.DecidedAt, coverage.DecidedBy, coverage.Version) = (CoverageState.Rejected, reason, Now, Author, Guid.CreateVersion7());
    }
}
