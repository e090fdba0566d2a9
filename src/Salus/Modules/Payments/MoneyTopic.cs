using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments;

/// <summary><c>money:{organisation}</c>: for those who see what is owed and paid.</summary>
public sealed class MoneyTopic(MembershipReader members, Database database) : ITopicGuard
{
    public string Prefix => "money";

    public async Task<string?> Hears(HttpContext http, string topic, CancellationToken ct)
    {
        if (!Guid.TryParse(topic.AsSpan(Prefix.Length + 1), out var id)) return null;
        await using var db = database.Open();
        var slug = await db.Organisations.Where(o => o.Id == id).Select(o => o.Slug).FirstOrDefaultAsync(ct);
        return slug is not null && await members.Find(http.User, slug, ct) is { IsMember: true } standing && standing.Permissions.Contains(PaymentPermissions.Read) ? topic : null;
    }
}
