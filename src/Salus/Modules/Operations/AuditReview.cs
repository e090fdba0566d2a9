using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Operations;

/// <summary>One audit row as the reviewer sees it.</summary>
public sealed record AuditLine(long Seq, DateTime At, string Actor, Guid? ActorId, string Role, string Action, string SubjectKind, Guid? SubjectId, IReadOnlyList<Guid> Subjects, Guid? VisitId, string Ip, string UserAgent,
    string Result, string RequestId, string Detail, Guid? ActualActorId, string ActualRole);

public sealed record AuditPage(IReadOnlyList<AuditLine> Items, string? Next);

/// <summary>The organisation's audit log, newest first, by actor, action, subject and day.</summary>
public sealed class AuditReview(Tools tools, OrganisationSlot organisation) : ReadModel<AuditReview.Query, AuditPage>(tools)
{
    public const string Action = "audit.read";

    public sealed record Query
    {
        public Guid? ActorId { get; init; }
        public string? ActionKey { get; init; }
        public Guid? SubjectId { get; init; }

        /// <summary>First and last local day.</summary>
        public DateOnly? From { get; init; }
        public DateOnly? Until { get; init; }
        public string? Result { get; init; }
        public long? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(OperationsModule.ReadAudit);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, AuditPage result) => ("audit", []);

    protected override async Task<AuditPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var zone = organisation.Current.Zone;
        var found = db.Set<AuditEvent>().AsNoTracking().Where(e => e.OrganisationId == Actor.OrganisationId);
        if (query.ActorId is { } actor) found = found.Where(e => e.ActorId == actor);
        if (!string.IsNullOrEmpty(query.ActionKey)) found = found.Where(e => e.Action == query.ActionKey);
        if (query.SubjectId is { } subject) { var rows = AuditLog.About(db, subject); found = found.Where(e => rows.Contains(e.Seq)); }
        if (query.Result == "ok") found = found.Where(e => e.Result == "ok");
        if (query.Result == "refused") found = found.Where(e => e.Result != "ok");
        if (query.From is { } from) { var start = from.StartUtc(zone); found = found.Where(e => e.At >= start); }
        if (query.Until is { } until && until < DateOnly.MaxValue) { var end = until.AddDays(1).StartUtc(zone); found = found.Where(e => e.At < end); }
        if (query.After is { } after) found = found.Where(e => e.Seq < after);
        var lines = await found.OrderByDescending(e => e.Seq).Take(query.Limit + 1).ToListAsync(ct);
        var names = await Names(db, lines, ct);
        var items = lines.Take(query.Limit).Select(e => new AuditLine(e.Seq, e.At, NameOf(e, names), e.ActorId, e.Role, e.Action,
            e.SubjectKind, e.SubjectId, [.. e.SubjectList()], e.VisitId, e.Ip, e.UserAgent, e.Result, e.RequestId, e.Detail, e.ActualActorId, e.ActualRole)).ToList();
        return new(items, lines.Count > query.Limit ? items[^1].Seq.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
    }

    internal static string NameOf(AuditEvent e, Dictionary<Guid, string> names) => names.GetValueOrDefault(e.ActorId ?? Guid.Empty, e.ActorKind == ActorKind.System ? "Salus" : "—");

    // Names come from the accounts of today; the log itself holds none.
    internal static async Task<Dictionary<Guid, string>> Names(SalusDb db, IReadOnlyList<AuditEvent> rows, CancellationToken ct)
    {
        var ids = rows.Select(r => r.ActorId).OfType<Guid>().Distinct().ToList();
        var names = await db.Accounts.AsNoTracking().Where(a => ids.Contains(a.Id)).Select(a => new { a.Id, a.Name })
            .Concat(db.Devices.AsNoTracking().Where(d => ids.Contains(d.Id)).Select(d => new { d.Id, d.Name }))
            .Concat(db.ApiKeys.AsNoTracking().Where(k => ids.Contains(k.Id)).Select(k => new { k.Id, k.Name })).ToListAsync(ct);
        return names.ToDictionary(n => n.Id, n => n.Name);
    }
}
