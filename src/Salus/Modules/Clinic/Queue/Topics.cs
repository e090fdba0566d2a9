using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary><c>board:{organisation}</c>: for all who may read the board.</summary>
public sealed class BoardTopic(MembershipReader members, Database database) : ITopicGuard
{
    public string Prefix => "board";

    public async Task<string?> Hears(HttpContext http, string topic, CancellationToken ct) =>
        Guid.TryParse(topic.AsSpan(6), out var id) && await StaffTopic.May(members, database, http, id, ClinicPermissions.ReadBoard, ct) ? topic : null;
}

/// <summary><c>queue:{queue}</c>: for staff of the clinic whose queue it is.</summary>
public sealed class QueueTopic(MembershipReader members, Database database) : ITopicGuard
{
    public string Prefix => "queue";

    public async Task<string?> Hears(HttpContext http, string topic, CancellationToken ct)
    {
        if (!Guid.TryParse(topic.AsSpan(6), out var id)) return null;
        await using var db = database.Open();
        var owner = await db.Queues.IgnoreQueryFilters([SalusDb.OrganisationFilter]).Where(q => q.Id == id).Select(q => (Guid?)q.OrganisationId).FirstOrDefaultAsync(ct);
        return owner is { } organisation && await StaffTopic.May(members, database, http, organisation, ClinicPermissions.ReadQueue, ct) ? topic : null;
    }
}

/// <summary><c>ticket:{code}</c>: for whoever has the patient's link; hears that something in the ticket's queue changed, and nothing else.</summary>
public sealed class TicketTopic(Database database) : ITopicGuard
{
    public string Prefix => "ticket";

    public async Task<string?> Hears(HttpContext http, string topic, CancellationToken ct)
    {
        var code = topic[7..];
        await using var db = database.Open();
        var queue = await db.Tickets.IgnoreQueryFilters([SalusDb.OrganisationFilter]).Where(t => t.Code == code).Select(t => (Guid?)t.QueueId).FirstOrDefaultAsync(ct);
        return queue is { } id ? QueueDay.Topic(id) : null;
    }
}

internal static class StaffTopic
{
    public static async Task<bool> May(MembershipReader members, Database database, HttpContext http, Guid organisationId, string permission, CancellationToken ct)
    {
        await using var db = database.Open();
        var slug = await db.Organisations.Where(o => o.Id == organisationId).Select(o => o.Slug).FirstOrDefaultAsync(ct);
        return slug is not null && await members.Find(http.User, slug, ct) is { IsMember: true } standing && standing.Permissions.Contains(permission);
    }
}
