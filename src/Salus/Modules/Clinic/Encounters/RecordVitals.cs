using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Wards;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>Enters one row of vital signs. What lies outside the normal range of the patient's age raises an alert; what cannot be true is refused.</summary>
public sealed class RecordVitals(Tools tools, CareGuard guard, OrganisationSlot organisation) : EncounterUseCase<RecordVitals.Command, RecordVitals.Outcome>(tools, guard)
{
    public const string Action = "vitals.record";
    private static readonly TimeSpan SameWithin = TimeSpan.FromMinutes(3);

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        /// <summary>°C.</summary>
        public decimal? Temperature { get; init; }
        public int? Systolic { get; init; }
        public int? Diastolic { get; init; }
        public int? Pulse { get; init; }
        public int? Respiration { get; init; }

        /// <summary>Oxygen saturation, %.</summary>
        public int? Oxygen { get; init; }

        /// <summary>kg.</summary>
        public decimal? Weight { get; init; }

        /// <summary>cm; below 10 it is taken as metres.</summary>
        public decimal? Height { get; init; }

        /// <summary>Mid upper arm circumference, cm.</summary>
        public decimal? UpperArm { get; init; }

        /// <summary>0 to 10.</summary>
        public int? Pain { get; init; }

        /// <summary>First day of the last period.</summary>
        public DateOnly? LastPeriod { get; init; }

        [StringLength(300, ErrorMessage = "This is too long.")]
        public string? Remark { get; init; }
    }

    /// <param name="Alerts">What was raised: titles with value and range.</param>
    public sealed record Outcome(Guid Id, IReadOnlyList<string> Alerts);

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => CareAct.Vitals;

    protected override async Task<Outcome> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var vitals = new VitalSigns
        {
            EncounterId = encounter.Id, PatientId = encounter.PatientId, MeasuredAt = Now, RecordedBy = Author, Temperature = command.Temperature, Systolic = command.Systolic, Diastolic = command.Diastolic,
            Pulse = command.Pulse, Respiration = command.Respiration, Oxygen = command.Oxygen, Weight = command.Weight, Height = command.Height is > 0 and < 10 and { } metres ? metres * 100 : command.Height,
            UpperArm = command.UpperArm, Pain = command.Pain, LastPeriod = command.LastPeriod, Remark = Text.Clean(command.Remark),
        };
        var today = Clock.Today(organisation.Current.Zone);
        CheckValues(vitals, today);
        await RefuseRepetition(vitals, ct);
        Db.Add(vitals);
        var birth = await Db.Patients.Where(p => p.Id == encounter.PatientId).Select(p => p.BirthDate).SingleAsync(ct);
        var alerts = Judge(vitals, Patient.AgeAt(birth, today));
        Db.AddRange(alerts);
        if (alerts.Count > 0) Changed(WardBoard.Topic(Db.OrganisationId));
        Changed(EncounterList.Topic(Db.OrganisationId));
        return new(vitals.Id, [.. alerts.Select(a => $"{a.Title}: {a.Detail}")]);
    }

    private static void CheckValues(VitalSigns vitals, DateOnly today)
    {
        var errors = new Dictionary<string, string[]>();
        var any = vitals.LastPeriod is not null;
        foreach (var kind in VitalKind.All)
        {
            if (kind.Value(vitals) is not { } value) continue;
            any = true;
            if (value < kind.Least || value > kind.Most) errors[kind == VitalKind.Bmi ? "height" : kind.Name] = ["This cannot be true; look at the figure again."];
        }
        if (vitals.Systolic is null && vitals.Diastolic is not null) errors["systolic"] = ["Blood pressure has two figures."];
        else if (vitals.Diastolic is null && vitals.Systolic is not null) errors["diastolic"] = ["Blood pressure has two figures."];
        else if (vitals.Systolic <= vitals.Diastolic) errors["diastolic"] = ["The second figure is lower than the first."];
        if (vitals.LastPeriod is { } first && (first > today || first < today.AddDays(-330))) errors["lastPeriod"] = ["A day of the last eleven months."];
        if (!any) errors["temperature"] = ["Enter at least one value."];
        if (errors.Count > 0) throw Refusal.Fields(errors);
    }

    private async Task RefuseRepetition(VitalSigns vitals, CancellationToken ct)
    {
        var since = Now - SameWithin;
        var recent = await Db.Vitals.AsNoTracking().Where(v => v.EncounterId == vitals.EncounterId && v.MeasuredAt > since && v.VoidedAt == null).ToListAsync(ct);
        if (recent.Any(v => VitalKind.All.All(k => k.Value(v) == k.Value(vitals)) && v.LastPeriod == vitals.LastPeriod && v.Remark == vitals.Remark))
            throw new Refusal(409, "vitals.repeated", "The same values were entered less than three minutes ago.") { Unlock = "Measure again, or leave it: nothing is lost." };
    }

    private static List<Alert> Judge(VitalSigns vitals, int? age) =>
    [
        .. from kind in VitalKind.All
           let value = kind.Value(vitals)
           where value is not null
           let severity = kind.Judge(value.Value, age)
           where severity is not null
           select new Alert
           {
               EncounterId = vitals.EncounterId, PatientId = vitals.PatientId, Kind = AlertKind.VitalSigns, Severity = severity.Value, Title = kind.Label, Detail = kind.Say(value.Value, age),
               SourceId = vitals.Id, RaisedAt = vitals.MeasuredAt,
           },
    ];
}

/// <summary>Marks a row of vital signs as entered in error. It stays, struck through; its alerts are settled with it.</summary>
public sealed class VoidVitals(Tools tools, CareGuard guard) : EncounterUseCase<VoidVitals.Command, Guid>(tools, guard)
{
    public const string Action = "vitals.void";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }
        public Guid VitalsId { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.Vitals;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var vitals = await Db.Vitals.FirstOrDefaultAsync(v => v.Id == command.VitalsId && v.EncounterId == encounter.Id, ct) ?? throw Refusal.NotFound();
        if (vitals.VoidedAt is not null) throw new Refusal(409, "vitals.voided", "These values were marked as an error already.");
        (vitals.VoidedAt, vitals.VoidedBy, vitals.VoidReason) = (Now, Author, Text.Clean(command.Reason));
        foreach (var alert in await Db.Alerts.Where(a => a.SourceId == vitals.Id && a.State != AlertState.Resolved).ToListAsync(ct))
        {
            if (alert.State == AlertState.Raised) alert.Acknowledge(Author, Now);
            alert.Resolve(Author, Now, vitals.VoidReason);
        }
        return vitals.Id;
    }
}
