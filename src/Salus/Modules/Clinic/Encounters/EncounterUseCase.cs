using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>What all acts in a visit share: the permission of the act, finding the visit, holding it, asking the guard, telling open pages.</summary>
public abstract class EncounterUseCase<TCommand, TResult>(Tools tools, CareGuard guard) : UseCase<TCommand, TResult>(tools) where TCommand : class
{
    /// <summary>What is being done, as the guard knows it.</summary>
    protected abstract CareAct Act(TCommand command);

    /// <summary>Whether open pages of the visit fetch themselves again after it.</summary>
    protected virtual bool IsHeard => true;

    /// <summary>True for what is judged by all that is known of the patient, in whatever visit: acts in two visits of one patient then come one after the other, too.</summary>
    protected virtual bool HoldsPatient => false;

    protected override Task Authorize(TCommand command, CancellationToken ct) => Require(CareGuard.Permission(Act(command)));

    /// <summary>
    /// The visit, held until the commit: what is written to one visit at the same time is written one after the other, so that no result
    /// slips into a visit that is being closed and nothing is done twice.
    /// </summary>
    /// <exception cref="Refusal">404 when no such visit is in reach; 402, 403 or 409 as the guard says; 409 <c>stale</c>.</exception>
    protected async Task<Encounter> Hold(Guid encounterId, TCommand command, CancellationToken ct, Guid? orderId = null, Guid? seen = null)
    {
        var patientId = HoldsPatient ? await Db.Encounters.Where(e => e.Id == encounterId).Select(e => (Guid?)e.PatientId).FirstOrDefaultAsync(ct) : null;
        if (patientId is { } held) await Db.HoldPatient(held, ct);
        await Db.Encounters.Where(e => e.Id == encounterId).ExecuteUpdateAsync(set => set.SetProperty(e => e.ChangedAt, Now), ct);
        var visible = Db.PatientsVisibleTo(Actor, Now);
        var encounter = await Db.Encounters.FirstOrDefaultAsync(e => e.Id == encounterId && visible.Any(p => p.Id == e.PatientId), ct) ?? throw Refusal.NotFound();
        Subject("encounter", encounter.Id, "", encounter.Id);
        // It may have become another's in between, by a merge.
        if ((seen is { } version && version != encounter.Version) || (patientId is not null && patientId != encounter.PatientId)) throw Refusal.Stale();
        await guard.Check(Db, encounter.Id, Act(command), Actor, orderId, ct);
        if (IsHeard) Changed(Encounter.Topic(encounter.Id));
        return encounter;
    }

    /// <summary>The acting person; devices and programs write no records.</summary>
    protected Guid Author => Actor.Id ?? throw Refusal.Forbidden();
}
