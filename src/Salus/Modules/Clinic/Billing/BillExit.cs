using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>Why care goes on although it is not paid.</summary>
public enum ExitKind
{
    /// <summary>Life or health does not wait.</summary>
    Emergency,

    /// <summary>The patient, or somebody for the patient, has promised to pay later.</summary>
    Promise,
}

/// <summary>Lets care go on before it is paid. What is owed stays owed.</summary>
public sealed class BillExit : IOfEncounter
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public ExitKind Kind { get; set; }

    /// <summary>The order or prescription it is for; null: the whole visit.</summary>
    public Guid? PurposeId { get; set; }
    public string Reason { get; set; } = "";

    /// <summary>Until when it is promised to be paid; after that day payment is waited for again.</summary>
    public DateOnly? Until { get; set; }
    public Guid GrantedBy { get; set; }
    public DateTime GrantedAt { get; set; }
    public Guid? EndedBy { get; set; }
    public DateTime? EndedAt { get; set; }
}

public static class BillExitTables
{
    extension(SalusDb db)
    {
        public DbSet<BillExit> BillExits => db.Set<BillExit>();

        /// <summary>What opens the way on a day.</summary>
        public IQueryable<BillExit> ExitsOn(DateOnly today) => db.Set<BillExit>().Where(e => e.EndedAt == null && (e.Until == null || e.Until >= today));

        /// <summary>What visits wait for: charges that are due before care, without those whose way is open.</summary>
        public IQueryable<Charge> HoldingBack(DateOnly today)
        {
            var exits = db.ExitsOn(today);
            return db.Charges.Where(Charge.IsOutstanding).Where(c => c.Rank < Bills.AfterCare && !exits.Any(e => e.EncounterId == c.GroupId && (e.PurposeId == null || e.PurposeId == c.PurposeId)));
        }
    }
}

internal sealed class BillExitTable : IEntityTypeConfiguration<BillExit>
{
    public void Configure(EntityTypeBuilder<BillExit> table)
    {
        table.ToTable("clinic_bill_exits");
        table.IsOfEncounter();
        table.Property(e => e.Reason).Sealed();
    }
}

/// <summary>Opens the way for care before payment: an emergency by those who treat, a promise by the desk.</summary>
public sealed class GrantExit(Tools tools, CareGuard guard, OrganisationSlot organisation) : EncounterUseCase<GrantExit.Command, Guid>(tools, guard)
{
    public const string Action = "bill.grant-exit";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        [EnumDataType(typeof(ExitKind), ErrorMessage = "Choose one of the list.")]
        public ExitKind Kind { get; init; }

        /// <summary>The order or prescription it is for; empty: the whole visit.</summary>
        public Guid? PurposeId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";

        /// <summary>Until when it is promised to be paid.</summary>
        public DateOnly? Until { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => command.Kind == ExitKind.Emergency ? CareAct.PaymentEmergency : CareAct.PaymentPromise;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var visit = await Hold(command.EncounterId, command, ct);
        var reason = Text.Clean(command.Reason);
        if (reason.Length == 0) throw Refusal.Field("reason", "Please give a reason.");
        if (command.PurposeId is { } purpose && !await Db.Charges.AnyAsync(c => c.GroupId == visit.Id && c.PurposeId == purpose, ct)) throw Refusal.NotFound();
        if (command.Until < Clock.Today(organisation.Current.Zone)) throw Refusal.Field("until", "This day is over.");
        var exit = new BillExit { EncounterId = visit.Id, PatientId = visit.PatientId, Kind = command.Kind, PurposeId = command.PurposeId, Reason = reason, Until = command.Kind == ExitKind.Promise ? command.Until : null, GrantedBy = Author, GrantedAt = Now };
        Db.Add(exit);
        Subject("encounter", visit.Id, $"{command.Kind}{(command.PurposeId is null ? "" : " for one item")}", visit.Id);
        Changed(EncounterList.Topic(Db.OrganisationId));
        foreach (var queue in await BillHears.Queues(Db, visit.Id, ct)) Changed(queue);
        return exit.Id;
    }
}

/// <summary>Takes such an exit back: from now on payment is waited for again.</summary>
public sealed class EndExit(Tools tools, CareGuard guard) : EncounterUseCase<EndExit.Command, Guid>(tools, guard)
{
    public const string Action = "bill.end-exit";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }
        public Guid ExitId { get; init; }
    }

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.PaymentPromise;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var visit = await Hold(command.EncounterId, command, ct);
        var exit = await Db.BillExits.FirstOrDefaultAsync(e => e.Id == command.ExitId && e.EncounterId == visit.Id, ct) ?? throw Refusal.NotFound();
        if (exit.EndedAt is not null) throw new Refusal(409, "bill.exit-ended", "This was taken back already.");
        (exit.EndedAt, exit.EndedBy) = (Now, Author);
        Subject("encounter", visit.Id, exit.Kind.ToString(), visit.Id);
        Changed(EncounterList.Topic(Db.OrganisationId));
        foreach (var queue in await BillHears.Queues(Db, visit.Id, ct)) Changed(queue);
        return exit.Id;
    }
}
