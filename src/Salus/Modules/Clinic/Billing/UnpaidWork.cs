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

/// <param name="Next">What comes after it, if anything does.</param>
/// <param name="Count">How many there are in all.</param>
public sealed record UnpaidPage(IReadOnlyList<UnpaidLine> Items, Guid? Next, int Count);

/// <summary>Lists results, reports, procedures and dispensed medicines of the last days without a paid line on a bill, what was done last first. Emergencies are left out.</summary>
public sealed class UnpaidWork(Tools tools) : ReadModel<UnpaidWork.Query, UnpaidPage>(tools)
{
    public const string Action = "bill.unpaid-work";
    private const int MostDays = 366;

    public sealed record Query
    {
        public int Days { get; init; } = 31;

        /// <summary>The last work of the page before.</summary>
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadLeaks);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, UnpaidPage result) => result.Items.Count == 0 ? null : ("patient", [.. result.Items.Select(l => l.PatientId).Distinct()]);

    protected override async Task<UnpaidPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Days is < 1 or > MostDays) throw Refusal.Field("days", "Between 1 and 366.");
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var since = Clock.Now().AddDays(-query.Days);
        var (charges, notes, patients, exits) = (db.Charges, db.LeakNotes, db.Patients, db.BillExits);
        var unsettled = charges.Where(Charge.IsOutstanding);
        var emergencies = exits.Where(e => e.Kind == ExitKind.Emergency);
        var orders = db.Orders.AsNoTracking().Where(o => o.State == OrderState.Resulted && o.EndedAt >= since && !notes.Any(n => n.WorkId == o.Id) && !emergencies.Any(e => e.EncounterId == o.EncounterId && (e.PurposeId == null || e.PurposeId == o.Id))
            && (!charges.Any(c => c.PurposeKind == Bills.ForOrder && c.PurposeId == o.Id) || unsettled.Any(c => c.PurposeKind == Bills.ForOrder && c.PurposeId == o.Id)));
        var dispensed = db.Prescriptions.AsNoTracking().Where(p => p.State == PrescriptionState.Dispensed && !p.IsEmergency && p.EndedAt >= since && !notes.Any(n => n.WorkId == p.Id)
            && !emergencies.Any(e => e.EncounterId == p.EncounterId && (e.PurposeId == null || e.PurposeId == p.Id)) && (!charges.Any(c => c.PurposeKind == Bills.ForPrescription && c.PurposeId == p.Id) || unsettled.Any(c => c.PurposeKind == Bills.ForPrescription && c.PurposeId == p.Id)));
        var count = await orders.CountAsync(ct) + await dispensed.CountAsync(ct);
        if (query.After is { } after)
        {
            // It may be paid or put aside meanwhile; when it was done stays.
            var at = await db.Orders.Where(o => o.Id == after).Select(o => o.EndedAt).Concat(db.Prescriptions.Where(p => p.Id == after).Select(p => p.EndedAt)).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
            orders = orders.Where(o => o.EndedAt < at || (o.EndedAt == at && o.Id < after));
            dispensed = dispensed.Where(p => p.EndedAt < at || (p.EndedAt == at && p.Id < after));
        }
        var work = await orders.OrderByDescending(o => o.EndedAt).ThenByDescending(o => o.Id).Take(query.Limit + 1)
            .Select(o => new Work(o.Id, o.EncounterId, patients.First(p => p.Id == o.PatientId), o.Kind.ToString(), o.Name, o.EndedAt!.Value)).ToListAsync(ct);
        work.AddRange(await dispensed.OrderByDescending(p => p.EndedAt).ThenByDescending(p => p.Id).Take(query.Limit + 1)
            .Select(p => new Work(p.Id, p.EncounterId, patients.First(x => x.Id == p.PatientId), Bills.ForPrescription, p.Drug, p.EndedAt!.Value)).ToListAsync(ct));
        var shown = work.OrderByDescending(w => w.DoneAt).ThenByDescending(w => w.Id).Take(query.Limit).ToList();
        var ids = shown.ConvertAll(w => w.Id);
        var owed = await unsettled.AsNoTracking().Where(c => (c.PurposeKind == Bills.ForOrder || c.PurposeKind == Bills.ForPrescription) && ids.Contains(c.PurposeId)).ToListAsync(ct);
        var open = await db.OpenTo(Actor, Clock.Now(), shown.Select(w => (w.Patient.Id, w.Patient.RestrictedAt)), ct);
        Money? Due(Guid id) => owed.FirstOrDefault(c => c.PurposeId == id) is { } charge ? Money.Of(charge.Due, charge.Currency) : null;
        return new([.. shown.Select(w => new UnpaidLine(w.Id, w.EncounterId, w.Patient.Id, w.Patient.Number, w.Patient.NameFor(Actor, open), w.Kind, w.Title, w.DoneAt, Due(w.Id)))], work.Count > query.Limit ? shown[^1].Id : null, count);
    }

    private sealed record Work(Guid Id, Guid EncounterId, Patient Patient, string Kind, string Title, DateTime DoneAt);
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
