using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Jobs;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Patients.Merging;

/// <summary>A patient after a merge or after its undoing.</summary>
public sealed record MergeOutcome(Guid Id, Guid PatientId, Guid OtherId);

/// <summary>Two patients are one person: all rows of the one move to the other, in one transaction, and every one of them is remembered.</summary>
public sealed class MergePatients(Tools tools) : MergeUseCase<MergePatients.Command>(tools)
{
    public const string Action = "patient.merge";

    public sealed record Command
    {
        /// <summary>Who stays.</summary>
        public Guid PatientId { get; init; }
        public Guid OtherId { get; init; }

        /// <summary>The particulars that are taken from the other, by name.</summary>
        [MaxLength(20, ErrorMessage = "This is too long.")]
        public IReadOnlyList<string>? Take { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";

        /// <summary>The versions that were looked at; newer ones refuse with 409.</summary>
        public Guid? Version { get; init; }
        public Guid? OtherVersion { get; init; }
    }

    protected override string Name => Action;

    protected override async Task<MergeOutcome> Handle(Command command, CancellationToken ct)
    {
        if (command.PatientId == command.OtherId) throw Refusal.Field("otherId", "This is the same patient twice.");
        var (kept, other) = await Hold(command.PatientId, command.OtherId, ct);
        Subjects("patient", [kept.Id, other.Id]);
        if ((command.Version is { } seen && seen != kept.Version) || (command.OtherVersion is { } otherSeen && otherSeen != other.Version)) throw Refusal.Stale();
        if ((await MergeRemark.Of(Db, kept, other, ct)).FirstOrDefault(r => r.IsInTheWay) is { } inTheWay) throw inTheWay.ToRefusal();
        var merge = new PatientMerge
        {
            KeptPatientId = kept.Id, OtherPatientId = other.Id, MergedAt = Now, MergedBy = Actor.Id, Reason = Text.Clean(command.Reason), OtherArchivedAt = other.ArchivedAt, OtherArchiveReason = other.ArchiveReason,
            HasRestricted = kept.RestrictedAt is null && other.RestrictedAt is not null,
        };
        Db.Add(merge);
        // Saved before the other's national id can be taken over.
        (other.MergedIntoId, other.ArchivedAt, other.UpdatedAt, kept.UpdatedAt) = (kept.Id, other.ArchivedAt ?? Now, Now, Now);
        await End(merge, ct);
        await Move(Db, merge, ct);
        var taken = Take(merge, kept, other, command.Take ?? []);
        kept.FormerNumbers = string.Join(' ', new[] { kept.FormerNumbers, other.Number, other.FormerNumbers }.Where(n => n.Length > 0));
        if (kept.FormerNumbers.Length > 160) throw new Refusal(409, "merge.too-many", "Too many patients were merged into this one.");
        if (merge.HasRestricted) (kept.RestrictedAt, kept.RestrictReason) = (other.RestrictedAt, other.RestrictReason);
        if (kept.RestrictedAt is not null) Shells.Close([other, .. await Shells.Of(Db, other.Id, ct)], kept);
        kept.Index();
        await Db.SaveChangesAsync(ct);
        await PatientForm.CheckNationalId(Db, kept, ct);
        Db.Add(new Job { OrganisationId = Db.OrganisationId, Kind = MoveLateRows.Kind, Body = merge.Id.ToString(), CreatedAt = Now, DueAt = Now + MoveLateRows.After });
        Subjects("patient", [kept.Id, other.Id], string.Join(',', taken));
        return new(merge.Id, kept.Id, other.Id);
    }

    private async Task End(PatientMerge merge, CancellationToken ct)
    {
        foreach (var allergy in await MergeRemark.ToEnd(Db, merge.KeptPatientId, merge.OtherPatientId, ct))
        {
            (allergy.State, allergy.EndedAt, allergy.EndedBy) = (AllergyState.Inactive, Now, Actor.Id);
            Db.Add(new MergedRow { MergeId = merge.Id, Table = Allergies, RowId = allergy.Id, Change = MergedRowChange.Ended });
        }
        await Db.SaveChangesAsync(ct);
    }

    private List<string> Take(PatientMerge merge, Patient kept, Patient other, IReadOnlyList<string> wanted)
    {
        if (wanted.FirstOrDefault(w => Particulars.All.All(f => f.Key != w)) is not null) throw Refusal.Field("take", "Choose one of the list.");
        var taken = new List<string>();
        foreach (var field in Particulars.All.Where(f => wanted.Contains(f.Key) && f.Read(kept) != f.Read(other)))
        {
            Db.Add(new MergedField { MergeId = merge.Id, Field = field.Key, Before = field.Read(kept), After = field.Read(other) });
            field.Write(kept, field.Read(other));
            taken.Add(field.Key);
        }
        return taken;
    }

    protected override Refusal Taken() => new(409, "merge.conflict", "Rows of the two cannot stand side by side.") { Unlock = "Look at both records, and end what is there twice." };
}
