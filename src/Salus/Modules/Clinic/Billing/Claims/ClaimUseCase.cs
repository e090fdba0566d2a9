using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing.Claims;

/// <summary>A claim after an act.</summary>
public sealed record ClaimOutcome(Guid Id, string Number, ClaimState State, Money Amount, Money Approved, Guid Version)
{
    public static ClaimOutcome Of(Claim c) => new(c.Id, c.Number, c.State, Money.Of(c.Amount, c.Currency), Money.Of(c.Approved, c.Currency), c.Version);
}

/// <summary>An act on claims: by the desk, done once for one Idempotency-Key.</summary>
public abstract class ClaimUseCase<TCommand, TResult>(Tools tools, Bills bills, OrganisationSlot organisation) : UseCase<TCommand, TResult>(tools) where TCommand : class
{
    protected override bool IsRepeatable => true;
    protected override Task Authorize(TCommand command, CancellationToken ct) => Require(ClinicPermissions.Insure);

    protected Booking Booking => bills.Booking(Db, Now, Actor.Id, Changed);
    protected DateOnly Today => Clock.Today(organisation.Current.Zone);
    protected Guid Author => Actor.Id ?? throw Refusal.Forbidden();

    /// <summary>The claims with their visits held until the commit: whoever changes a bill or a claim of one of them waits.</summary>
    /// <exception cref="Refusal">404 when one of them is not in reach.</exception>
    protected async Task<List<Claim>> Hold(IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        var visible = Db.PatientsVisibleTo(Actor, Now);
        var visits = await Db.Claims.Where(c => ids.Contains(c.Id) && visible.Any(p => p.Id == c.PatientId)).Select(c => c.EncounterId).ToListAsync(ct);
        if (visits.Count < ids.Count) throw Refusal.NotFound();
        foreach (var visit in visits.Order()) await Db.Encounters.Where(e => e.Id == visit).ExecuteUpdateAsync(set => set.SetProperty(e => e.ChangedAt, Now), ct);
        foreach (var visit in visits) Changed(Encounter.Topic(visit));
        Changed(Claim.Topic(Db.OrganisationId));
        return await Db.Claims.Where(c => ids.Contains(c.Id)).OrderBy(c => c.Id).ToListAsync(ct);
    }

    /// <summary>A day that has come, and not before another.</summary>
    protected DateOnly DayOf(DateOnly? day, DateOnly from)
    {
        var on = day ?? Today;
        return on > Today ? throw Refusal.Field("on", "This day has not come yet.") : on < from ? throw Refusal.Field("on", "This day is too early.") : on;
    }
}

/// <summary>What an insurer has taken over of the charges of a visit.</summary>
/// <param name="IsNotDone">The order or prescription was cancelled.</param>
internal sealed record CoveredCharge(Guid ChargeId, string Code, string Title, long Total, long Amount, bool IsNotDone)
{
    /// <summary>In the order of the bill.</summary>
    public static async Task<List<CoveredCharge>> Of(SalusDb db, Guid encounterId, CancellationToken ct)
    {
        var covered = await Bills.Covered(db, encounterId, ct);
        var (all, orders, prescriptions) = (db.ChargeLines, db.Orders, db.Prescriptions);
        var charges = await db.Charges.AsNoTracking().Where(c => c.GroupId == encounterId).OrderBy(c => c.Rank).ThenBy(c => c.Id).Select(c => new
        {
            c.Id, c.Title, Left = c.Total - c.Credited, Code = all.Where(l => l.ChargeId == c.Id).OrderBy(l => l.Position).Select(l => l.Code).FirstOrDefault(),
            IsNotDone = orders.Any(o => o.Id == c.PurposeId && o.State == OrderState.Cancelled) || prescriptions.Any(p => p.Id == c.PurposeId && p.State == PrescriptionState.Cancelled),
        }).ToListAsync(ct);
        return [.. charges.Where(c => covered.GetValueOrDefault(c.Id) > 0).Select(c => new CoveredCharge(c.Id, c.Code ?? "", c.Title, c.Left, covered[c.Id], c.IsNotDone))];
    }
}
