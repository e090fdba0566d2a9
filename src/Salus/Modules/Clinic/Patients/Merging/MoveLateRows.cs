using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Jobs;

namespace Salus.Modules.Clinic.Patients.Merging;

/// <summary>
/// What somebody wrote for the other patient in the very moment of the merge, having looked before it and saved after it, follows a minute later. Locking every
/// patient for every ticket would cost the desk more.
/// </summary>
public sealed class MoveLateRows(Tools tools) : MergeUseCase<MoveLateRows.Command>(tools)
{
    public const string Action = "patient.merge-late", Kind = "clinic.merge-late";
    public static readonly TimeSpan After = TimeSpan.FromMinutes(1);

    public sealed record Command(Guid MergeId);

    protected override string Name => Action;

    protected override async Task<MergeOutcome> Handle(Command command, CancellationToken ct)
    {
        var merge = await Db.PatientMerges.FirstOrDefaultAsync(m => m.Id == command.MergeId && m.UndoneAt == null, ct) ?? throw Refusal.NotFound();
        var (kept, other) = await Hold(merge.KeptPatientId, merge.OtherPatientId, ct);
        // It may have been undone, or the one who stayed merged into a third, while this waited for the rows.
        if (other.MergedIntoId != kept.Id || kept.MergedIntoId is not null) throw Refusal.NotFound();
        Subjects("patient", [kept.Id, other.Id], $"{await Move(Db, merge, ct)} rows");
        return new(merge.Id, kept.Id, other.Id);
    }
}

/// <summary>Runs it once; that there is nothing to do any more is no failure.</summary>
public sealed class LateRowsJob(MoveLateRows move, ActorSlot slot) : IJobHandler
{
    public string Kind => MoveLateRows.Kind;

    public async Task Run(Job job, CancellationToken ct)
    {
        slot.Actor = Actor.System(job.OrganisationId, "job");
        try { await move.Run(new(Guid.Parse(job.Body)), ct); }
        catch (Refusal refusal) when (refusal.Status == 404) { }
    }
}
