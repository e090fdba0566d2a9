using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

public sealed record QueueLine(Guid Id, string Name, string Prefix, IReadOnlyList<int> OpenDays, bool IsOpenToday, bool IsArchived, Guid Version);
public sealed record PointLine(Guid Id, string Name, bool IsArchived);
public sealed record ClosureLine(Guid QueueId, DateOnly Day, string Reason);
public sealed record NoticeLine(Guid Id, Guid QueueId, string Text, int DelayMinutes, DateTime ExpiresAt);
public sealed record SetupView(IReadOnlyList<QueueLine> Queues, IReadOnlyList<PointLine> ServicePoints, IReadOnlyList<ClosureLine> Closures, IReadOnlyList<NoticeLine> Notices);

/// <summary>How the clinic's queues are set up.</summary>
public sealed class QueueSetup(Tools tools, OrganisationSlot organisation) : ReadModel<QueueSetup.Query, SetupView>(tools)
{
    public const string Action = "queue.setup";

    public sealed record Query;

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadBoard);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, SetupView result) => null;

    protected override async Task<SetupView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var (today, now) = (Clock.Today(organisation.Current.Zone), Clock.Now());
        var queues = await db.Queues.AsNoTracking().OrderBy(q => q.Name).Take(200).ToListAsync(ct);
        var points = await db.ServicePoints.AsNoTracking().OrderBy(s => s.Name).Take(200).ToListAsync(ct);
        var closures = await db.Closures.AsNoTracking().Where(c => c.Day >= today).OrderBy(c => c.Day).Take(200).ToListAsync(ct);
        var notices = await db.Notices.AsNoTracking().Where(n => n.ExpiresAt > now).OrderByDescending(n => n.PostedAt).Take(50).ToListAsync(ct);
        return new(
            [.. queues.Select(q => new QueueLine(q.Id, q.Name, q.Prefix, [.. Enumerable.Range(0, 7).Where(d => q.IsOpenOn((DayOfWeek)d))],
                q.IsOpenOn(today.DayOfWeek) && !closures.Any(c => c.QueueId == q.Id && c.Day == today), q.ArchivedAt is not null, q.Version))],
            [.. points.Select(p => new PointLine(p.Id, p.Name, p.ArchivedAt is not null))],
            [.. closures.Select(c => new ClosureLine(c.QueueId, c.Day, c.Reason))],
            [.. notices.Select(n => new NoticeLine(n.Id, n.QueueId, n.Text, n.DelayMinutes, n.ExpiresAt))]);
    }
}
