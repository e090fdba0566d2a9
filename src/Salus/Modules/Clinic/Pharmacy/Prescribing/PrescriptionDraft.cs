using Salus.Web;

namespace Salus.Modules.Clinic.Pharmacy.Prescribing;

/// <summary>A prescription as it stands in the form.</summary>
public sealed record PrescriptionDraft
{
    public Guid? RepeatOf { get; init; }
    public string Drug { get; init; } = "";
    public string Dose { get; init; } = "";
    public MedicineRoute Route { get; init; }
    public string Frequency { get; init; } = "";
    public int? Days { get; init; }
    public int? Quantity { get; init; }
    public string Instructions { get; init; } = "";
    public bool IsEmergency { get; init; }
    public string EmergencyReason { get; init; } = "";
    public string OverrideReason { get; init; } = "";

    /// <summary>It stands on a page of its own, not in the dialog of the visit's page.</summary>
    public bool OnPage { get; init; }

    public static PrescriptionDraft Of(PrescriptionLine? earlier) => earlier is null ? new()
        : new() { RepeatOf = earlier.Id, Drug = earlier.Drug, Dose = earlier.Dose, Route = earlier.Route, Frequency = earlier.Frequency, Days = earlier.Days, Quantity = earlier.Quantity, Instructions = earlier.Instructions };

    public static PrescriptionDraft Of(Form form) => new()
    {
        RepeatOf = form.Id("repeatOf"), Drug = form["drug"], Dose = form["dose"], Route = form.Choice<MedicineRoute>("route"), Frequency = form["frequency"], Days = form.Number("days"), Quantity = form.Number("quantity"),
        Instructions = form["instructions"], IsEmergency = form.Flag("isEmergency"), EmergencyReason = form["emergencyReason"], OverrideReason = form["overrideReason"], OnPage = form.Flag("page"),
    };

    public Prescribe.Command For(Guid encounterId) => new()
    {
        EncounterId = encounterId, RepeatOf = RepeatOf, Drug = Drug, Dose = Dose, Route = Route, Frequency = Frequency, Days = Days, Quantity = Quantity, Instructions = Instructions, IsEmergency = IsEmergency,
        EmergencyReason = EmergencyReason, OverrideReason = OverrideReason,
    };
}
