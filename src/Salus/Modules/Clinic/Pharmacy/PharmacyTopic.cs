using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Clinic.Queue;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Pharmacy;

/// <summary><c>pharmacy:{organisation}</c>: for those who see what is to be dispensed.</summary>
public sealed class PharmacyTopic(MembershipReader members, Database database) : ITopicGuard
{
    public string Prefix => "pharmacy";

    public static string Of(Guid organisationId) => $"pharmacy:{organisationId}";

    public async Task<string?> Hears(HttpContext http, string topic, CancellationToken ct) =>
        Guid.TryParse(topic.AsSpan(Prefix.Length + 1), out var id) && await StaffTopic.May(members, database, http, id, ClinicPermissions.ReadPharmacy, ct) ? topic : null;
}
