using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Clinic.Pharmacy.Dispensing;
using Salus.Modules.Clinic.Pharmacy.Drugs;

namespace Salus.Modules.Clinic.Fhir.Types;

internal sealed record FhirMedicationRequest(string Status, Concept? StatusReason, string Intent, IReadOnlyList<Concept> Category, string Priority, Concept MedicationCodeableConcept, Ref Subject, Ref Encounter, DateTime AuthoredOn, Ref? Requester,
    IReadOnlyList<Annotation>? Note, IReadOnlyList<Dosage> DosageInstruction, DispenseRequest DispenseRequest, Ref? PriorPrescription) : Resource;

internal sealed record DispenseRequest(Quantity Quantity, Quantity? ExpectedSupplyDuration);

internal sealed record FhirMedicationDispense(string Status, Concept MedicationCodeableConcept, Ref Subject, Ref Context, IReadOnlyList<DispensePerformer>? Performer, IReadOnlyList<Ref> AuthorizingPrescription, Quantity Quantity,
    DateTime WhenHandedOver, IReadOnlyList<Annotation>? Note, IReadOnlyList<Dosage> DosageInstruction) : Resource;

internal sealed record DispensePerformer(Ref Actor);

/// <summary>A medicine by the codes of the clinic's list.</summary>
internal static class Medicine
{
    public static Concept Of(Prescription p, Drug? drug) => new(Elements.List(drug is { Atc.Length: > 0 } ? new Coding(Codes.Atc, drug.Atc) : null, drug is { Code.Length: > 0 } ? new Coding(null, drug.Code, drug.Name) : null), p.Drug);

    /// <summary>By ATC code, by the clinic's own code, or by the name.</summary>
    public static IQueryable<Prescription> Coded(this IQueryable<Prescription> rows, Ask ask)
    {
        var (drugs, atc, codes) = (ask.Scope.Db.Drugs, ask.Codes(Codes.Atc), ask.Codes());
        return rows.Where(p => codes.Contains(p.Drug) || drugs.Any(d => d.Id == p.DrugId && ((d.Atc != "" && atc.Contains(d.Atc)) || (d.Code != "" && codes.Contains(d.Code)))));
    }
}

/// <summary>Prescriptions.</summary>
internal sealed class MedicationRequestSource : RecordSource<Prescription>
{
    protected override IEnumerable<Param<Prescription>> Own =>
    [
        new("_lastUpdated", "date", (rows, ask) => rows.At(ask, p => p.StoppedAt ?? p.EndedAt ?? p.PrescribedAt)),
        new("code", "token", (rows, ask) => rows.Coded(ask), "An ATC code, the clinic's own code, or the name as it was prescribed"),
        new("status", "token", (rows, ask) =>
        {
            var (running, stopped) = (ask.Pick<PrescriptionState>(s => Codes.Of(s, false)), ask.Pick<PrescriptionState>(s => Codes.Of(s, true)));
            return rows.Where(p => p.StoppedAt == null ? running.Contains(p.State) : stopped.Contains(p.State));
        }),
        new("intent", "token", (rows, ask) => { var isMeant = ask.Term.Values.Contains("order"); return rows.Where(_ => isMeant); }),
        new("authoredon date", "date", (rows, ask) => rows.At(ask, p => p.PrescribedAt)),
    ];

    protected override IQueryable<Prescription> Rows(Scope scope) => Visible(scope, scope.Db.Prescriptions);

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<Prescription> sorted, CancellationToken ct)
    {
        var drugs = scope.Db.Drugs;
        var found = await (from p in sorted from d in drugs.Where(d => d.Id == p.DrugId).DefaultIfEmpty() orderby p.Id descending select new { Row = p, Drug = (Drug?)d }).ToListAsync(ct);
        return [.. found.Select(f => Piece(f.Row.Id, f.Row.PatientId, names => Written(f.Row, f.Drug, names), f.Row.PrescribedBy, f.Row.EndedBy, f.Row.StoppedBy))];
    }

    private static FhirMedicationRequest Written(Prescription p, Drug? drug, Names names) => new(
        Codes.Of(p.State, p.StoppedAt is not null), Concept.Words(p.CancelReason.Length > 0 ? p.CancelReason : p.StopReason), "order", [Concept.Of(Codes.Hl7 + "medicationrequest-category", "outpatient", "Outpatient")], p.IsEmergency ? "urgent" : "routine",
        Medicine.Of(p, drug), Ref.To("Patient", p.PatientId), Ref.To("Encounter", p.EncounterId), p.PrescribedAt, names.Of(p.PrescribedBy),
        Elements.List(Elements.Some(p.EmergencyReason) is { } emergency ? new Annotation(emergency) : null, Elements.Some(p.OverrideReason) is { } why ? new Annotation(why, names.Of(p.PrescribedBy), p.PrescribedAt) : null),
        [Dosage.Of(p)], new(new(p.Quantity, Elements.Some(drug?.Unit)), p.Days is { } days ? Dosage.Span(days) : null), Ref.To("MedicationRequest", p.RepeatOfId))
    {
        Id = p.Id.ToString(), Meta = Meta(p.Version, p.StoppedAt ?? p.EndedAt ?? p.PrescribedAt),
    };
}

/// <summary>What was handed out.</summary>
internal sealed class MedicationDispenseSource : RecordSource<Dispense>
{
    protected override IEnumerable<Param<Dispense>> Own =>
    [
        new("_lastUpdated", "date", (rows, ask) => rows.At(ask, d => d.DispensedAt)),
        new("code", "token", (rows, ask) => { var coded = ask.Scope.Db.Prescriptions.Coded(ask); return rows.Where(d => coded.Any(p => p.Id == d.PrescriptionId)); }, "An ATC code, the clinic's own code, or the name as it was prescribed"),
        new("status", "token", (rows, ask) => { var isMeant = ask.Term.Values.Contains("completed"); return rows.Where(_ => isMeant); }),
        new("prescription", "reference", (rows, ask) => { var ids = ask.Ids("MedicationRequest"); return rows.Where(d => ids.Contains(d.PrescriptionId)); }),
        new("whenhandedover date", "date", (rows, ask) => rows.At(ask, d => d.DispensedAt)),
    ];

    protected override IQueryable<Dispense> Rows(Scope scope) => Visible(scope, scope.Db.Dispenses);

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<Dispense> sorted, CancellationToken ct)
    {
        var (prescriptions, drugs, lines) = (scope.Db.Prescriptions, scope.Db.Drugs, scope.Db.DispenseLines);
        var found = await (from d in sorted
                           from p in prescriptions.Where(p => p.Id == d.PrescriptionId)
                           from g in drugs.Where(g => g.Id == p.DrugId).DefaultIfEmpty()
                           orderby d.Id descending
                           select new { Row = d, Prescription = p, Drug = (Drug?)g, Returned = lines.Where(l => l.DispenseId == d.Id).Select(l => (int?)l.Returned).Sum() ?? 0 }).ToListAsync(ct);
        return [.. found.Select(f => Piece(f.Row.Id, f.Row.PatientId, names => Written(f.Row, f.Prescription, f.Drug, f.Returned, names), f.Row.DispensedBy))];
    }

    private static FhirMedicationDispense Written(Dispense d, Prescription p, Drug? drug, int returned, Names names) => new(
        "completed", Medicine.Of(p, drug), Ref.To("Patient", d.PatientId), Ref.To("Encounter", d.EncounterId), names.Of(d.DispensedBy) is { } by ? [new(by)] : null, [Ref.To("MedicationRequest", d.PrescriptionId)],
        new(d.Quantity, Elements.Some(drug?.Unit)), d.DispensedAt,
        Elements.List(Elements.Some(d.Notes) is { } note ? new Annotation(note) : null, returned > 0 ? new Annotation(string.Create(CultureInfo.InvariantCulture, $"Returned: {returned}")) : null), [Dosage.Of(p)])
    {
        // What comes back later leaves no time on this row, but another version.
        Id = d.Id.ToString(), Meta = new(string.Create(CultureInfo.InvariantCulture, $"{d.DispensedAt.Ticks:x}-{returned}"), d.DispensedAt),
    };
}

internal sealed record Dosage(string Text, string? PatientInstruction, Timing? Timing, Concept Route, IReadOnlyList<DoseRate>? DoseAndRate)
{
    public static Quantity Span(int days) => Quantity.Of(days, "day", "d");

    /// <summary>In words always; in figures where the words have a shape that leaves no doubt.</summary>
    public static Dosage Of(Prescription p)
    {
        var words = string.Join(", ", new[] { p.Dose, Pharmacy.Words.Of(p.Route).ToLowerInvariant(), p.Frequency, p.Days is { } days ? string.Create(CultureInfo.InvariantCulture, $"for {days} days") : "" }.Where(w => w.Length > 0));
        return new(words, Elements.Some(p.Instructions), Fhir.Types.Timing.Of(p), new(Elements.List(Codes.Of(p.Route)), Pharmacy.Words.Of(p.Route)), DoseRate.Of(p.Dose));
    }
}

internal sealed partial record DoseRate(Quantity DoseQuantity)
{
    [GeneratedRegex(@"^(?<value>\d{1,6}([.,]\d{1,3})?)\s*(?<unit>[\p{L}µμ%/]+)\z")]
    private static partial Regex Shape();

    /// <summary>"500 mg", "2 tablets", "0,5 ml".</summary>
    public static IReadOnlyList<DoseRate>? Of(string dose)
    {
        if (Shape().Match(dose) is not { Success: true } match) return null;
        var unit = match.Groups["unit"].Value;
        var ucum = unit.ToLowerInvariant() switch { "mg" => "mg", "g" => "g", "kg" => "kg", "mcg" or "µg" or "μg" or "ug" => "ug", "ml" => "mL", "l" => "L", "iu" or "ui" => "[iU]", "mmol" => "mmol", _ => null };
        return [new(Quantity.Of(decimal.Parse(match.Groups["value"].Value.Replace(',', '.'), CultureInfo.InvariantCulture), unit, ucum))];
    }
}

internal sealed record Timing(TimingRepeat? Repeat, Concept? Code)
{
    public static Timing? Of(Prescription p)
    {
        var (times, hours) = Frequencies.Of(p.Frequency);
        var bounds = p.Days is { } days ? Dosage.Span(days) : null;
        var repeat = times is null && hours is null && bounds is null ? null : new TimingRepeat(bounds, times ?? (hours is null ? null : 1), times is not null ? 1 : hours, times is not null ? "d" : hours is not null ? "h" : null);
        return repeat is null && p.Frequency.Length == 0 ? null : new(repeat, Concept.Words(p.Frequency));
    }
}

internal sealed record TimingRepeat(Quantity? BoundsDuration, int? Frequency, decimal? Period, string? PeriodUnit);

internal static partial class Frequencies
{
    [GeneratedRegex(@"^(every (?<hours>\d{1,2}) (hours|hrs|h)|((?<times>\d{1,2}) times|(?<word>once|twice|three times|four times)) (a day|per day|daily)|(?<daily>daily|every day))\z", RegexOptions.IgnoreCase)]
    private static partial Regex Shape();

    /// <summary>So many times a day, or every so many hours; neither where the words say something else.</summary>
    public static (int? Times, int? Hours) Of(string words)
    {
        if (Shape().Match(words.Trim()) is not { Success: true } match) return (null, null);
        if (match.Groups["hours"].Success) return int.Parse(match.Groups["hours"].ValueSpan, CultureInfo.InvariantCulture) is > 0 and var hours ? (null, hours) : (null, null);
        if (match.Groups["times"].Success) return int.Parse(match.Groups["times"].ValueSpan, CultureInfo.InvariantCulture) is > 0 and var times ? (times, null) : (null, null);
        return (match.Groups["daily"].Success ? 1 : match.Groups["word"].Value.ToLowerInvariant() switch { "once" => 1, "twice" => 2, "three times" => 3, _ => 4 }, null);
    }
}
