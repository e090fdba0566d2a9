using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Pharmacy.Drugs;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Pharmacy.Prescribing;

/// <summary>
/// Prescribes a medicine in a visit. It is checked in the same transaction; what the check found, or could not check, is kept with it, and a
/// warning is overridden only with a reason.
/// </summary>
public sealed class Prescribe(Tools tools, CareGuard guard, OrganisationSlot organisation, Bills bills) : EncounterUseCase<Prescribe.Command, Prescribe.Outcome>(tools, guard)
{
    public const string Action = "prescription.write";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        /// <summary>An earlier prescription of the patient: what is left empty here is taken from it.</summary>
        public Guid? RepeatOf { get; init; }

        /// <summary>A drug of the clinic's list.</summary>
        public Guid? DrugId { get; init; }

        /// <summary>Or its name; one that the list does not have is taken as free words.</summary>
        [StringLength(160, ErrorMessage = "This is too long.")]
        public string? Drug { get; init; }

        [StringLength(80, ErrorMessage = "This is too long.")]
        public string? Dose { get; init; }

        public MedicineRoute? Route { get; init; }

        [StringLength(80, ErrorMessage = "This is too long.")]
        public string? Frequency { get; init; }

        /// <summary>Empty: until further notice.</summary>
        [Range(1, Medications.LongestCourse, ErrorMessage = "Between 1 and 366 days.")]
        public int? Days { get; init; }

        [Range(1, 10_000, ErrorMessage = "Between 1 and 10,000.")]
        public int? Quantity { get; init; }

        [StringLength(500, ErrorMessage = "This is too long.")]
        public string? Instructions { get; init; }

        /// <summary>It cannot wait for payment; needs a reason.</summary>
        public bool IsEmergency { get; init; }

        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? EmergencyReason { get; init; }

        /// <summary>Why it is prescribed in spite of what the check found, or could not check.</summary>
        [StringLength(300, ErrorMessage = "This is too long.")]
        public string? OverrideReason { get; init; }
    }

    public sealed record Outcome(Guid Id, Guid? DrugId, string Drug, CheckOutcome Check, IReadOnlyList<Finding> Findings, Guid Version);

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override bool HoldsPatient => true;
    protected override CareAct Act(Command command) => command.IsEmergency ? CareAct.EmergencyPrescription : CareAct.Prescription;

    protected override async Task<Outcome> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var earlier = await Earlier(Db, command.RepeatOf, encounter.PatientId, ct);
        command = Filled(command, earlier);
        CheckFields(command);
        var drug = await PrescriptionCheck.Find(Db, command.DrugId, command.Drug, ct);
        var name = drug?.Name ?? Text.Clean(command.Drug);
        var continued = Continues(earlier, drug, name) ? earlier : null;
        var findings = await PrescriptionCheck.Of(Db, encounter.PatientId, drug, name, continued?.Id, organisation.Current.Zone, Clock.Today(organisation.Current.Zone), ct);
        var reason = Text.Clean(command.OverrideReason);
        if (reason.Length == 0 && findings.Any(f => f.NeedsReason)) throw Warned(findings);
        await Consultation.Of(Db, encounter, Author, Now, ct);
        var prescription = new Prescription
        {
            EncounterId = encounter.Id, PatientId = encounter.PatientId, DrugId = drug?.Id, Drug = name, Dose = Text.Clean(command.Dose), Route = command.Route ?? MedicineRoute.Oral,
            Frequency = Text.Clean(command.Frequency), Days = command.Days, Quantity = command.Quantity!.Value, Instructions = Text.Clean(command.Instructions), IsEmergency = command.IsEmergency,
            EmergencyReason = command.IsEmergency ? Text.Clean(command.EmergencyReason) : "", Check = PrescriptionCheck.Outcome(findings), OverrideReason = findings.Any(f => f.NeedsReason) ? reason : "",
            RepeatOfId = continued?.Id, PrescribedBy = Author, PrescribedAt = Now, Version = Guid.CreateVersion7(),
        };
        Db.Add(prescription);
        Db.AddRange(findings.Select(f => PrescriptionFinding.Of(prescription.Id, f)));
        Db.AddRange(findings.Where(f => f.NeedsReason && f.Kind != FindingKind.NotChecked).Select(f => Alert(prescription, f)));
        Subject("prescription", prescription.Id, $"{prescription.Check}{(prescription.OverrideReason.Length > 0 ? " overridden" : "")}{(command.IsEmergency ? " emergency" : "")}", encounter.Id);
        Changed(PharmacyTopic.Of(Db.OrganisationId));
        Changed(EncounterList.Topic(Db.OrganisationId));
        await bills.Prescribed(bills.Booking(Db, Now, Actor.Id, Changed), encounter, prescription, ct);
        return new(prescription.Id, prescription.DrugId, prescription.Drug, prescription.Check, findings, prescription.Version);
    }

    /// <exception cref="Refusal">404 when it is no prescription of this patient.</exception>
    internal static async Task<Prescription?> Earlier(SalusDb db, Guid? id, Guid patientId, CancellationToken ct) => id is null ? null
        : await db.Prescriptions.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id && p.PatientId == patientId, ct) ?? throw Refusal.NotFound();

    /// <summary>True when the new prescription goes on with the earlier one: the same drug, of which none is still to be dispensed.</summary>
    internal static bool Continues(Prescription? earlier, Drug? drug, string name) =>
        earlier is { State: PrescriptionState.Dispensed } && (drug is not null ? earlier.DrugId == drug.Id : earlier.DrugId is null && Text.Fold(earlier.Drug) == Text.Fold(name));

    private static Command Filled(Command command, Prescription? earlier)
    {
        if (earlier is null) return command;
        var names = command.DrugId is not null || !string.IsNullOrWhiteSpace(command.Drug);
        string? Or(string? own, string old) => string.IsNullOrWhiteSpace(own) ? old : own;
        command = command with
        {
            DrugId = names ? command.DrugId : earlier.DrugId, Drug = names ? command.Drug : earlier.Drug, Route = command.Route ?? earlier.Route, Quantity = command.Quantity ?? earlier.Quantity,
        };
        // How long goes with how much and how often: who says those anew says it all anew, and no days mean until further notice.
        return !string.IsNullOrWhiteSpace(command.Dose) && !string.IsNullOrWhiteSpace(command.Frequency) ? command
            : command with { Dose = Or(command.Dose, earlier.Dose), Frequency = Or(command.Frequency, earlier.Frequency), Days = command.Days ?? earlier.Days, Instructions = Or(command.Instructions, earlier.Instructions) };
    }

    private static void CheckFields(Command command)
    {
        var errors = new Dictionary<string, string[]>();
        if (Text.Clean(command.Dose).Length == 0) errors["dose"] = ["Please fill this in."];
        if (Text.Clean(command.Frequency).Length == 0) errors["frequency"] = ["Please fill this in."];
        if (command.Quantity is null) errors["quantity"] = ["Please fill this in."];
        if (command.Route is { } route && !Enum.IsDefined(route)) errors["route"] = ["Choose one of the list."];
        if (command.IsEmergency && Text.Clean(command.EmergencyReason).Length == 0) errors["emergencyReason"] = ["Please give a reason."];
        if (errors.Count > 0) throw Refusal.Fields(errors);
    }

    private static Refusal Warned(List<Finding> findings)
    {
        var errors = findings.GroupBy(f => f.Kind).OrderBy(g => g.Key).ToDictionary(g => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(g.Key.ToString()), g => g.Select(Say).ToArray());
        return findings.Any(f => f.NeedsReason && f.Kind != FindingKind.NotChecked)
            ? new(409, "prescription.warned", "The check found something against this prescription.") { Errors = errors, Unlock = "Choose another medicine, or give the reason why it is prescribed all the same." }
            : new(409, "prescription.not-checked", "This prescription could not be checked in full.") { Errors = errors, Unlock = "Add what is missing, or give the reason why it is prescribed all the same." };
    }

    private static string Say(Finding finding) =>
        finding.Because is { } because ? Words.Of(because) : finding.Detail.Length > 0 ? $"{finding.About} ({finding.Detail})" : finding.About;

    private static Alert Alert(Prescription prescription, Finding finding) => new()
    {
        EncounterId = prescription.EncounterId, PatientId = prescription.PatientId, SourceId = prescription.Id, RaisedAt = prescription.PrescribedAt, Title = prescription.Drug,
        Kind = finding.Kind == FindingKind.Allergy ? AlertKind.Allergy : AlertKind.DrugInteraction, Detail = Cut(Say(finding)),
        Severity = (finding.Kind, finding.Severity) switch
        {
            (FindingKind.Allergy, InteractionSeverity.Severe) => AlertSeverity.Critical,
            (FindingKind.Duplicate, _) or (_, InteractionSeverity.Mild) => AlertSeverity.Moderate,
            _ => AlertSeverity.High,
        },
    };

    private static string Cut(string text) => text.Length > 300 ? text[..300] : text;
}
