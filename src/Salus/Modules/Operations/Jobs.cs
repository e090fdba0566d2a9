using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Web;

namespace Salus.Modules.Operations;

/// <summary>A job as the owner of the installation sees it: never what it carries.</summary>
public sealed record JobLine(Guid Id, string Kind, JobState State, int Attempts, DateTime CreatedAt, DateTime DueAt, string LastError);

public sealed record JobsFound(IReadOnlyList<JobLine> Items, Guid? Next);

/// <summary>Jobs and mail of the whole installation, newest first.</summary>
public sealed class JobList(Tools tools) : ReadModel<JobList.Query, JobsFound>(tools)
{
    public const string Action = "job.list";
    private const int OnPage = 50;

    public sealed record Query(JobState? State, Guid? After);

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Actor.IsPlatformOwner ? Task.CompletedTask : throw Refusal.NotFound();

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, JobsFound result) => ("job", []);

    protected override async Task<JobsFound> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var found = db.Set<Job>().AsNoTracking();
        if (query.State is { } state) found = found.Where(j => j.State == state);
        if (query.After is { } after) found = found.Where(j => j.Id < after);
        var rows = await found.OrderByDescending(j => j.Id).Take(OnPage + 1).Select(j => new JobLine(j.Id, j.Kind, j.State, j.Attempts, j.CreatedAt, j.DueAt, j.LastError)).ToListAsync(ct);
        return new([.. rows.Take(OnPage)], rows.Count > OnPage ? rows[OnPage - 1].Id : null);
    }
}

/// <summary>A job that was given up is tried again from the beginning, as after a mail server's address was mended.</summary>
public sealed class RetryJob(Tools tools) : UseCase<RetryJob.Command, Guid>(tools)
{
    public const string Action = "job.retry";

    public sealed record Command(Guid JobId);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Actor.IsPlatformOwner ? Task.CompletedTask : throw Refusal.NotFound();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var job = await Db.Set<Job>().FirstOrDefaultAsync(j => j.Id == command.JobId, ct) ?? throw Refusal.NotFound();
        if (job.State != JobState.Failed) throw new Refusal(409, "job.not-given-up", "Only what was given up is tried again.");
        (job.State, job.Attempts, job.DueAt) = (JobState.Waiting, 0, Now);
        Subject("job", job.Id, job.Kind);
        return job.Id;
    }
}

internal static class JobPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.RootPages();
        pages.MapGet("/platform/jobs", async (JobList list, CancellationToken ct, string state = "", Guid? after = null) =>
        {
            var wanted = Enum.TryParse<JobState>(state, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : (JobState?)null;
            return Show.Page<JobsPage>(new { Found = await list.Run(new(wanted, after), ct), State = wanted });
        }).PlatformOwner();
        pages.MapPost("/platform/jobs/{id:guid}/retry", async (Guid id, RetryJob retry, HttpContext http, CancellationToken ct) =>
        {
            await retry.Run(new(id), ct);
            return Door.GoTo(http, "/platform/jobs?state=failed");
        }).PlatformOwner();
    }
}
