using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Wards;

/// <summary>An admission after an act.</summary>
/// <param name="BedId">Where the patient lies; after the discharge where the patient lay last.</param>
public sealed record AdmissionOutcome(Guid Id, Guid EncounterId, AdmissionState State, Guid BedId, Guid Version);

/// <summary>What admitting, moving and discharging share: beds that are held, and the board that is told.</summary>
public abstract class AdmissionUseCase<TCommand>(Tools tools, CareGuard guard) : EncounterUseCase<TCommand, AdmissionOutcome>(tools, guard) where TCommand : class
{
    /// <summary>The open admission of a visit that is held, and its bed of now.</summary>
    /// <exception cref="Refusal">409 <c>stale</c>.</exception>
    protected async Task<(Admission Admission, BedStay Stay)> Current(Encounter encounter, Guid? seen, CancellationToken ct)
    {
        var admission = await Db.Admissions.SingleAsync(a => a.EncounterId == encounter.Id && a.State == AdmissionState.Admitted, ct);
        if (seen is { } version && version != admission.Version) throw Refusal.Stale();
        return (admission, await Db.BedStays.SingleAsync(s => s.AdmissionId == admission.Id && s.To == null, ct));
    }

    /// <summary>Brings the patient into a bed that is held and must be free.</summary>
    /// <exception cref="Refusal">422 on <c>bedId</c> when it is no bed of this clinic or archived; 409 <c>bed.not-free</c>.</exception>
    protected async Task Occupy(Admission admission, Bed? bed, string reason, CancellationToken ct)
    {
        if (bed is not { ArchivedAt: null } || !await Db.Wards.AnyAsync(w => w.Id == bed.WardId && w.ArchivedAt == null, ct)) throw Refusal.Field("bedId", "Choose one of the list.");
        Db.Add(bed.Move(BedAction.Occupy, Author, Now, admissionId: admission.Id));
        Db.Add(new BedStay { EncounterId = admission.EncounterId, AdmissionId = admission.Id, BedId = bed.Id, From = Now, By = Author, Reason = reason });
    }

    /// <summary>The patient leaves the bed; it waits to be cleaned.</summary>
    protected void Leave(Admission admission, BedStay stay, Bed bed)
    {
        stay.To = Now;
        Db.Add(bed.Move(BedAction.Leave, Author, Now, admissionId: admission.Id));
    }

    /// <summary>Names the act's subject, and tells the boards.</summary>
    protected AdmissionOutcome Told(Admission admission, Guid bedId, string detail)
    {
        admission.Version = Guid.CreateVersion7();
        Subject("admission", admission.Id, detail, admission.EncounterId);
        Changed(WardBoard.Topic(Db.OrganisationId));
        return new(admission.Id, admission.EncounterId, admission.State, bedId, admission.Version);
    }
}
