using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Clinic.Patients.Team;

namespace Salus.Modules.Clinic.Patients;

/// <summary>One person may read one restricted record for an hour, for a reason that was given.</summary>
public sealed class EmergencyAccess : IOwned
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(60);

    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid PatientId { get; set; }
    public Guid AccountId { get; set; }
    public string Reason { get; set; } = "";
    public DateTime StartedAt { get; set; }
    public DateTime EndsAt { get; set; }
}

public static class Restricted
{
    extension(SalusDb db)
    {
        public DbSet<EmergencyAccess> EmergencyAccesses => db.Set<EmergencyAccess>();

        /// <summary>The patients whose records the actor may read now.</summary>
        public IQueryable<Patient> PatientsVisibleTo(Actor actor, DateTime now) => db.Patients.VisibleTo(db, actor, now);

        /// <summary>
        /// Of some patients of a list those restricted ones whose records the actor may read all the same, by one query; none where nobody is restricted or the actor reads all.
        /// Only their names stand in lists, see <see cref="NameFor(Patient, Actor, IReadOnlySet{Guid})"/>.
        /// </summary>
        public async Task<IReadOnlySet<Guid>> OpenTo(Actor actor, DateTime now, IEnumerable<(Guid Id, DateTime? RestrictedAt)> patients, CancellationToken ct)
        {
            var ids = actor.May(ClinicPermissions.ReadRestricted) ? [] : patients.Where(p => p.RestrictedAt is not null).Select(p => p.Id).Distinct().ToList();
            return ids.Count == 0 ? FrozenSet<Guid>.Empty : await db.PatientsVisibleTo(actor, now).Where(p => ids.Contains(p.Id)).Select(p => p.Id).ToHashSetAsync(ct);
        }
    }

    /// <summary>The same of any query of patients: open to all, opened in an emergency, or the actor is on the team.</summary>
    public static IQueryable<Patient> VisibleTo(this IQueryable<Patient> patients, SalusDb db, Actor actor, DateTime now)
    {
        if (actor.May(ClinicPermissions.ReadRestricted)) return patients;
        var (opened, team) = (db.EmergencyAccesses, db.CareTeam);
        return patients.Where(p => p.RestrictedAt == null || opened.Any(e => e.PatientId == p.Id && e.AccountId == actor.Id && e.EndsAt > now)
            || team.Any(m => m.PatientId == p.Id && m.AccountId == actor.Id && m.Since <= now && (m.Until == null || m.Until > now)));
    }

    /// <summary>What <see cref="VisibleTo"/> asks of a restricted record, for statements of our own: with <c>@account</c> and <c>@now</c>.</summary>
    internal const string IsOpenSql = """
        (EXISTS (SELECT 1 FROM clinic_care_team m WHERE m."PatientId" = clinic_patients."Id" AND m."AccountId" = @account AND m."Since" <= @now AND (m."Until" IS NULL OR m."Until" > @now))
        OR EXISTS (SELECT 1 FROM clinic_emergency_access e WHERE e."PatientId" = clinic_patients."Id" AND e."AccountId" = @account AND e."EndsAt" > @now))
        """;

    /// <summary>The name, or dots where the record is restricted and the actor may not read it.</summary>
    /// <param name="open">Restricted records that the actor may read, see <c>OpenTo</c>; null: none.</param>
    public static string NameFor(this Patient patient, Actor actor, IReadOnlySet<Guid>? open = null) => NameFor(actor, patient.Name, patient.RestrictedAt, open?.Contains(patient.Id) == true);

    public static string NameFor(Actor actor, string name, DateTime? restrictedAt, bool isOpen = false) => restrictedAt is null || isOpen || actor.May(ClinicPermissions.ReadRestricted) ? name : Text.Dots;

    /// <summary>Open to those who may break the glass, and not to others: 403 with what would unlock it, or 404.</summary>
    public static Refusal Hidden(Actor actor) => actor.May(ClinicPermissions.BreakGlass)
        ? new(403, "patient.restricted", "This record is restricted.") { Unlock = "In an emergency you can open it by giving a reason. The administrators are told." }
        : Refusal.NotFound();
}

internal sealed class EmergencyAccessTable : IEntityTypeConfiguration<EmergencyAccess>
{
    public void Configure(EntityTypeBuilder<EmergencyAccess> table)
    {
        table.ToTable("clinic_emergency_access");
        table.Property(e => e.Reason).Sealed();
        table.HasIndex(e => new { e.PatientId, e.AccountId, e.EndsAt });
        table.HasIndex(e => new { e.OrganisationId, e.StartedAt });
        table.HasOne<Patient>().WithMany().HasForeignKey(e => e.PatientId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Account>().WithMany().HasForeignKey(e => e.AccountId).OnDelete(DeleteBehavior.Restrict);
    }
}
