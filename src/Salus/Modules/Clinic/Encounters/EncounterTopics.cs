using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Clinic.Queue;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Encounters;

/// <summary><c>encounters:{organisation}</c>: for all who see visits.</summary>
public sealed class EncountersTopic(MembershipReader members, Database database) : ITopicGuard
{
    public string Prefix => "encounters";

    public async Task<string?> Hears(HttpContext http, string topic, CancellationToken ct) =>
        Guid.TryParse(topic.AsSpan(Prefix.Length + 1), out var id) && await StaffTopic.May(members, database, http, id, ClinicPermissions.ReadEncounters, ct) ? topic : null;
}

/// <summary><c>encounter:{visit}</c>: for staff of the clinic whose visit it is. It says that something changed, not what: the page asks again and passes the gate.</summary>
public sealed class EncounterTopic(MembershipReader members, Database database) : ITopicGuard
{
    public string Prefix => "encounter";

    public async Task<string?> Hears(HttpContext http, string topic, CancellationToken ct)
    {
        if (!Guid.TryParse(topic.AsSpan(Prefix.Length + 1), out var id)) return null;
        await using var db = database.Open();
        var owner = await db.Encounters.IgnoreQueryFilters([SalusDb.OrganisationFilter]).Where(e => e.Id == id).Select(e => (Guid?)e.OrganisationId).FirstOrDefaultAsync(ct);
        return owner is { } organisation && await StaffTopic.May(members, database, http, organisation, ClinicPermissions.ReadEncounters, ct) ? topic : null;
    }
}
