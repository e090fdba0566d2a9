using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>Names of those who wrote in the record, at the time of reading.</summary>
public static class People
{
    public static async Task<IReadOnlyDictionary<Guid, string>> Of(SalusDb db, IEnumerable<Guid?> ids, CancellationToken ct)
    {
        var wanted = ids.OfType<Guid>().Distinct().ToList();
        return wanted.Count == 0 ? new Dictionary<Guid, string>() : await db.Set<Account>().AsNoTracking().Where(a => wanted.Contains(a.Id)).ToDictionaryAsync(a => a.Id, a => a.Name, ct);
    }
}
