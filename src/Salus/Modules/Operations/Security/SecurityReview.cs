using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Operations.Security;

/// <summary>One security event as the reviewer sees it.</summary>
/// <param name="Event">Its key, such as <c>sign-in.failed</c>.</param>
public sealed record SecurityLine(long Seq, DateTime At, string Event, Weight Weight, Guid? OrganisationId, string Actor, Guid? ActorId, string SubjectKind, Guid? SubjectId, string Ip, string Action, string Detail)
{
    internal string Sentence { get; init; } = "";
}

public sealed record SecurityPage(IReadOnlyList<SecurityLine> Items, string? Next);

public sealed record SecurityQuery
{
    public long? After { get; init; }
    public int Limit { get; init; } = 25;
}

/// <summary>The security events of one organisation, newest first: what was done in it, and what happened to the accounts of its members.</summary>
public sealed class SecurityReview(Tools tools) : ReadModel<SecurityQuery, SecurityPage>(tools)
{
    public const string Action = "security.read";

    protected override string Name => Action;

    protected override Task Authorize(SecurityQuery query, CancellationToken ct) => Require(OperationsModule.ReadAudit);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(SecurityQuery query, SecurityPage result) => ("audit", []);

    protected override Task<SecurityPage> Handle(SalusDb db, SecurityQuery query, CancellationToken ct)
    {
        var members = db.Memberships.Select(m => (Guid?)m.AccountId);
        // What a member does outside every organisation to others is none of this one's business. SecurityEvents.HappenedTo says the same of one row.
        return SecurityLog.Read(db, e => e.Where(e => e.OrganisationId == Actor.OrganisationId
            || (e.OrganisationId == null && ((e.SubjectKind == "account" && members.Contains(e.SubjectId)) || (e.SubjectKind == "session" && members.Contains(e.ActorId))))), query, ct);
    }
}

/// <summary>The security events of the whole installation, for its owner.</summary>
public sealed class PlatformSecurity(Tools tools) : ReadModel<SecurityQuery, SecurityPage>(tools)
{
    public const string Action = "security.read-all";

    protected override string Name => Action;

    protected override Task Authorize(SecurityQuery query, CancellationToken ct) => Actor.IsPlatformOwner ? Task.CompletedTask : throw Refusal.NotFound();

    protected override (string, IReadOnlyCollection<Guid>)? Shown(SecurityQuery query, SecurityPage result) => ("audit", []);

    protected override Task<SecurityPage> Handle(SalusDb db, SecurityQuery query, CancellationToken ct) => SecurityLog.Read(db, e => e, query, ct);
}

internal static class SecurityLog
{
    /// <summary>Rows that one page looks through: no index finds these events among the reads, so a page ends there and the next goes on.</summary>
    private const int MostRows = 200_000;

    public static async Task<SecurityPage> Read(SalusDb db, Func<IQueryable<AuditEvent>, IQueryable<AuditEvent>> reach, SecurityQuery query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var log = db.Set<AuditEvent>().AsNoTracking();
        var below = query.After ?? (await log.MaxAsync(e => (long?)e.Seq, ct) ?? 0) + 1;
        var from = Math.Max(0, below - MostRows);
        var rows = await reach(log.Where(e => e.Seq < below && e.Seq >= from)).Where(SecurityEvents.IsOne).OrderByDescending(e => e.Seq).Take(query.Limit).ToListAsync(ct);
        var names = await AuditReview.Names(db, rows, ct);
        var next = rows.Count == query.Limit ? rows[^1].Seq : from;
        return new([.. rows.Select(e => Line(e, names))], next > 1 ? next.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
    }

    private static SecurityLine Line(AuditEvent e, Dictionary<Guid, string> names)
    {
        var kind = SecurityEvents.Of(e)!;
        return new(e.Seq, e.At, kind.Key, kind.Weight, e.OrganisationId, AuditReview.NameOf(e, names), e.ActorId, e.SubjectKind, e.SubjectId, e.Ip, e.Action, e.Detail) { Sentence = kind.Sentence };
    }
}
