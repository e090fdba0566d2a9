using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Pharmacy.Giving;

/// <summary>Writes down one dose: given, or refused, held back, not available, or an error.</summary>
public sealed class GiveMedicine(Tools tools, CareGuard guard) : EncounterUseCase<GiveMedicine.Command, Guid>(tools, guard)
{
    public const string Action = "medication.administer";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        /// <summary>A prescription of this visit; drug, dose and route are taken from it where they are empty.</summary>
        public Guid? PrescriptionId { get; init; }

        [StringLength(160, ErrorMessage = "This is too long.")]
        public string? Drug { get; init; }

        [StringLength(80, ErrorMessage = "This is too long.")]
        public string? Dose { get; init; }

        public MedicineRoute? Route { get; init; }

        /// <summary>Said in so many words: nothing was given because a field was forgotten.</summary>
        [Required(ErrorMessage = "Choose one of the list."), EnumDataType(typeof(GivingOutcome), ErrorMessage = "Choose one of the list.")]
        public GivingOutcome? Outcome { get; init; }

        /// <summary>Needed when it was held back, and for an error.</summary>
        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }

        /// <summary>UTC; empty: now.</summary>
        public DateTime? GivenAt { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => CareAct.Administration;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var prescription = command.PrescriptionId is { } id
            ? await Db.Prescriptions.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id && p.EncounterId == encounter.Id, ct) ?? throw Refusal.NotFound() : null;
        if (prescription?.State == PrescriptionState.Cancelled) throw new Refusal(409, "prescription.cancelled", "This prescription was cancelled.") { Unlock = "Ask the doctor." };
        var row = new MedicationAdministration
        {
            EncounterId = encounter.Id, PatientId = encounter.PatientId, PrescriptionId = prescription?.Id, Drug = prescription?.Drug ?? Text.Clean(command.Drug), Dose = Or(command.Dose, prescription?.Dose),
            Route = command.Route ?? prescription?.Route ?? MedicineRoute.Oral, Outcome = command.Outcome!.Value, Reason = Text.Clean(command.Reason), GivenAt = Utc(command.GivenAt) ?? Now, GivenBy = Author, RecordedAt = Now,
        };
        Check(row, encounter);
        Db.Add(row);
        Subject("encounter", encounter.Id, $"medication {row.Outcome}", encounter.Id);
        return row.Id;
    }

    private static DateTime? Utc(DateTime? at) => at is not { } time ? null : time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);

    private static string Or(string? own, string? other) => Text.Clean(string.IsNullOrWhiteSpace(own) ? other : own);

    private void Check(MedicationAdministration row, Encounter encounter)
    {
        var errors = new Dictionary<string, string[]>();
        if (!row.Drug.Any(char.IsLetter)) errors["drug"] = ["Name the drug."];
        if (row.Outcome == GivingOutcome.Given && row.Dose.Length == 0) errors["dose"] = ["Please fill this in."];
        if (row.Outcome is GivingOutcome.Held or GivingOutcome.Error && row.Reason.Length == 0) errors["reason"] = ["Please give a reason."];
        if (!Enum.IsDefined(row.Route)) errors["route"] = ["Choose one of the list."];
        if (row.GivenAt > Now.AddMinutes(1)) errors["givenAt"] = ["This time is not in the future."];
        if (row.GivenAt < encounter.StartedAt) errors["givenAt"] = ["The visit had not begun then."];
        if (errors.Count > 0) throw Refusal.Fields(errors);
    }
}
