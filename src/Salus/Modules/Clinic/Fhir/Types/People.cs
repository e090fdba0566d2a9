using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Fhir.Types;

internal sealed record FhirPractitioner(bool Active, IReadOnlyList<HumanName>? Name) : Resource;

internal sealed record FhirOrganization(IReadOnlyList<Identifier> Identifier, bool Active, IReadOnlyList<Concept> Type, string Name) : Resource;

/// <summary>Those who work or worked here, as the names beside what they wrote.</summary>
internal sealed class PractitionerSource : Source<Membership>
{
    protected override IEnumerable<Param<Membership>> Own =>
    [
        new("_id", "token", (rows, ask) => { var ids = ask.Ids("Practitioner"); return rows.Where(m => ids.Contains(m.AccountId)); }),
        new("name", "string", (rows, ask) =>
        {
            var (accounts, names) = (ask.Scope.Db.Accounts, ask.Term.Values.Select(v => Text.Clean(v).ToUpperInvariant()).Where(v => v.Length > 0).ToList());
#pragma warning disable CA1304, CA1311, CA1862 // the database compares, not this program
            return rows.Where(m => accounts.Any(a => a.Id == m.AccountId && names.Any(n => a.Name.ToUpper().Contains(n))));
#pragma warning restore CA1304, CA1311, CA1862
        }, "Any part of the name"),
        new("active", "token", (rows, ask) =>
        {
            var states = ask.Pick<MembershipStatus>(s => s == MembershipStatus.Active ? "true" : "false");
            return rows.Where(m => states.Contains(m.Status));
        }),
    ];

    protected override IQueryable<Membership> Rows(Scope scope) => scope.Db.Memberships.AsNoTracking();

    protected override IQueryable<Membership> Sorted(Scope scope, IQueryable<Membership> rows, string? after)
    {
        if (after is not null) { var place = PlaceOf(after); rows = rows.Where(m => m.AccountId > place); }
        return rows.OrderBy(m => m.AccountId);
    }

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<Membership> sorted, CancellationToken ct)
    {
        var accounts = scope.Db.Accounts;
        var found = await sorted.Select(m => new { Member = m, Name = accounts.Where(a => a.Id == m.AccountId).Select(a => a.Name).FirstOrDefault() }).ToListAsync(ct);
        return
        [
            .. found.Select(f => new Piece(f.Member.AccountId.ToString(), null, f.Member.AccountId.ToString("N"), [], _ =>
                new FhirPractitioner(f.Member.Status == MembershipStatus.Active, Elements.Some(f.Name) is { } name ? [new(name)] : null) { Id = f.Member.AccountId.ToString(), Meta = new(f.Member.Version.ToString("N"), null) })),
        ];
    }
}

/// <summary>The clinic itself; other organisations are not seen here.</summary>
internal sealed class OrganizationSource : Source<Organisation>
{
    protected override IEnumerable<Param<Organisation>> Own => [new("_id", "token", (rows, ask) => { var ids = ask.Ids("Organization"); return rows.Where(o => ids.Contains(o.Id)); })];

    protected override IQueryable<Organisation> Rows(Scope scope)
    {
        var own = scope.Organisation.Id;
        return scope.Db.Organisations.AsNoTracking().Where(o => o.Id == own);
    }

    protected override IQueryable<Organisation> Sorted(Scope scope, IQueryable<Organisation> rows, string? after)
    {
        if (after is not null) { var place = PlaceOf(after); rows = rows.Where(o => o.Id > place); }
        return rows.OrderBy(o => o.Id);
    }

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<Organisation> sorted, CancellationToken ct) =>
    [
        .. (await sorted.ToListAsync(ct)).Select(o => new Piece(o.Id.ToString(), null, o.Id.ToString("N"), [], _ =>
            new FhirOrganization([new("usual", null, null, o.Slug)], true, [Concept.Of(Codes.Hl7 + "organization-type", "prov", "Healthcare Provider")], o.Name) { Id = o.Id.ToString(), Meta = new(o.Version.ToString("N"), null) })),
    ];
}
