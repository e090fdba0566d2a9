using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;
using Salus.Modules.Clinic.Orders;

namespace Salus.Modules.Clinic.Fhir.Types;

/// <summary>A result with its order, what the clinic's list says of the test, and what was added later.</summary>
internal sealed record ResultRow(Result Result, Order Order, string? Loinc, string? Unit, IReadOnlyList<Note> Addenda)
{
    /// <summary>A result never changes; what is added to it later changes how it is told.</summary>
    public DateTime Updated => Addenda.Count > 0 ? Addenda[^1].WrittenAt : Result.RecordedAt;

    public Concept Code => OrderCodes.Of(Order.Code, Order.Name, Loinc);
    public DateTime Effective => Order.StartedAt ?? Result.RecordedAt;
    public Guid?[] People => [Result.RecordedBy, .. Addenda.Select(n => (Guid?)n.WrittenBy)];

    public static async Task<IReadOnlyList<ResultRow>> Of(Scope scope, IQueryable<Result> sorted, CancellationToken ct)
    {
        var (orders, entries) = (scope.Db.Orders, scope.Db.Catalogue);
        var found = await (from r in sorted
                           from o in orders.Where(o => o.Id == r.OrderId)
                           from e in entries.Where(e => e.Id == o.CatalogueId).DefaultIfEmpty()
                           orderby r.Id descending
                           select new { Result = r, Order = o, e!.Loinc, e.Unit }).ToListAsync(ct);
        var ids = found.Select(f => (Guid?)f.Result.Id).ToList();
        var notes = (await scope.Db.Notes.AsNoTracking().Where(n => n.AboutKind == AmendResult.About && ids.Contains(n.AboutId)).OrderBy(n => n.Id).ToListAsync(ct)).ToLookup(n => n.AboutId!.Value);
        return [.. found.Select(f => new ResultRow(f.Result, f.Order, f.Loinc, f.Unit, [.. notes[f.Result.Id]]))];
    }
}

/// <summary>What both faces of a result can be searched by: as observation and as report.</summary>
internal abstract class ResultRows : RecordSource<Result>
{
    protected abstract Coding Category(OrderKind kind);
    protected abstract string Amended { get; }

    protected override IEnumerable<Param<Result>> Own =>
    [
        new("_lastUpdated", "date", (rows, ask) =>
        {
            var notes = ask.Scope.Db.Notes;
            return rows.At(ask, r => notes.Where(n => n.AboutKind == AmendResult.About && n.AboutId == r.Id).Max(n => (DateTime?)n.WrittenAt) ?? r.RecordedAt);
        }),
        new("code", "token", (rows, ask) =>
        {
            var (orders, entries, loinc, codes) = (ask.Scope.Db.Orders, ask.Scope.Db.Catalogue, ask.Codes(Codes.Loinc), ask.Codes());
            return rows.Where(r => orders.Any(o => o.Id == r.OrderId && (codes.Contains(o.Code) || entries.Any(e => e.Id == o.CatalogueId && e.Loinc != "" && loinc.Contains(e.Loinc)))));
        }),
        new("category", "token", (rows, ask) =>
        {
            var (orders, kinds) = (ask.Scope.Db.Orders, ask.Pick<OrderKind>(Category));
            return rows.Where(r => orders.Any(o => o.Id == r.OrderId && kinds.Contains(o.Kind)));
        }),
        new("date", "date", (rows, ask) =>
        {
            var orders = ask.Scope.Db.Orders;
            return rows.At(ask, r => orders.Where(o => o.Id == r.OrderId).Select(o => o.StartedAt).First() ?? r.RecordedAt);
        }),
        new("status", "token", (rows, ask) =>
        {
            var (notes, plain, amended) = (ask.Scope.Db.Notes, ask.Term.Values.Contains("final"), ask.Term.Values.Contains(Amended));
            return rows.Where(r => notes.Any(n => n.AboutKind == AmendResult.About && n.AboutId == r.Id) ? amended : plain);
        }),
        new("based-on", "reference", (rows, ask) => { var ids = ask.Ids("ServiceRequest"); return rows.Where(r => ids.Contains(r.OrderId)); }),
    ];
}

/// <summary>What the laboratory, imaging and the nurses wrote down, as observations.</summary>
internal sealed partial class ResultSource : ResultRows
{
    // As the range was written then (Judgement.Range): "3.5–5.1 mmol/L", "≥ 3.5", "≤ 5.1".
    [GeneratedRegex(@"^(?:(?<low>-?[0-9.]+)–(?<high>-?[0-9.]+)|≥ (?<low>-?[0-9.]+)|≤ (?<high>-?[0-9.]+))(?: |\z)")]
    private static partial Regex Range();

    protected override Coding Category(OrderKind kind) => Codes.Category(kind);
    protected override string Amended => "amended";

    protected override IQueryable<Result> Rows(Scope scope) => Visible(scope, scope.Db.Results);

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<Result> sorted, CancellationToken ct) =>
        [.. (await ResultRow.Of(scope, sorted, ct)).Select(f => Piece(f.Result.Id, f.Result.PatientId, names => Written(f, names), f.People))];

    private FhirObservation Written(ResultRow row, Names names)
    {
        var (r, (low, high)) = (row.Result, Limits(row.Result.Range));
        // The unit of the clinic's list is a UCUM code; one that was typed beside a result may be anything.
        var ucum = r.Unit.Length > 0 && r.Unit == row.Unit && r.Unit.All(c => char.IsAscii(c) && c != ' ') ? r.Unit : null;
        Quantity? Limit(decimal? limit) => limit is { } value ? Quantity.Of(value, r.Unit, ucum) : null;
        return new(
            [Ref.To("ServiceRequest", r.OrderId)], row.Addenda.Count > 0 ? Amended : "final", [new([Codes.Category(row.Order.Kind)])], row.Code, Ref.To("Patient", r.PatientId), Ref.To("Encounter", r.EncounterId), row.Effective, row.Updated,
            Elements.List(names.Of(r.RecordedBy)), r.Value is { } value ? Quantity.Of(value, r.Unit, ucum) : null, r.Value is null ? Elements.Some(r.Text) : null, null,
            row.Order.Kind == OrderKind.Procedure ? null : [Codes.Interpretation(Meaning(r, low, high))],
            Elements.List([r.Value is not null && Elements.Some(r.Text) is { } remark ? new Annotation(remark, names.Of(r.RecordedBy), r.RecordedAt) : null, .. row.Addenda.Select(n => new Annotation(n.Text, names.Of(n.WrittenBy), n.WrittenAt))]),
            r.Range.Length > 0 ? [new(Limit(low), Limit(high), r.Range)] : null, null, null)
        {
            Id = r.Id.ToString(), Meta = Meta(row.Updated),
        };
    }

    private static (decimal?, decimal?) Limits(string range)
    {
        var match = Range().Match(range);
        decimal? Part(string name) => match.Groups[name].Success && decimal.TryParse(match.Groups[name].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
        return (Part("low"), Part("high"));
    }

    /// <summary>On which side of its range a value lies; where that is not known, only that it is not normal.</summary>
    private static string Meaning(Result r, decimal? low, decimal? high)
    {
        if (r.Flag == ResultFlag.Normal) return "N";
        var side = r.Value < low ? "L" : r.Value > high ? "H" : "A";
        return r.Flag == ResultFlag.Critical ? side + side : side;
    }
}

internal sealed record FhirReport(IReadOnlyList<Ref> BasedOn, string Status, IReadOnlyList<Concept> Category, Concept Code, Ref Subject, Ref Encounter, DateTime EffectiveDateTime, DateTime Issued, IReadOnlyList<Ref>? Performer,
    IReadOnlyList<Ref> Result, string? Conclusion, IReadOnlyList<Attachment>? PresentedForm) : Resource;

/// <summary>Results of the laboratory and of imaging, as reports.</summary>
internal sealed class ReportSource : ResultRows
{
    protected override Coding Category(OrderKind kind) => kind == OrderKind.Procedure ? new(null, "\n") : Codes.Section(kind);
    protected override string Amended => "appended";

    protected override IQueryable<Result> Rows(Scope scope)
    {
        var orders = scope.Db.Orders;
        return Visible(scope, scope.Db.Results).Where(r => orders.Any(o => o.Id == r.OrderId && o.Kind != OrderKind.Procedure));
    }

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<Result> sorted, CancellationToken ct)
    {
        var found = await ResultRow.Of(scope, sorted, ct);
        var files = await DocumentFile.OfOrders(scope, [.. found.Select(f => f.Order.Id)], ct);
        return [.. found.Select(f => Piece(f.Result.Id, f.Result.PatientId, names => Written(scope, f, [.. files[f.Order.Id].Select(d => d.Written(scope))], names), f.People))];
    }

    private FhirReport Written(Scope scope, ResultRow row, IReadOnlyList<Attachment> files, Names names)
    {
        var r = row.Result;
        return new(
            [Ref.To("ServiceRequest", r.OrderId)], row.Addenda.Count > 0 ? Amended : "final", [new([Codes.Section(row.Order.Kind)])], row.Code, Ref.To("Patient", r.PatientId), Ref.To("Encounter", r.EncounterId), row.Effective, row.Updated,
            Elements.List(names.Of(r.RecordedBy)), [Ref.To("Observation", r.Id)], Elements.Some(string.Join("\n\n", row.Addenda.Select(n => n.Text).Prepend(r.Text).Where(t => t.Length > 0))), Elements.List(files))
        {
            Id = r.Id.ToString(), // Files come and go while the result stays; what the scanner has not seen yet has no address yet.
            Meta = new(Versions.Of([row.Updated.Ticks.ToString("x", CultureInfo.InvariantCulture), .. files.Select(f => $"{f.Url} {f.Title} {f.Size} {f.Creation:O}")]), row.Updated),
        };
    }
}
