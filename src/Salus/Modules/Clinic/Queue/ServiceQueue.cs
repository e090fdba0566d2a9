using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Queue;

/// <summary>A line of patients, such as "General" or "Children". (The clinic's word is queue; the class is longer because .NET has a Queue.)</summary>
public sealed class ServiceQueue : IOwned, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public string Name { get; set; } = "";

    /// <summary>Letters before the token on screens and slips, such as "A" in A12; may be empty.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Days of the week on which tokens are issued: bit 0 is Sunday.</summary>
    public int OpenDays { get; set; } = 0b111_1111;
    public DateTime CreatedAt { get; set; }
    public DateTime? ArchivedAt { get; set; }
    public Guid Version { get; set; }

    public bool IsOpenOn(DayOfWeek day) => (OpenDays & (1 << (int)day)) != 0;

    public string Token(int number) => Prefix + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A day on which a queue is closed although the week says open, such as a holiday.</summary>
public sealed class Closure : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid QueueId { get; set; }
    public DateOnly Day { get; set; }
    public string Reason { get; set; } = "";
}

/// <summary>A room or desk to which patients are called.</summary>
public sealed class ServicePoint : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public string Name { get; set; } = "";
    public DateTime? ArchivedAt { get; set; }
}

/// <summary>A line of text for all who wait in a queue, on the board and on their phones.</summary>
public sealed class Notice : IOwned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid QueueId { get; set; }
    public string Text { get; set; } = "";

    /// <summary>Minutes that service starts or goes on later; 0 when the notice announces none. They are added to the waiting times.</summary>
    public int DelayMinutes { get; set; }
    public DateTime PostedAt { get; set; }
    public DateTime ExpiresAt { get; set; }
    public Guid? PostedBy { get; set; }
}

public static class QueueTables
{
    extension(SalusDb db)
    {
        public DbSet<ServiceQueue> Queues => db.Set<ServiceQueue>();
        public DbSet<Closure> Closures => db.Set<Closure>();
        public DbSet<ServicePoint> ServicePoints => db.Set<ServicePoint>();
        public DbSet<Notice> Notices => db.Set<Notice>();
    }
}

internal sealed class ServiceQueueTable : IEntityTypeConfiguration<ServiceQueue>
{
    public void Configure(EntityTypeBuilder<ServiceQueue> table)
    {
        table.ToTable("clinic_queues");
        table.Property(q => q.Name).HasMaxLength(100);
        table.Property(q => q.Prefix).HasMaxLength(3);
        table.HasIndex(q => new { q.OrganisationId, q.Name }).IsUnique();
    }
}

internal sealed class ClosureTable : IEntityTypeConfiguration<Closure>
{
    public void Configure(EntityTypeBuilder<Closure> table)
    {
        table.ToTable("clinic_closures");
        table.Property(c => c.Reason).HasMaxLength(100);
        table.HasIndex(c => new { c.QueueId, c.Day }).IsUnique();
        table.HasOne<ServiceQueue>().WithMany().HasForeignKey(c => c.QueueId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ServicePointTable : IEntityTypeConfiguration<ServicePoint>
{
    public void Configure(EntityTypeBuilder<ServicePoint> table)
    {
        table.ToTable("clinic_service_points");
        table.Property(s => s.Name).HasMaxLength(60);
        table.HasIndex(s => new { s.OrganisationId, s.Name }).IsUnique();
    }
}

internal sealed class NoticeTable : IEntityTypeConfiguration<Notice>
{
    public void Configure(EntityTypeBuilder<Notice> table)
    {
        table.ToTable("clinic_notices");
        table.Property(n => n.Text).HasMaxLength(300);
        table.HasIndex(n => new { n.QueueId, n.ExpiresAt });
        table.HasOne<ServiceQueue>().WithMany().HasForeignKey(n => n.QueueId).OnDelete(DeleteBehavior.Restrict);
    }
}
