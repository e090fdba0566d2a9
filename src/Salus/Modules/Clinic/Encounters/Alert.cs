using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Encounters;

public enum AlertKind { VitalSigns, LabCritical, ImagingCritical, DrugInteraction, Allergy, Contraindication, Dosage }

public enum AlertSeverity { Low, Moderate, High, Critical }

public enum AlertState { Raised, Acknowledged, Resolved }

/// <summary>A clinical warning that stays in sight until somebody has taken it on, and then until it is settled.</summary>
public sealed class Alert : IOfEncounter, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public AlertKind Kind { get; set; }
    public AlertSeverity Severity { get; set; }
    public AlertState State { get; set; }

    /// <summary>What it is about: a resource key such as "Temperature", or the name of a test or drug.</summary>
    public string Title { get; set; } = "";

    /// <summary>The value and what was expected, in no language: "39.4 °C (36.1–37.2)".</summary>
    public string Detail { get; set; } = "";

    /// <summary>The row that raised it.</summary>
    public Guid SourceId { get; set; }
    public DateTime RaisedAt { get; set; }
    public DateTime? AcknowledgedAt { get; set; }
    public Guid? AcknowledgedBy { get; set; }
    public DateTime? ResolvedAt { get; set; }
    public Guid? ResolvedBy { get; set; }
    public string Resolution { get; set; } = "";
    public Guid Version { get; set; }

    /// <summary>Raised, then acknowledged, then resolved: the one place where an alert changes state.</summary>
    /// <exception cref="Refusal">409 <c>alert.state</c>.</exception>
    public void Acknowledge(Guid by, DateTime now)
    {
        if (State != AlertState.Raised) throw WrongState();
        (State, AcknowledgedBy, AcknowledgedAt) = (AlertState.Acknowledged, by, now);
    }

    /// <inheritdoc cref="Acknowledge"/>
    public void Resolve(Guid by, DateTime now, string resolution)
    {
        if (State != AlertState.Acknowledged) throw WrongState();
        (State, ResolvedBy, ResolvedAt, Resolution) = (AlertState.Resolved, by, now, resolution);
    }

    private static Refusal WrongState() => new(409, "alert.state", "An alert is first acknowledged, then resolved, each once.") { Unlock = "Look at it again: somebody may have acted before you." };
}

public static class AlertTables
{
    extension(SalusDb db)
    {
        public DbSet<Alert> Alerts => db.Set<Alert>();
    }
}

internal sealed class AlertTable : IEntityTypeConfiguration<Alert>
{
    public void Configure(EntityTypeBuilder<Alert> table)
    {
        table.ToTable("clinic_alerts");
        table.Property(a => a.Title).Sealed();
        table.Property(a => a.Detail).Sealed();
        table.Property(a => a.Resolution).Sealed();
        table.IsOfEncounter();
        table.HasIndex(a => new { a.OrganisationId, a.State, a.RaisedAt });
    }
}
