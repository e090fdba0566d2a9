using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Pharmacy.Prescribing;

/// <summary>A medicine that a patient says to take, from elsewhere or from the shop (FHIR MedicationStatement).</summary>
public sealed class ReportedMedicine : IOwned, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid PatientId { get; set; }
    public string Text { get; set; } = "";
    public DateOnly? Since { get; set; }
    public DateTime? StoppedAt { get; set; }
    public Guid? StoppedBy { get; set; }
    public Guid RecordedBy { get; set; }
    public DateTime RecordedAt { get; set; }
    public Guid Version { get; set; }
}

/// <summary>A medicine that a patient takes now.</summary>
/// <param name="IsReported">The patient says so; else it was prescribed here.</param>
/// <param name="Until">The last day of its course; null: until further notice.</param>
public sealed record MedicationItem(Guid Id, bool IsReported, Guid? DrugId, string Name, string Dose, MedicineRoute? Route, string Frequency, DateOnly? Since, DateOnly? Until, PrescriptionState? State, Guid? EncounterId, string By);

/// <summary>The medication list of a patient: what was prescribed here and is not over, and what the patient reports.</summary>
public static class Medications
{
    public const int LongestCourse = 366;

    /// <summary>A course counts from the clinic's day on which it was dispensed, or else prescribed, which is its first; an earlier prescription that was repeated counts no more.</summary>
    public static async Task<IReadOnlyList<MedicationItem>> Of(SalusDb db, Guid patientId, TimeZoneInfo zone, DateOnly today, CancellationToken ct)
    {
        var (accounts, prescriptions) = (db.Set<Accounts.Contract.Account>(), db.Prescriptions);
        var oldest = today.AddDays(-LongestCourse - 31).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        var prescribed = await db.Prescriptions.AsNoTracking()
            .Where(p => p.PatientId == patientId && p.State != PrescriptionState.Cancelled && p.StoppedAt == null && (p.Days == null || p.PrescribedAt > oldest))
            .Where(p => !prescriptions.Any(later => later.RepeatOfId == p.Id && later.State != PrescriptionState.Cancelled))
            .OrderBy(p => p.Id).Select(p => new { P = p, By = accounts.Where(a => a.Id == p.PrescribedBy).Select(a => a.Name).FirstOrDefault() }).ToListAsync(ct);
        var reported = await db.ReportedMedicines.AsNoTracking().Where(r => r.PatientId == patientId && r.StoppedAt == null).OrderBy(r => r.Id).ToListAsync(ct);
        var items = prescribed.Select(r =>
        {
            var since = DateOnly.FromDateTime((r.P.EndedAt ?? r.P.PrescribedAt).In(zone));
            return new MedicationItem(r.P.Id, false, r.P.DrugId, r.P.Drug, r.P.Dose, r.P.Route, r.P.Frequency, since, r.P.Days is { } days ? since.AddDays(days - 1) : null, r.P.State, r.P.EncounterId, r.By ?? "");
        });
        return [.. items.Where(m => m.Until is null || m.Until >= today), .. reported.Select(r => new MedicationItem(r.Id, true, null, r.Text, "", null, "", r.Since, null, null, null, ""))];
    }

    /// <summary>Their pages show the list.</summary>
    internal static Task<List<Guid>> OpenVisits(SalusDb db, Guid patientId, CancellationToken ct) =>
        db.Encounters.Where(e => e.PatientId == patientId && e.State == EncounterState.Open).Select(e => e.Id).ToListAsync(ct);
}

/// <summary>Reads the medication list of a patient.</summary>
public sealed class MedicationList(Tools tools, OrganisationSlot organisation) : ReadModel<MedicationList.Query, IReadOnlyList<MedicationItem>>(tools)
{
    public const string Action = "medication.list";

    public sealed record Query : IRefreshable
    {
        public Guid PatientId { get; init; }

        /// <summary>True when an open page fetches it again: opening it stands in the log.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadRecord);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, IReadOnlyList<MedicationItem> result) => ("patient", [query.PatientId]);

    protected override async Task<IReadOnlyList<MedicationItem>> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var visible = db.PatientsVisibleTo(Actor, Clock.Now());
        if (!await db.Patients.AnyAsync(p => p.Id == query.PatientId, ct)) throw Refusal.NotFound();
        if (!await visible.AnyAsync(p => p.Id == query.PatientId, ct)) throw Restricted.Hidden(Actor);
        return await Medications.Of(db, query.PatientId, organisation.Current.Zone, Clock.Today(organisation.Current.Zone), ct);
    }
}

/// <summary>Notes a medicine that the patient says to take.</summary>
public sealed class ReportMedicine(Tools tools, OrganisationSlot organisation) : UseCase<ReportMedicine.Command, Guid>(tools)
{
    public const string Action = "medication.report";

    public sealed record Command
    {
        public Guid PatientId { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(160, ErrorMessage = "This is too long.")]
        public string Text { get; init; } = "";

        public DateOnly? Since { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.WriteMedications);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        // Held, as by whoever prescribes: a check sees it, or it is reported after that.
        await Db.HoldPatient(command.PatientId, ct);
        if (!await Db.PatientsVisibleTo(Actor, Now).AnyAsync(p => p.Id == command.PatientId && p.ArchivedAt == null, ct)) throw Refusal.NotFound();
        var text = Kernel.Text.Clean(command.Text);
        if (!text.Any(char.IsLetter)) throw Refusal.Field("text", "A name has at least one letter.");
        if (command.Since > Clock.Today(organisation.Current.Zone)) throw Refusal.Field("since", "This day is not in the future.");
        var folded = Kernel.Text.Fold(text);
        if ((await Db.ReportedMedicines.Where(r => r.PatientId == command.PatientId && r.StoppedAt == null).Select(r => r.Text).ToListAsync(ct)).Any(t => Kernel.Text.Fold(t) == folded))
            throw new Refusal(409, "medication.known", "This medicine stands in the list already.");
        var medicine = new ReportedMedicine { PatientId = command.PatientId, Text = text, Since = command.Since, RecordedBy = Actor.Id ?? throw Refusal.Forbidden(), RecordedAt = Now };
        Db.Add(medicine);
        Subject("patient", command.PatientId);
        foreach (var visit in await Medications.OpenVisits(Db, command.PatientId, ct)) Changed(Encounter.Topic(visit));
        return medicine.Id;
    }
}

/// <summary>Notes that the patient no longer takes a medicine that was reported.</summary>
public sealed class StopReported(Tools tools) : UseCase<StopReported.Command, Guid>(tools)
{
    public const string Action = "medication.stop";

    public sealed record Command { public Guid MedicineId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.WriteMedications);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var visible = Db.PatientsVisibleTo(Actor, Now);
        var medicine = await Db.ReportedMedicines.FirstOrDefaultAsync(r => r.Id == command.MedicineId && visible.Any(v => v.Id == r.PatientId), ct) ?? throw Refusal.NotFound();
        Subject("patient", medicine.PatientId);
        if (medicine.StoppedAt is not null) throw new Refusal(409, "medication.stopped", "This medicine was stopped already.");
        (medicine.StoppedAt, medicine.StoppedBy) = (Now, Actor.Id);
        foreach (var visit in await Medications.OpenVisits(Db, medicine.PatientId, ct)) Changed(Encounter.Topic(visit));
        return medicine.PatientId;
    }
}

public static class MedicationTables
{
    extension(SalusDb db)
    {
        public DbSet<ReportedMedicine> ReportedMedicines => db.Set<ReportedMedicine>();
    }
}

internal sealed class ReportedMedicineTable : IEntityTypeConfiguration<ReportedMedicine>
{
    public void Configure(EntityTypeBuilder<ReportedMedicine> table)
    {
        table.ToTable("clinic_reported_medicines");
        table.Property(r => r.Text).Sealed();
        table.HasIndex(r => new { r.PatientId, r.StoppedAt });
        table.HasOne<Patient>().WithMany().HasForeignKey(r => r.PatientId).OnDelete(DeleteBehavior.Restrict);
    }
}
