using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Patients.Team;

/// <summary>One person of a team, with those who have left it.</summary>
public sealed record CareTeamLine(Guid Id, Guid AccountId, string Name, DateTime Since, DateTime? Until, string AddedBy, string Reason, bool IsActive);

/// <summary>A colleague who can be taken into a team.</summary>
public sealed record Colleague(Guid Id, string Name);

public sealed record CareTeamView(IReadOnlyList<CareTeamLine> Items, IReadOnlyList<Colleague> Colleagues);

/// <summary>Who treats a patient, newest first, and who could be added.</summary>
public sealed class CareTeamList(Tools tools) : ReadModel<CareTeamList.Query, CareTeamView>(tools)
{
    public const string Action = "care-team.read";
    private const int Most = 100, MostColleagues = 500;

    public sealed record Query { public Guid PatientId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.RestrictPatients);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, CareTeamView result) => ("patient", [query.PatientId]);

    protected override async Task<CareTeamView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var (accounts, now) = (db.Accounts, Clock.Now());
        if (!await db.PatientsVisibleTo(Actor, now).AnyAsync(p => p.Id == query.PatientId, ct)) throw Refusal.NotFound();
        var rows = await db.CareTeam.AsNoTracking().Where(m => m.PatientId == query.PatientId).OrderByDescending(m => m.Id).Take(Most).Select(m => new
        {
            Member = m, Name = accounts.Where(a => a.Id == m.AccountId).Select(a => a.Name).First(), By = accounts.Where(a => a.Id == m.AddedBy).Select(a => a.Name).FirstOrDefault(),
        }).ToListAsync(ct);
        var colleagues = await Team.Colleagues.Of(db).Join(accounts.Where(a => a.DeactivatedAt == null), m => m.AccountId, a => a.Id, (_, a) => a).OrderBy(a => a.Name).Take(MostColleagues).Select(a => new Colleague(a.Id, a.Name)).ToListAsync(ct);
        return new([.. rows.Select(r => new CareTeamLine(r.Member.Id, r.Member.AccountId, r.Name, r.Member.Since, r.Member.Until, r.By ?? "", r.Member.Reason, r.Member.Until is null || r.Member.Until > now))], colleagues);
    }
}

internal static class Colleagues
{
    /// <summary>The members of the clinic in reach.</summary>
    public static IQueryable<Membership> Of(SalusDb db) => db.Memberships.Where(m => m.Status == MembershipStatus.Active);
}
