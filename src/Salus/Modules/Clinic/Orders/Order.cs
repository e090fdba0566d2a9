using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders.Lists;
using Salus.Modules.Clinic.Orders.Referrals;

namespace Salus.Modules.Clinic.Orders;

public enum OrderKind { Lab, Imaging, Procedure }

public enum OrderState { Ordered, InProgress, Resulted, Cancelled }

public enum OrderPriority { Routine, Urgent, Stat }

public enum OrderAction { Collect, Start, Finish, Cancel }

/// <summary>A doctor's request for one test, one study or one procedure (FHIR ServiceRequest). What was asked for together has one requisition.</summary>
public sealed class Order : IOfEncounter, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }

    /// <summary>One id for all that was ordered in one act.</summary>
    public Guid RequisitionId { get; set; }
    public OrderKind Kind { get; set; }
    public OrderState State { get; set; }
    public OrderPriority Priority { get; set; }

    /// <summary>The entry of the clinic's list; null: in free words.</summary>
    public Guid? CatalogueId { get; set; }
    public string Code { get; set; } = "";
    public string Name { get; set; } = "";

    /// <summary>Why it is asked for.</summary>
    public string Indication { get; set; } = "";
    public string Instructions { get; set; } = "";
    public Guid OrderedBy { get; set; }
    public DateTime OrderedAt { get; set; }
    public Guid? StartedBy { get; set; }
    public DateTime? StartedAt { get; set; }
    public DateTime? EndedAt { get; set; }
    public Guid? EndedBy { get; set; }
    public string CancelReason { get; set; } = "";
    public Guid Version { get; set; }

    public bool IsOpen => State is OrderState.Ordered or OrderState.InProgress;

    /// <summary>The one place where an order changes state. A sample taken, a study or procedure begun: in progress; a result, a report or the deed itself: resulted.</summary>
    /// <exception cref="Refusal">409 <c>order.state</c>.</exception>
    public void Move(OrderAction action, Guid by, DateTime now, string reason = "")
    {
        if (Target(State, action) is not { } target)
            throw new Refusal(409, "order.state", "This is not possible: the order is “{0}”.", Words.Of(State)) { Unlock = "Look at the list again: somebody may have acted before you." };
        State = target;
        if (action is OrderAction.Collect or OrderAction.Start) (StartedBy, StartedAt) = (by, now);
        else (EndedBy, EndedAt, CancelReason) = (by, now, action == OrderAction.Cancel ? reason : "");
    }

    public static OrderState? Target(OrderState from, OrderAction action) => (from, action) switch
    {
        (OrderState.Ordered, OrderAction.Collect or OrderAction.Start) => OrderState.InProgress,
        (OrderState.Ordered or OrderState.InProgress, OrderAction.Finish) => OrderState.Resulted,
        (OrderState.Ordered or OrderState.InProgress, OrderAction.Cancel) => OrderState.Cancelled,
        _ => null,
    };
}

public static class OrderTables
{
    extension(SalusDb db)
    {
        public DbSet<Order> Orders => db.Set<Order>();
        public DbSet<Result> Results => db.Set<Result>();
        public DbSet<CatalogueEntry> Catalogue => db.Set<CatalogueEntry>();
        public DbSet<Sample> Samples => db.Set<Sample>();
        public DbSet<DiagnosisCode> DiagnosisCodes => db.Set<DiagnosisCode>();
        public DbSet<ClinicalTemplate> Templates => db.Set<ClinicalTemplate>();
        public DbSet<Referral> Referrals => db.Set<Referral>();
    }
}

internal sealed class OrderTable : IEntityTypeConfiguration<Order>
{
    public void Configure(EntityTypeBuilder<Order> table)
    {
        table.ToTable("clinic_orders");
        table.Property(o => o.Code).HasMaxLength(30);
        table.Property(o => o.Name).HasMaxLength(160);
        table.Property(o => o.Indication).Sealed();
        table.Property(o => o.Instructions).Sealed();
        table.Property(o => o.CancelReason).Sealed();
        table.Ignore(o => o.IsOpen);
        table.IsOfEncounter();
        table.HasIndex(o => new { o.OrganisationId, o.Kind, o.State, o.Id });
    }
}
