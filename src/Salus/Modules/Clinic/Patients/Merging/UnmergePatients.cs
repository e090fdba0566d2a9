using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Patients.Merging;

/// <summary>
/// The two were two after all: exactly the rows that the merge moved go back, and so does what was written since into the visits among them. All else that was written since stays
/// with the patient who stayed. Particulars that nobody changed since become what they were.
/// </summary>
public sealed class UnmergePatients(Tools tools) : MergeUseCase<UnmergePatients.Command>(tools)
{
    public const string Action = "patient.unmerge";

    public sealed record Command
    {
        /// <summary>One of the two.</summary>
        public Guid PatientId { get; init; }
        public Guid MergeId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;

    protected override async Task<MergeOutcome> Handle(Command command, CancellationToken ct)
    {
        var found = await Db.PatientMerges.AsNoTracking().FirstOrDefaultAsync(m => m.Id == command.MergeId && (m.KeptPatientId == command.PatientId || m.OtherPatientId == command.PatientId), ct) ?? throw Refusal.NotFound();
        var (kept, other) = await Hold(found.KeptPatientId, found.OtherPatientId, ct);
        Subjects("patient", [kept.Id, other.Id]);
        var merge = await Db.PatientMerges.FirstAsync(m => m.Id == command.MergeId, ct);
        if (merge.UndoneAt is not null) throw new Refusal(409, "merge.undone", "This merge was undone already.");
        if (kept.MergedIntoId is not null) throw new Refusal(409, "merge.later", "The patient who stayed was merged into a third since.") { Unlock = "Undo that merge first." };
        (merge.UndoneAt, merge.UndoneBy, merge.UndoReason) = (Now, Actor.Id, Text.Clean(command.Reason));
        await Restore(merge, kept, other, ct);
        await MoveBack(merge, ct);
        await Revive(merge, ct);
        return new(merge.Id, kept.Id, other.Id);
    }

    private async Task Restore(PatientMerge merge, Patient kept, Patient other, CancellationToken ct)
    {
        foreach (var taken in await Db.MergedFields.AsNoTracking().Where(f => f.MergeId == merge.Id).ToListAsync(ct))
        {
            var field = Particulars.All.First(f => f.Key == taken.Field);
            if (field.Read(kept) == taken.After) field.Write(kept, taken.Before);
        }
        if (merge.HasRestricted && kept.RestrictedAt == other.RestrictedAt) (kept.RestrictedAt, kept.RestrictReason) = (null, "");
        // Restricted by the merge alone. What was restricted since, while they were one, stays so for both: somebody decides anew.
        else if (kept.RestrictedAt < merge.MergedAt) Shells.Open([other, .. await Shells.Of(Db, other.Id, ct)], kept.RestrictedAt);
        var gone = other.FormerNumbers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(other.Number).ToHashSet();
        kept.FormerNumbers = string.Join(' ', kept.FormerNumbers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(n => !gone.Contains(n)));
        (kept.UpdatedAt, other.UpdatedAt) = (Now, Now);
        kept.Index();
        // First the one who stayed lets go of the other's national id, then the other has it again.
        await Db.SaveChangesAsync(ct);
        await PatientForm.CheckNationalId(Db, kept, ct);
        await PatientForm.CheckNationalId(Db, other, ct);
        (other.MergedIntoId, other.ArchivedAt, other.ArchiveReason) = (null, merge.OtherArchivedAt, merge.OtherArchiveReason);
        await Db.SaveChangesAsync(ct);
    }

    private async Task MoveBack(PatientMerge merge, CancellationToken ct)
    {
        var moved = (await Db.MergedRows.AsNoTracking().Where(r => r.MergeId == merge.Id && r.Change == MergedRowChange.Moved).ToListAsync(ct)).ToLookup(r => r.Table, r => r.RowId);
        var visits = moved[Visits].ToList();
        foreach (var rows in PersonRows.Of(Db))
        {
            var ids = moved[rows.Table].ToList();
            await rows.Move(Db, ids, merge.KeptPatientId, merge.OtherPatientId, ct);
            await rows.MoveWithVisits(Db, visits, merge.KeptPatientId, merge.OtherPatientId, ct);
            await Tell(rows.Table, ids, ct);
        }
    }

    /// <summary>Allergies that the merge ended are active again, unless somebody ended them anew, or they contradict what is known by now.</summary>
    private async Task Revive(PatientMerge merge, CancellationToken ct)
    {
        var ended = Db.MergedRows.Where(r => r.MergeId == merge.Id && r.Change == MergedRowChange.Ended && r.Table == Allergies);
        foreach (var allergy in await Db.Allergies.Where(a => ended.Any(r => r.RowId == a.Id) && a.State == AllergyState.Inactive && a.EndedAt == merge.MergedAt).ToListAsync(ct))
        {
            if (await Db.Allergies.AnyAsync(a => a.PatientId == allergy.PatientId && a.State == AllergyState.Active && (allergy.IsNoneKnown || a.Folded == allergy.Folded), ct)) continue;
            (allergy.State, allergy.EndedAt, allergy.EndedBy) = (AllergyState.Active, null, null);
            await Db.SaveChangesAsync(ct);
        }
    }

    protected override Refusal Taken() => new(409, "merge.conflict", "Rows of the two cannot stand side by side.") { Unlock = "Look at both records, and end what is there twice." };
}
