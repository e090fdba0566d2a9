using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

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
    /// <summary>What stands where a name must not.</summary>
    public const string Dots = "•••";

    extension(SalusDb db)
    {
        public DbSet<EmergencyAccess> EmergencyAccesses => db.Set<EmergencyAccess>();

        /// <summary>The patients whose records the actor may read now.</summary>
        public IQueryable<Patient> PatientsVisibleTo(Actor actor, DateTime now)
        {
            if (actor.May(ClinicPermissions.ReadRestricted)) return db.Patients;
            var opened = db.EmergencyAccesses;
            return db.Patients.Where(p => p.RestrictedAt == null || opened.Any(e => e.PatientId == p.Id && e.AccountId == actor.Id && e.EndsAt > now));
        }
    }

    /// <summary>The name, or dots where the record is restricted and the actor may not read such records.</summary>
    public static string NameFor(this Patient patient, Actor actor) => NameFor(actor, patient.Name, patient.RestrictedAt);

    public static string NameFor(Actor actor, string name, DateTime? restrictedAt) => restrictedAt is null || actor.May(ClinicPermissions.ReadRestricted) ? name : Dots;

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
        table.Property(e => e.Reason).HasMaxLength(300);
        table.HasIndex(e => new { e.PatientId, e.AccountId, e.EndsAt });
        table.HasIndex(e => new { e.OrganisationId, e.StartedAt });
        table.HasOne<Patient>().WithMany().HasForeignKey(e => e.PatientId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Account>().WithMany().HasForeignKey(e => e.AccountId).OnDelete(DeleteBehavior.Restrict);
    }
}
