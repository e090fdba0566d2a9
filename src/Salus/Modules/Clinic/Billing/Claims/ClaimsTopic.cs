using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Clinic.Queue;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Billing.Claims;

/// <summary><c>claims:{organisation}</c>: for all who see bills, whether they see the other money or not.</summary>
public sealed class ClaimsTopic(MembershipReader members, Database database) : ITopicGuard
{
    public string Prefix => "claims";

    public async Task<string?> Hears(HttpContext http, string topic, CancellationToken ct) =>
        Guid.TryParse(topic.AsSpan(Prefix.Length + 1), out var id) && await StaffTopic.May(members, database, http, id, ClinicPermissions.ReadBills, ct) ? topic : null;
}
