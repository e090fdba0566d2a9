using System.Globalization;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Web;
using Salus.Web.Printing;

namespace Salus.Modules.Clinic.Printing;

/// <summary>What the clinic prints, put together from facts in the language of the moment.</summary>
public sealed class Papers(PageTools page, TimeProvider clock)
{
    public PrintedDocument Summary(VisitFacts facts)
    {
        var (visit, parts) = (facts.Visit, new List<PrintPart>());
        if (visit.State == EncounterState.Open) parts.Add(new PrintText(page["The visit is still open: this is how it stands now."], IsStrong: true));
        parts.AddRange(Patient(visit));
        parts.Add(new PrintPairs([(page["Visit on"], PageTools.Day(visit.Day)), (page["Kind of visit"], page[Encounters.VisitWords.Of(visit.Type)]), (page["Doctor"], visit.Doctor), (page["Why the patient came"], visit.Complaint)]));
        Add(parts, page["Allergies"], [new PrintText(Allergies(facts.Allergies), facts.Allergies.Any(a => !a.IsNoneKnown))]);
        Add(parts, page["Diagnoses"], [.. facts.Diagnoses.Select(d => new PrintText(d.IsPrimary ? $"{d.Whole} ({page["Main diagnosis"]})" : d.Whole))]);
        Add(parts, page["Vital signs"], facts.Vitals.Count == 0 ? [] : [new PrintPairs([.. facts.Vitals.Select(v => (page.DayAndTime(v.MeasuredAt), Measured(v)))])]);
        if (facts.Summary is { } summary)
        {
            Add(parts, page["Summary"], [new PrintText(page[Encounters.VisitWords.Of(summary.Disposition)], IsStrong: true), new PrintText(summary.Text)]);
            if (summary.Instructions.Length > 0) Add(parts, page["What the patient is to do"], [new PrintText(summary.Instructions)]);
        }
        if (facts.Prescriptions.Count > 0) Add(parts, page["Prescriptions"], [Medicines(facts.Prescriptions)]);
        Add(parts, page["Added later"], [.. facts.Addenda.Select(a => new PrintPairs([($"{page.DayAndTime(a.WrittenAt)}, {facts.By(a.WrittenBy)}", a.Text)]))]);
        if (facts.Summary is { } written) parts.Add(new PrintSignature($"{facts.By(written.WrittenBy)}, {page.DayAndTime(written.WrittenAt)}"));
        return Document(page["Visit summary"], "visit-summary", visit, parts);
    }

    public PrintedDocument Prescription(VisitFacts facts)
    {
        var visit = facts.Visit;
        List<PrintPart> parts =
        [
            .. Patient(visit),
            new PrintPairs([(page["Allergies"], Allergies(facts.Allergies)), (page["Visit on"], PageTools.Day(visit.Day))]),
        ];
        // Each doctor signs what that doctor prescribed.
        foreach (var doctor in facts.Prescriptions.GroupBy(p => p.PrescribedBy))
        {
            parts.Add(Medicines([.. doctor]));
            parts.Add(new PrintPairs([(page["Prescribed by"], facts.By(doctor.Key)), (page["Prescribed on"], page.DayAndTime(doctor.Max(p => p.PrescribedAt)))]));
            parts.Add(new PrintSignature(page["Signature and stamp of {0}", facts.By(doctor.Key)]));
        }
        return Document(page["Prescription"], "prescription", visit, parts);
    }

    public PrintedLabel Label(LabelFacts patient)
    {
        var about = string.Join(" · ", new[] { Birth(patient.BirthDate, patient.BirthDateIsEstimated), patient.Gender == Gender.Unknown ? "" : page[PatientWords.Of(patient.Gender)] }.Where(t => t.Length > 0));
        LabelLine[] lines = [new(patient.Name, IsStrong: true), new(patient.Number, IsStrong: true), new(about), new(page.Organisation?.Name ?? "")];
        return new(page["Patient label"], "patient-label-" + VisitReference.End(patient.PatientId), [.. lines.Where(l => l.Text.Length > 0)], patient.Number);
    }

    private PrintedDocument Document(string title, string file, VisitHead visit, IReadOnlyList<PrintPart> parts)
    {
        var reference = VisitReference.Of(visit.Id, visit.Day);
        return new(title, $"{file}-{reference}", page.Organisation?.Name ?? "", $"{visit.PatientNumber} {visit.PatientName}", page["Printed on {0}", page.DayAndTime(clock.GetUtcNow().UtcDateTime)], parts)
        {
            Code = new($"{page.Settings.BaseUrl}{page.At("v/")}{reference}", reference),
        };
    }

    private IEnumerable<PrintPart> Patient(VisitHead visit) =>
    [
        new PrintHeading(visit.PatientName),
        new PrintPairs([(page["Registration number"], visit.PatientNumber), (page["Date of birth"], PageTools.Day(visit.BirthDate)), (page["Age and gender"], PatientWords.About(page, visit.Age, visit.Gender))]),
    ];

    private PrintTable Medicines(IReadOnlyList<Prescription> prescriptions) => new(
        [new(page["Medicine"], 3.2), new(page["Dose"], 1.5), new(page["How"], 1.3), new(page["How often"], 1.7), new(page["Days"], 1.2, IsNumber: true), new(page["Quantity"], 1, IsNumber: true)],
        [.. prescriptions.Select(p => (IReadOnlyList<string>)
        [
            Medicine(p), p.Dose, page[Pharmacy.Words.Of(p.Route)], p.Frequency, p.Days is { } days ? Number(days) : page["until further notice"], p.Quantity > 0 ? Number(p.Quantity) : "",
        ])]);

    // A copy on paper of what was dispensed already must not be dispensed once more elsewhere.
    private string Medicine(Prescription p) => string.Join('\n', new[]
    {
        p.Drug, p.Instructions, p.State == PrescriptionState.Dispensed && p.EndedAt is { } at ? page["Dispensed here on {0}", PageTools.Day(DateOnly.FromDateTime(at.In(page.Organisation?.Zone ?? TimeZoneInfo.Utc)))] : "",
    }.Where(t => t.Length > 0));

    /// <summary>Never empty: not asked is not the same as none.</summary>
    private string Allergies(IReadOnlyList<AllergyLine> allergies) => allergies.Count == 0 ? page["Allergies: never asked"]
        : string.Join("; ", allergies.Select(a => a.IsNoneKnown ? page["No known allergies"] : string.Join(", ", new[] { a.Substance, a.Severity == AllergySeverity.Unknown ? "" : page[Encounters.VisitWords.Of(a.Severity)], a.Reaction }.Where(t => t.Length > 0))));

    private string Measured(VitalSigns row)
    {
        var values = VitalKind.All.Select(kind => (Kind: kind, Value: kind.Value(row))).Where(v => v.Value is not null).Select(v => $"{page[v.Kind.Label]} {v.Value!.Value.ToString("0.##", CultureInfo.CurrentCulture)} {v.Kind.Unit}");
        return string.Join("; ", row.Remark.Length > 0 ? values.Append(row.Remark) : values);
    }

    private string Birth(DateOnly? day, bool isEstimated) => day is not { } known ? "" : isEstimated ? page["about {0}", known.Year] : PageTools.Day(known);

    private static string Number(int number) => number.ToString(CultureInfo.CurrentCulture);

    private static void Add(List<PrintPart> parts, string heading, IReadOnlyList<PrintPart> below)
    {
        if (below.Count == 0) return;
        parts.Add(new PrintHeading(heading));
        parts.AddRange(below);
    }
}
