using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing.Claims;

/// <summary>One line of a claim.</summary>
/// <param name="Total">What the charge comes to.</param>
/// <param name="Amount">What of it the insurer is asked for.</param>
/// <param name="Approved">What of that it pays; null: it has not answered.</param>
public sealed record ClaimLineView(Guid ChargeId, string Code, string Title, Money Total, Money Amount, Money? Approved);

/// <summary>What became of a claim, and who wrote it down.</summary>
public sealed record ClaimStep(ClaimState State, DateOnly On, string By, string Reference, string Reason);

/// <summary>A claim with its lines.</summary>
/// <param name="IsVisitOpen">More may come onto the bill.</param>
public sealed record ClaimView(ClaimItem Claim, VisitHead Visit, IReadOnlyList<ClaimLineView> Lines, IReadOnlyList<ClaimStep> Steps, bool IsVisitOpen);

/// <summary>Reads one claim: of a draft the lines as the bill is now.</summary>
public sealed class ReadClaim(Tools tools, OrganisationSlot organisation) : ReadModel<ReadClaim.Query, ClaimView>(tools)
{
    public const string Action = "claim.read";

    public sealed record Query : IRefreshable
    {
        public Guid ClaimId { get; init; }

        /// <summary>True when an open page fetches its part again: opening it was logged already.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadBills);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, ClaimView result) => ("patient", [result.Visit.PatientId]);
    protected override Task<ClaimView> Handle(SalusDb db, Query query, CancellationToken ct) => Of(db, query.ClaimId, Actor, Clock.Now(), Clock.Today(organisation.Current.Zone), ct);

    /// <exception cref="Refusal">404 when no such claim is in reach; 403 <c>patient.restricted</c>.</exception>
    internal static async Task<ClaimView> Of(SalusDb db, Guid id, Actor actor, DateTime now, DateOnly today, CancellationToken ct)
    {
        var claim = await db.Claims.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, ct) ?? throw Refusal.NotFound();
        var visit = await VisitHead.Of(db, claim.EncounterId, actor, now, today, ct);
        var lines = claim.State == ClaimState.Draft ? [.. (await CoveredCharge.Of(db, claim.EncounterId, ct)).Select(l => new ClaimLine { ChargeId = l.ChargeId, Code = l.Code, Title = l.Title, Total = l.Total, Amount = l.Amount })]
            : await db.ClaimLines.AsNoTracking().Where(l => l.ClaimId == id).OrderBy(l => l.Position).ToListAsync(ct);
        var names = await People.Of(db, [claim.SubmittedBy, claim.AnsweredBy, claim.PaidBy], ct);
        var isAnswered = claim.State is ClaimState.Approved or ClaimState.Rejected or ClaimState.Paid;
        var steps = new List<ClaimStep>();
        void Step(ClaimState state, DateOnly? day, Guid? by, string reference, string reason = "")
        {
            if (day is { } on) steps.Add(new(state, on, by is { } who ? names.GetValueOrDefault(who, "") : "", reference, reason));
        }
        Step(ClaimState.Submitted, claim.SubmittedOn, claim.SubmittedBy, claim.SubmissionReference);
        Step(claim.State == ClaimState.Rejected ? ClaimState.Rejected : ClaimState.Approved, claim.AnsweredOn, claim.AnsweredBy, claim.AnswerReference, claim.Reason);
        Step(ClaimState.Paid, claim.PaidOn, claim.PaidBy, claim.PaymentReference);
        Money In(long amount) => Money.Of(amount, claim.Currency);
        return new(ClaimItem.Of(claim, visit.PatientNumber, visit.PatientName, today, (await db.PaymentSettingsNow(ct)).ClaimDays), visit, [.. lines.Select(l => new ClaimLineView(l.ChargeId, l.Code, l.Title, In(l.Total), In(l.Amount), isAnswered ? In(l.Approved) : null))], steps, visit.State == EncounterState.Open);
    }
}
