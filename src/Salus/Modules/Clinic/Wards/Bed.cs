using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Wards;

public enum BedState { Free, Occupied, Cleaning, OutOfUse }

public enum BedAction { Add, Occupy, Leave, Clean, Close, Reopen }

/// <summary>One bed of a ward (FHIR Location of the kind bed).</summary>
public sealed partial class Bed : IOwned, IVersioned
{
    public const int MostLabel = 20;

    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid WardId { get; set; }

    /// <summary>What stands on it, such as 12 or A3.</summary>
    public string Label { get; set; } = "";
    public BedState State { get; set; }

    /// <summary>Since when it is in this state.</summary>
    public DateTime Since { get; set; }

    /// <summary>Why it is out of use.</summary>
    public string Reason { get; set; } = "";
    public DateTime? ArchivedAt { get; set; }

    /// <summary>Setting it holds the bed's row until the commit, see <see cref="Hold"/>.</summary>
    public DateTime HeldAt { get; set; }
    public Guid Version { get; set; }

    /// <summary>The one place where a bed changes state; what it returns is the step's row in the history.</summary>
    /// <exception cref="Refusal">409 <c>bed.not-free</c> or <c>bed.state</c>.</exception>
    public BedMove Move(BedAction action, Guid? by, DateTime now, string reason = "", Guid? admissionId = null)
    {
        if (Target(State, action) is not { } target)
        {
            throw action == BedAction.Occupy
                ? new Refusal(409, "bed.not-free", "This bed is not free: it is “{0}”.", Words.Of(State)) { Unlock = "Choose a bed that is free; the board of the wards shows them." }
                : new Refusal(409, "bed.state", "This is not possible: the bed is “{0}”.", Words.Of(State)) { Unlock = "Look at the board again: somebody may have acted before you." };
        }
        (State, Since, HeldAt, Reason, Version) = (target, now, now, target == BedState.OutOfUse ? reason : "", Guid.CreateVersion7());
        return new() { BedId = Id, At = now, Action = action, State = target, ActorId = by, Reason = reason, AdmissionId = admissionId };
    }

    /// <summary>What was out of use is cleaned before somebody lies in it.</summary>
    public static BedState? Target(BedState from, BedAction action) => (from, action) switch
    {
        (BedState.Free, BedAction.Add) => BedState.Free,
        (BedState.Free, BedAction.Occupy) => BedState.Occupied,
        (BedState.Occupied, BedAction.Leave) => BedState.Cleaning,
        (BedState.Cleaning, BedAction.Clean) => BedState.Free,
        (BedState.Free or BedState.Cleaning, BedAction.Close) => BedState.OutOfUse,
        (BedState.OutOfUse, BedAction.Reopen) => BedState.Cleaning,
        _ => null,
    };

    /// <summary>Beds held until the commit, always in the same order: of those who want one bed at once the first gets it, and the others see what it has become.</summary>
    public static async Task<IReadOnlyDictionary<Guid, Bed>> Hold(SalusDb db, IEnumerable<Guid> ids, DateTime now, CancellationToken ct)
    {
        var wanted = ids.Distinct().Order().ToList();
        foreach (var id in wanted) await db.Beds.Where(b => b.Id == id).ExecuteUpdateAsync(set => set.SetProperty(b => b.HeldAt, now), ct);
        return await db.Beds.Where(b => wanted.Contains(b.Id)).ToDictionaryAsync(b => b.Id, ct);
    }

    /// <summary>Sorts 2 before 10.</summary>
    public static string SortKey(string label) => Figures().Replace(label, m => m.Value.PadLeft(MostLabel, '0'));

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Figures();
}

/// <summary>One step in a bed's history, written once.</summary>
public sealed class BedMove : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid BedId { get; set; }
    public DateTime At { get; set; }
    public BedAction Action { get; set; }
    public BedState State { get; set; }
    public Guid? ActorId { get; set; }
    public string Reason { get; set; } = "";

    /// <summary>Whose stay it was, where somebody took the bed or left it.</summary>
    public Guid? AdmissionId { get; set; }
}

internal sealed class BedTable : IEntityTypeConfiguration<Bed>
{
    public void Configure(EntityTypeBuilder<Bed> table)
    {
        table.ToTable("clinic_beds");
        table.Property(b => b.Label).HasMaxLength(Bed.MostLabel);
        table.Property(b => b.Reason).HasMaxLength(200);
        table.HasIndex(b => new { b.WardId, b.Label }).IsUnique().HasFilter("\"ArchivedAt\" IS NULL");
        table.HasOne<Ward>().WithMany().HasForeignKey(b => b.WardId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class BedMoveTable : IEntityTypeConfiguration<BedMove>
{
    public void Configure(EntityTypeBuilder<BedMove> table)
    {
        table.ToTable("clinic_bed_moves");
        table.Property(m => m.Reason).HasMaxLength(200);
        table.HasIndex(m => new { m.BedId, m.Id });
        table.HasOne<Bed>().WithMany().HasForeignKey(m => m.BedId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Admission>().WithMany().HasForeignKey(m => m.AdmissionId).OnDelete(DeleteBehavior.Restrict);
    }
}
