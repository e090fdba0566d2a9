using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>Names of staff for a page that has their ids.</summary>
public sealed class StaffNames(Tools tools)
{
    public async Task<IReadOnlyDictionary<Guid, string>> Of(IEnumerable<Guid?> ids, CancellationToken ct)
    {
        var wanted = ids.OfType<Guid>().Distinct().ToList();
        await using var db = tools.Database.Open(tools.Actor.OrganisationId);
        return await db.Accounts.AsNoTracking().Where(a => wanted.Contains(a.Id)).ToDictionaryAsync(a => a.Id, a => a.Name, ct);
    }
}
