using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Queue;

/// <summary>Names of staff for a page that has their ids.</summary>
public sealed class StaffNames(Tools tools)
{
    public async Task<IReadOnlyDictionary<Guid, string>> Of(IEnumerable<Guid?> ids, CancellationToken ct)
    {
        await using var db = tools.Database.Open(tools.Actor.OrganisationId);
        return await People.Of(db, ids, ct);
    }
}
