using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Fhir.Types;

/// <summary>One observation out of a row of measurements: one kind, the two pressures together, or the last period.</summary>
/// <param name="Key">What stands behind the row's id in the id of the observation.</param>
/// <param name="IsMeasured">That the row has it, for the database.</param>
internal sealed record VitalPart(string Key, string Label, IReadOnlyList<VitalKind> Kinds, IReadOnlyList<Coding> Codes, Expression<Func<VitalSigns, bool>> IsMeasured)
{
    /// <summary>Its place among the parts of a row, by which pages go on.</summary>
    public int Place { get; private set; }

    public bool Is(VitalSigns row) => Kinds.Count > 0 ? Kinds.Any(k => k.Value(row) is not null) : row.LastPeriod is not null;

    private static VitalPart Of(VitalKind kind, string key, Expression<Func<VitalSigns, bool>> isMeasured, params string[] more) => new(key, kind.Label, [kind], Loinc([kind.Loinc, .. more]), isMeasured);

    private static IReadOnlyList<Coding> Loinc(params string[] codes) => [.. codes.Select(c => new Coding(Model.Codes.Loinc, c))];

    public static readonly IReadOnlyList<VitalPart> All = InPlace(
    [
        Of(VitalKind.Temperature, "temperature", v => v.Temperature != null),
        // The panel's own code; the two figures are its components.
        new("blood-pressure", "Blood pressure", [VitalKind.Systolic, VitalKind.Diastolic], Loinc("85354-9"), v => v.Systolic != null || v.Diastolic != null),
        Of(VitalKind.Pulse, "pulse", v => v.Pulse != null),
        Of(VitalKind.Respiration, "respiration", v => v.Respiration != null),
        // The profile of vital signs asks for 2708-6; that it was measured by pulse oximetry says 59408-5.
        Of(VitalKind.Oxygen, "oxygen", v => v.Oxygen != null, "59408-5"),
        Of(VitalKind.Weight, "weight", v => v.Weight != null),
        Of(VitalKind.Height, "height", v => v.Height != null),
        Of(VitalKind.Bmi, "bmi", v => v.Weight != null && v.Height != null),
        Of(VitalKind.UpperArm, "upper-arm", v => v.UpperArm != null),
        Of(VitalKind.Pain, "pain", v => v.Pain != null),
        new("last-period", "Last menstrual period", [], Loinc("8665-2"), v => v.LastPeriod != null),
    ]);

    private static VitalPart[] InPlace(VitalPart[] parts)
    {
        for (var i = 0; i < parts.Length; i++) parts[i].Place = i;
        return parts;
    }
}

/// <summary>Vital signs: each row of measurements is several observations.</summary>
internal sealed class VitalsSource : RecordSource<VitalSigns>
{
    protected override IEnumerable<Param<VitalSigns>> Common =>
    [
        .. base.Common.Where(p => p.Names != "_id"),
        new("_id", "token", (rows, ask) => { var ids = ask.Term.Values.Select(RowOf).OfType<Guid>().ToList(); return rows.Where(v => ids.Contains(v.Id)); }),
    ];

    protected override IEnumerable<Param<VitalSigns>> Own =>
    [
        new("_lastUpdated", "date", (rows, ask) => rows.At(ask, v => v.VoidedAt ?? v.MeasuredAt)),
        new("code", "token", (rows, ask) => Measuring(rows, VitalPart.All.Where(p => Asks(ask, p)))),
        new("category", "token", (rows, ask) => { var isMeant = ask.Names(Category); return rows.Where(_ => isMeant); }),
        new("date", "date", (rows, ask) => rows.At(ask, v => v.MeasuredAt)),
        new("status", "token", (rows, ask) => { var (valid, voided) = (ask.Term.Values.Contains("final"), ask.Term.Values.Contains("entered-in-error")); return rows.Where(v => (valid && v.VoidedAt == null) || (voided && v.VoidedAt != null)); }),
        new("based-on", "reference", (rows, _) => rows.Where(_ => false)),
    ];

    private static readonly Coding Category = new(Codes.ObservationCategory, Codes.VitalSigns, "Vital Signs");

    /// <summary>By the code of the observation or of one of its components.</summary>
    private static bool Asks(Ask ask, VitalPart part) => part.Codes.Any(ask.Names) || (part.Kinds.Count > 1 && part.Kinds.Any(k => ask.Names(new Coding(Codes.Loinc, k.Loinc))));

    private static IQueryable<VitalSigns> Measuring(IQueryable<VitalSigns> rows, IEnumerable<VitalPart> parts)
    {
        var row = Expression.Parameter(typeof(VitalSigns));
        var any = parts.Select(p => (Expression)Expression.Invoke(p.IsMeasured, row)).DefaultIfEmpty(Expression.Constant(false)).Aggregate(Expression.OrElse);
        return rows.Where(Expression.Lambda<Func<VitalSigns, bool>>(any, row));
    }

    private static Guid? RowOf(string id) => id.Length > 37 && id[36] == '-' && Guid.TryParseExact(id[..36], "D", out var row) ? row : null;

    protected override IQueryable<VitalSigns> Rows(Scope scope) => Visible(scope, scope.Db.Vitals);

    protected override Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<VitalSigns> sorted, CancellationToken ct) => Read(scope, sorted, VitalPart.All, [], ct);

    /// <summary>A page may end between two observations of one row: that row is read again for the next.</summary>
    public override async Task<IReadOnlyList<Piece>> Take(Scope scope, IReadOnlyList<Term> terms, string? after, int most, CancellationToken ct)
    {
        var (row, done) = after?.Split('.') is [var id, var number] && int.TryParse(number, out var at) && at >= 0 ? (PlaceOf(id), at) : after is null ? (Guid.Empty, -1) : throw SearchTerms.Wrong(SearchTerms.AfterName);
        var rows = Narrowed(scope, terms);
        if (after is not null) rows = rows.Where(v => v.Id <= row);
        // Every row that is found has at least one observation of those that are asked for.
        var pieces = await Read(scope, Sorted(scope, rows, null).Take(most + 1), Parts(scope, terms), Ids(terms), ct);
        return [.. pieces.Where(p => after is null || !p.Place.StartsWith(row.ToString("N"), StringComparison.Ordinal) || int.Parse(p.Place.Split('.')[1], System.Globalization.CultureInfo.InvariantCulture) > done).Take(most)];
    }

    public override async Task<int> Count(Scope scope, IReadOnlyList<Term> terms, CancellationToken ct)
    {
        if (Ids(terms).Count > 0) return (await Take(scope, terms, null, SearchTerms.MostValues * VitalPart.All.Count, ct)).Count;
        var count = 0;
        foreach (var part in Parts(scope, terms)) count += await Narrowed(scope, terms).Where(part.IsMeasured).CountAsync(ct);
        return count;
    }

    private static List<string> Ids(IReadOnlyList<Term> terms) => [.. terms.Where(t => t.Name == "_id").SelectMany(t => t.Values)];

    private static IReadOnlyList<VitalPart> Parts(Scope scope, IReadOnlyList<Term> terms) => [.. VitalPart.All.Where(p => terms.Where(t => t.Name == "code").All(t => Asks(new(t, scope), p)))];

    private static async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<VitalSigns> sorted, IReadOnlyList<VitalPart> parts, List<string> ids, CancellationToken ct)
    {
        var patients = scope.Db.Patients;
        var found = await sorted.Select(v => new { Row = v, Birth = patients.Where(p => p.Id == v.PatientId).Select(p => p.BirthDate).First() }).ToListAsync(ct);
        return
        [
            .. from f in found
               from part in parts
               where part.Is(f.Row) && (ids.Count == 0 || ids.Contains(Id(f.Row, part)))
               let age = Patient.AgeAt(f.Birth, DateOnly.FromDateTime(f.Row.MeasuredAt.In(scope.Zone)))
               select new Piece(Id(f.Row, part), f.Row.PatientId, $"{f.Row.Id:N}.{part.Place}", [f.Row.RecordedBy, f.Row.VoidedBy], names => Written(f.Row, part, age, names)),
        ];
    }

    private static string Id(VitalSigns row, VitalPart part) => $"{row.Id}-{part.Key}";

    private static FhirObservation Written(VitalSigns v, VitalPart part, int? age, Names names)
    {
        var single = part.Kinds is [var only] ? Measured(v, only, age) : null;
        return new(
            null, v.VoidedAt is null ? "final" : "entered-in-error", [new([Category])], new(part.Codes, part.Label), Ref.To("Patient", v.PatientId), Ref.To("Encounter", v.EncounterId), v.MeasuredAt, v.MeasuredAt,
            Elements.List(names.Of(v.RecordedBy)), single?.ValueQuantity, null, part.Kinds.Count == 0 ? v.LastPeriod : null, single?.Interpretation,
            Elements.List(Elements.Some(v.Remark) is { } remark ? new Annotation(remark) : null, Elements.Some(v.VoidReason) is { } why ? new Annotation(why, names.Of(v.VoidedBy), v.VoidedAt) : null), single?.ReferenceRange,
            part.Kinds.Contains(VitalKind.Bmi) ? [new($"Observation/{v.Id}-weight"), new($"Observation/{v.Id}-height")] : null,
            part.Kinds.Count > 1 ? Elements.List(part.Kinds.Select(k => Measured(v, k, age))) : null)
        {
            Id = Id(v, part), Meta = Meta(v.Version, v.VoidedAt ?? v.MeasuredAt),
        };
    }

    private static ObservationPart? Measured(VitalSigns v, VitalKind kind, int? age)
    {
        if (kind.Value(v) is not { } value) return null;
        var range = kind.Normal(age);
        var meaning = range is not var (low, high) ? null : kind.Judge(value, age) switch
        {
            null => "N", AlertSeverity.Critical => value < low ? "LL" : "HH", _ => value < low ? "L" : value > high ? "H" : "N",
        };
        return new(Concept.Of(Codes.Loinc, kind.Loinc, null) with { Text = kind.Label }, Quantity.Of(value, kind.Unit, kind.Ucum), meaning is null ? null : [Codes.Interpretation(meaning)],
            range is var (least, most) ? [new(Quantity.Of(least, kind.Unit, kind.Ucum), Quantity.Of(most, kind.Unit, kind.Ucum))] : null);
    }
}
