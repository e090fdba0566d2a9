using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>Why work without payment was looked at and put aside: once for each piece of work.</summary>
public sealed class LeakNote : IOfEncounter
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }

    /// <summary>The order or prescription.</summary>
    public Guid WorkId { get; set; }
    public string Text { get; set; } = "";
    public Guid WrittenBy { get; set; }
    public DateTime WrittenAt { get; set; }
}

public static class LeakTables
{
    extension(SalusDb db)
    {
        public DbSet<LeakNote> LeakNotes => db.Set<LeakNote>();
    }
}

internal sealed class LeakNoteTable : IEntityTypeConfiguration<LeakNote>
{
    public void Configure(EntityTypeBuilder<LeakNote> table)
    {
        table.ToTable("clinic_leak_notes");
        table.IsOfEncounter();
        table.Property(n => n.Text).Sealed();
        table.HasIndex(n => new { n.OrganisationId, n.WorkId }).IsUnique();
    }
}

/// <summary>Work that was done and is not paid, or has no price at all.</summary>
/// <param name="Due">Nothing: it has no price.</param>
public sealed record UnpaidLine(Guid WorkId, Guid EncounterId, Guid PatientId, string PatientNumber, string PatientName, string Kind, string Title, DateTime DoneAt, Money? Due);

/// <summary>Lists results, reports, procedures and dispensed medicines of the last days without a paid line on a bill. Emergencies are left out.</summary>
public sealed class UnpaidWork(Tools tools) : ReadModel<UnpaidWork.Query, IReadOnlyList<UnpaidLine>>(tools)
{
    public const string Action = "bill.unpaid-work";
    private const int Most = 200, MostDays = 366;

    public sealed record Query { public int Days { get; init; } = 31; }

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadLeaks);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, IReadOnlyList<UnpaidLine> result) => result.Count == 0 ? null : ("patient", [.. result.Select(l => l.PatientId).Distinct()]);

    protected override async Task<IReadOnlyList<UnpaidLine>> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Days is < 1 or > MostDays) throw Refusal.Field("days", "Between 1 and 366.");
        var since = Clock.Now().AddDays(-query.Days);
        var (charges, notes, patients, exits) = (db.Charges, db.LeakNotes, db.Patients, db.BillExits);
        var unsettled = charges.Where(Charge.IsOutstanding);
        var emergencies = exits.Where(e => e.Kind == ExitKind.Emergency);
        var orders = await db.Orders.AsNoTracking().Where(o => o.State == OrderState.Resulted && o.EndedAt >= since && !notes.Any(n => n.WorkId == o.Id) && !emergencies.Any(e => e.EncounterId == o.EncounterId && (e.PurposeId == null || e.PurposeId == o.Id))
                && (!charges.Any(c => c.PurposeKind == Bills.ForOrder && c.PurposeId == o.Id) || unsettled.Any(c => c.PurposeKind == Bills.ForOrder && c.PurposeId == o.Id)))
            .OrderByDescending(o => o.EndedAt).Take(Most).Select(o => new { o.Id, o.EncounterId, Patient = patients.First(p => p.Id == o.PatientId), o.Kind, o.Name, DoneAt = o.EndedAt!.Value }).ToListAsync(ct);
        var dispensed = await db.Prescriptions.AsNoTracking().Where(p => p.State == PrescriptionState.Dispensed && !p.IsEmergency && p.EndedAt >= since && !notes.Any(n => n.WorkId == p.Id)
                && !emergencies.Any(e => e.EncounterId == p.EncounterId && (e.PurposeId == null || e.PurposeId == p.Id)) && (!charges.Any(c => c.PurposeKind == Bills.ForPrescription && c.PurposeId == p.Id) || unsettled.Any(c => c.PurposeKind == Bills.ForPrescription && c.PurposeId == p.Id)))
            .OrderByDescending(p => p.EndedAt).Take(Most).Select(p => new { p.Id, p.EncounterId, Patient = patients.First(x => x.Id == p.PatientId), p.Drug, DoneAt = p.EndedAt!.Value }).ToListAsync(ct);
        var ids = orders.Select(o => o.Id).Concat(dispensed.Select(d => d.Id)).ToList();
        var owed = await unsettled.AsNoTracking().Where(c => (c.PurposeKind == Bills.ForOrder || c.PurposeKind == Bills.ForPrescription) && ids.Contains(c.PurposeId)).ToListAsync(ct);
        var open = await db.OpenTo(Actor, Clock.Now(), orders.Select(o => (o.Patient.Id, o.Patient.RestrictedAt)).Concat(dispensed.Select(d => (d.Patient.Id, d.Patient.RestrictedAt))), ct);
        Money? Due(Guid id) => owed.FirstOrDefault(c => c.PurposeId == id) is { } charge ? Money.Of(charge.Due, charge.Currency) : null;
        return [.. orders.Select(o => new UnpaidLine(o.Id, o.EncounterId, o.Patient.Id, o.Patient.Number, o.Patient.NameFor(Actor, open), o.Kind.ToString(), o.Name, o.DoneAt, Due(o.Id)))
            .Concat(dispensed.Select(d => new UnpaidLine(d.Id, d.EncounterId, d.Patient.Id, d.Patient.Number, d.Patient.NameFor(Actor, open), Bills.ForPrescription, d.Drug, d.DoneAt, Due(d.Id)))).OrderByDescending(l => l.DoneAt).Take(Most)];
    }
}

/// <summary>Puts such work aside, with the reason: it does not come up again.</summary>
public sealed class SettleLeak(Tools tools) : UseCase<SettleLeak.Command, Guid>(tools)
{
    public const string Action = "bill.settle-leak";

    public sealed record Command
    {
        public Guid WorkId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(300, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ReadLeaks);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var reason = TakeOff.Reason(command.Reason);
        var work = await Db.Orders.Where(o => o.Id == command.WorkId).Select(o => new { o.EncounterId, o.PatientId }).FirstOrDefaultAsync(ct)
            ?? await Db.Prescriptions.Where(p => p.Id == command.WorkId).Select(p => new { p.EncounterId, p.PatientId }).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        var note = new LeakNote { EncounterId = work.EncounterId, PatientId = work.PatientId, WorkId = command.WorkId, Text = reason, WrittenBy = Actor.Id ?? throw Refusal.Forbidden(), WrittenAt = Now };
        Db.Add(note);
        Subject("order", command.WorkId, "", work.EncounterId);
        return note.Id;
    }

    protected override Refusal Taken() => new(409, "bill.leak-settled", "This was put aside already.");
}
