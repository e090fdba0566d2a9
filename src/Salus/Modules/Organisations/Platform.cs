using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

public sealed record PlatformLine(string Name, string Slug, string TimeZone);

/// <param name="GivenUp">Jobs that wait for somebody to mend what keeps them.</param>
public sealed record PlatformView(IReadOnlyList<PlatformLine> Items, Guid? Next, int GivenUp);

/// <summary>The organisations of the installation, for its owner, newest first.</summary>
public sealed class Platform(Tools tools) : ReadModel<Platform.Query, PlatformView>(tools)
{
    public const string Action = "platform.read";
    private const int OnPage = 50;

    public sealed record Query(string Q, Guid? After);

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Actor.IsPlatformOwner ? Task.CompletedTask : throw Refusal.NotFound();

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, PlatformView result) => ("organisation", []);

    protected override async Task<PlatformView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var word = Text.Clean(query.Q).ToUpperInvariant();
#pragma warning disable CA1304, CA1311, CA1862 // the database compares, not this program
        var found = db.Organisations.AsNoTracking().Where(o => word == "" || o.Name.ToUpper().Contains(word) || o.Slug.ToUpper().Contains(word));
#pragma warning restore CA1304, CA1311, CA1862
        if (query.After is { } after) found = found.Where(o => o.Id < after);
        var rows = await found.OrderByDescending(o => o.Id).Take(OnPage + 1).Select(o => new { o.Id, Line = new PlatformLine(o.Name, o.Slug, o.TimeZone) }).ToListAsync(ct);
        var givenUp = await db.Set<Job>().CountAsync(j => j.State == JobState.Failed, ct);
        return new([.. rows.Take(OnPage).Select(r => r.Line)], rows.Count > OnPage ? rows[OnPage - 1].Id : null, givenUp);
    }
}
