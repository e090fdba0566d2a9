using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

/// <summary>The organisations that somebody belongs to, for the page after signing in.</summary>
public sealed class MembershipsOf(Database database) : IMemberships
{
    public async Task<IReadOnlyList<MeOrganisation>> Of(Actor actor, CancellationToken ct)
    {
        await using var db = database.Open();
        var organisations = db.Organisations.AsNoTracking();
        var rows = actor.Kind == ActorKind.Device
            ? await db.Devices.IgnoreQueryFilters([SalusDb.OrganisationFilter]).Where(d => d.Id == actor.Id && d.RevokedAt == null)
                .Join(organisations, d => d.OrganisationId, o => o.Id, (d, o) => new { o.Slug, o.Name, Roles = d.Role }).ToListAsync(ct)
            : await db.Memberships.IgnoreQueryFilters([SalusDb.OrganisationFilter]).Where(m => m.AccountId == actor.Id && m.Status == MembershipStatus.Active)
                .Join(organisations, m => m.OrganisationId, o => o.Id, (m, o) => new { o.Slug, o.Name, m.Roles }).OrderBy(x => x.Name).ToListAsync(ct);
        return [.. rows.Select(r => new MeOrganisation(r.Slug, r.Name, r.Roles.Split(' ')))];
    }

    public async Task<Guid?> AloneIn(SalusDb db, Guid account, CancellationToken ct)
    {
        // Roles are words in one text, so the administrators of the account's organisations are picked out here.
        var memberships = db.Memberships.IgnoreQueryFilters([SalusDb.OrganisationFilter]).AsNoTracking().Where(m => m.Status == MembershipStatus.Active);
        var accounts = db.Accounts.Where(a => a.DeactivatedAt == null);
        var admins = await memberships.Where(m => m.Roles.Contains(Role.Admin) && accounts.Any(a => a.Id == m.AccountId) && memberships.Any(own => own.AccountId == account && own.OrganisationId == m.OrganisationId && own.Roles.Contains(Role.Admin)))
            .Select(m => new { m.OrganisationId, m.AccountId }).ToListAsync(ct);
        return admins.GroupBy(m => m.OrganisationId).FirstOrDefault(g => g.All(m => m.AccountId == account))?.Key;
    }
}
