using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Queue;
using Salus.Modules.Clinic.Wards;

namespace Salus.Modules.Clinic.Patients.Merging;

/// <summary>What merging and its undoing share: the proof, holding both patients, moving rows, telling open pages.</summary>
public abstract class MergeUseCase<TCommand>(Tools tools) : UseCase<TCommand, MergeOutcome>(tools) where TCommand : class
{
    protected const string Allergies = "clinic_allergies", Visits = "clinic_encounters", Tickets = "clinic_tickets", Admissions = "clinic_admissions";

    protected override Task Authorize(TCommand command, CancellationToken ct) => RequireProven(ClinicPermissions.MergePatients);

    /// <summary>Both, held until the commit and always in the same order: of those who merge A into B and B into A at the same time one is first, and the other sees what was done.</summary>
    /// <exception cref="Refusal">404 unless both are in reach.</exception>
    protected async Task<(Patient Kept, Patient Other)> Hold(Guid keptId, Guid otherId, CancellationToken ct)
    {
        foreach (var id in new[] { keptId, otherId }.Order()) await Db.Patients.Where(p => p.Id == id).ExecuteUpdateAsync(set => set.SetProperty(p => p.UpdatedAt, Now), ct);
        var found = await Db.PatientsVisibleTo(Actor, Now).Where(p => p.Id == keptId || p.Id == otherId).ToDictionaryAsync(p => p.Id, ct);
        return found.TryGetValue(keptId, out var kept) && found.TryGetValue(otherId, out var other) ? (kept, other) : throw Refusal.NotFound();
    }

    /// <summary>Moves every row of the other to the one who stays, and writes each down.</summary>
    protected async Task<int> Move(SalusDb db, PatientMerge merge, CancellationToken ct)
    {
        var moved = 0;
        foreach (var rows in PersonRows.Of(db))
        {
            var ids = await rows.Ids(db, merge.OtherPatientId, ct);
            await rows.Move(db, ids, merge.OtherPatientId, merge.KeptPatientId, ct);
            foreach (var id in ids) db.Add(new MergedRow { MergeId = merge.Id, Table = rows.Table, RowId = id, Change = MergedRowChange.Moved });
            await Tell(rows.Table, ids, ct);
            moved += ids.Count;
        }
        return moved;
    }

    /// <summary>Open pages of moved visits, and of queues with moved tickets, fetch themselves again.</summary>
    protected async Task Tell(string table, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        if (table == Visits)
        {
            Changed(EncounterList.Topic(Db.OrganisationId));
            foreach (var id in ids) Changed(Encounter.Topic(id));
        }
        if (table == Admissions && ids.Count > 0) Changed(WardBoard.Topic(Db.OrganisationId));
        if (table != Tickets || ids.Count == 0) return;
        Changed($"board:{Db.OrganisationId}");
        foreach (var some in ids.Chunk(500))
            foreach (var queue in await Db.Tickets.Where(t => some.Contains(t.Id)).Select(t => t.QueueId).Distinct().ToListAsync(ct)) Changed(QueueDay.Topic(queue));
    }
}
