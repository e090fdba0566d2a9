using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Orders.Referrals;

namespace Salus.Modules.Clinic.Fhir.Types;

internal sealed record FhirServiceRequest(string Status, string Intent, IReadOnlyList<Concept> Category, string Priority, Concept Code, Ref Subject, Ref Encounter, DateTime AuthoredOn, Ref? Requester, Concept? PerformerType,
    IReadOnlyList<Ref>? Performer, IReadOnlyList<Concept>? ReasonCode, IReadOnlyList<Annotation>? Note, Identifier? Requisition) : Resource;

/// <summary>How a test or study is called in answers.</summary>
internal static class OrderCodes
{
    public static Concept Of(string code, string name, string? loinc) =>
        new(Elements.List(string.IsNullOrEmpty(loinc) ? null : new Coding(Codes.Loinc, loinc), code.Length > 0 ? new Coding(null, code, Elements.Some(name)) : null), Elements.Some(name));
}

/// <summary>Tests, studies and procedures that a doctor ordered.</summary>
internal sealed class OrderSource : RecordSource<Order>
{
    protected override IEnumerable<Param<Order>> Own =>
    [
        new("_lastUpdated", "date", (rows, ask) => rows.At(ask, o => o.EndedAt ?? o.StartedAt ?? o.OrderedAt)),
        new("code", "token", (rows, ask) =>
        {
            var (entries, loinc, codes) = (ask.Scope.Db.Catalogue, ask.Codes(Codes.Loinc), ask.Codes());
            return rows.Where(o => codes.Contains(o.Code) || entries.Any(e => e.Id == o.CatalogueId && e.Loinc != "" && loinc.Contains(e.Loinc)));
        }),
        new("category", "token", (rows, ask) => { var kinds = ask.Pick<OrderKind>(Codes.Service); return rows.Where(o => kinds.Contains(o.Kind)); }),
        new("status", "token", (rows, ask) => { var states = ask.Pick<OrderState>(Codes.Of); return rows.Where(o => states.Contains(o.State)); }),
        new("priority", "token", (rows, ask) => { var priorities = ask.Pick<OrderPriority>(Codes.Of); return rows.Where(o => priorities.Contains(o.Priority)); }),
        new("authored date", "date", (rows, ask) => rows.At(ask, o => o.OrderedAt)),
    ];

    protected override IQueryable<Order> Rows(Scope scope) => Visible(scope, scope.Db.Orders);

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<Order> sorted, CancellationToken ct)
    {
        var entries = scope.Db.Catalogue;
        var found = await sorted.Select(o => new { Row = o, Loinc = entries.Where(e => e.Id == o.CatalogueId).Select(e => e.Loinc).FirstOrDefault() }).ToListAsync(ct);
        return [.. found.Select(f => Piece(f.Row.Id, f.Row.PatientId, names => Written(f.Row, f.Loinc, names), f.Row.OrderedBy, f.Row.EndedBy))];
    }

    private static FhirServiceRequest Written(Order o, string? loinc, Names names) => new(
        Codes.Of(o.State), "order", [new([Codes.Service(o.Kind)])], Codes.Of(o.Priority), OrderCodes.Of(o.Code, o.Name, loinc), Ref.To("Patient", o.PatientId), Ref.To("Encounter", o.EncounterId), o.OrderedAt, names.Of(o.OrderedBy), null, null,
        Elements.List(Concept.Words(o.Indication)), Elements.List(Elements.Some(o.Instructions) is { } how ? new Annotation(how) : null, Elements.Some(o.CancelReason) is { } why ? new Annotation(why, names.Of(o.EndedBy), o.EndedAt) : null),
        new(null, null, "urn:ietf:rfc:3986", $"urn:uuid:{o.RequisitionId}"))
    {
        Id = o.Id.ToString(), Meta = Meta(o.Version, o.EndedAt ?? o.StartedAt ?? o.OrderedAt),
    };
}

/// <summary>Patients sent to somebody else.</summary>
internal sealed class ReferralSource : RecordSource<Referral>
{
    protected override IEnumerable<Param<Referral>> Own =>
    [
        new("_lastUpdated", "date", (rows, ask) => rows.At(ask, r => r.ChangedAt ?? r.ReferredAt)),
        new("code", "token", (rows, ask) => { var isMeant = ask.Names(Codes.Referral); return rows.Where(_ => isMeant); }),
        new("category", "token", (rows, ask) => { var isMeant = ask.Names(Codes.Referral); return rows.Where(_ => isMeant); }),
        new("status", "token", (rows, ask) => { var states = ask.Pick<ReferralState>(Codes.Of); return rows.Where(r => states.Contains(r.State)); }),
        new("priority", "token", (rows, ask) => { var priorities = ask.Pick<OrderPriority>(Codes.Of); return rows.Where(r => priorities.Contains(r.Urgency)); }),
        new("authored date", "date", (rows, ask) => rows.At(ask, r => r.ReferredAt)),
    ];

    protected override IQueryable<Referral> Rows(Scope scope) => Visible(scope, scope.Db.Referrals);

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<Referral> sorted, CancellationToken ct) =>
        [.. (await sorted.ToListAsync(ct)).Select(r => Piece(r.Id, r.PatientId, names => Written(r, names), r.ReferredBy, r.ChangedBy))];

    private static FhirServiceRequest Written(Referral r, Names names) => new(
        Codes.Of(r.State), "order", [new([Codes.Referral])], Codes.Of(r.Urgency), new([Codes.Referral], Codes.Referral.Display), Ref.To("Patient", r.PatientId), Ref.To("Encounter", r.EncounterId), r.ReferredAt, names.Of(r.ReferredBy),
        Concept.Words(r.Specialty), r.Recipient.Length > 0 ? [new(null, r.Recipient)] : null, Elements.List(Concept.Words(r.Reason)),
        Elements.List(Elements.Some(r.Summary) is { } summary ? new Annotation(summary) : null, Elements.Some(r.EndReason) is { } why ? new Annotation(why, names.Of(r.ChangedBy), r.ChangedAt) : null), null)
    {
        Id = r.Id.ToString(), Meta = Meta(r.Version, r.ChangedAt ?? r.ReferredAt),
    };
}
