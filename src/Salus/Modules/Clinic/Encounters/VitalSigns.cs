using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>One row of measurements. Never changed: a wrong row is marked as entered in error, and a new one written.</summary>
public sealed class VitalSigns : IOfEncounter, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public DateTime MeasuredAt { get; set; }
    public Guid RecordedBy { get; set; }

    /// <summary>°C.</summary>
    public decimal? Temperature { get; set; }

    /// <summary>mm Hg.</summary>
    public int? Systolic { get; set; }
    public int? Diastolic { get; set; }

    /// <summary>Beats a minute.</summary>
    public int? Pulse { get; set; }

    /// <summary>Breaths a minute.</summary>
    public int? Respiration { get; set; }

    /// <summary>Oxygen saturation, %.</summary>
    public int? Oxygen { get; set; }

    /// <summary>kg.</summary>
    public decimal? Weight { get; set; }

    /// <summary>cm.</summary>
    public decimal? Height { get; set; }

    /// <summary>Mid upper arm circumference, cm.</summary>
    public decimal? UpperArm { get; set; }

    /// <summary>0 none to 10 worst.</summary>
    public int? Pain { get; set; }

    /// <summary>First day of the last period: what the expected day of birth is counted from.</summary>
    public DateOnly? LastPeriod { get; set; }
    public string Remark { get; set; } = "";
    public DateTime? VoidedAt { get; set; }
    public Guid? VoidedBy { get; set; }
    public string VoidReason { get; set; } = "";
    public Guid Version { get; set; }

    /// <summary>Body mass index, kg/m², one digit; null unless weight and height were measured together.</summary>
    public decimal? Bmi => Weight is { } kg && Height is > 0 and { } cm ? Math.Round(kg / (cm * cm / 10_000m), 1) : null;

    /// <summary>Expected day of birth by Naegele: 280 days after the last period.</summary>
    public DateOnly? ExpectedBirth => LastPeriod?.AddDays(280);

    /// <summary>Whole weeks and days since the last period.</summary>
    public (int Weeks, int Days)? GestationalAge(DateOnly on) => LastPeriod is { } first && on >= first ? ((on.DayNumber - first.DayNumber) / 7, (on.DayNumber - first.DayNumber) % 7) : null;
}

public static class VitalSignsTables
{
    extension(SalusDb db)
    {
        public DbSet<VitalSigns> Vitals => db.Set<VitalSigns>();
    }
}

internal sealed class VitalSignsTable : IEntityTypeConfiguration<VitalSigns>
{
    public void Configure(EntityTypeBuilder<VitalSigns> table)
    {
        table.ToTable("clinic_vital_signs");
        table.Property(v => v.Temperature).HasPrecision(4, 1);
        table.Property(v => v.Weight).HasPrecision(5, 2);
        table.Property(v => v.Height).HasPrecision(4, 1);
        table.Property(v => v.UpperArm).HasPrecision(4, 1);
        table.Property(v => v.Remark).Sealed();
        table.Property(v => v.VoidReason).Sealed();
        table.Ignore(v => v.Bmi);
        table.Ignore(v => v.ExpectedBirth);
        table.IsOfEncounter();
        table.HasIndex(v => new { v.PatientId, v.MeasuredAt });
    }
}
