using System.Collections.Frozen;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Fhir.Types;

internal sealed record FhirAuditEvent(Coding Type, IReadOnlyList<Coding> Subtype, string? Action, DateTime Recorded, string Outcome, string? OutcomeDesc, IReadOnlyList<AuditAgent> Agent, AuditSource Source, IReadOnlyList<AuditEntity>? Entity) : Resource;

internal sealed record AuditAgent(IReadOnlyList<Concept>? Role, Ref? Who, bool Requestor, AuditNetwork? Network);

/// <param name="Type">2: an IP address.</param>
internal sealed record AuditNetwork(string Address, string Type);

internal sealed record AuditSource(string Site, Ref Observer, IReadOnlyList<Coding> Type);

internal sealed record AuditEntity(Ref What, IReadOnlyList<AuditDetail>? Detail);

internal sealed record AuditDetail(string Type, string ValueString);

/// <summary>The clinic's audit log, the newest first. It holds ids and no contents, and so does this.</summary>
internal sealed class AuditEventSource : Source<AuditEvent>
{
    /// <summary>The system of our own words for acts; they stand in the list of actions that the audit page offers.</summary>
    public const string Actions = "urn:x-salus:audit-action";

    private const string Whose = "patient";

    // What only reads says so by its class; the log itself keeps one word for both.
    private static readonly FrozenSet<string> Reads = SalusApp.UseCaseTypes().Where(t => IsReadModel(t)).Select(t => t.GetField("Action")?.GetRawConstantValue()).OfType<string>().ToFrozenSet();

    private static bool IsReadModel(Type? type) => type is not null && ((type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ReadModel<,>)) || IsReadModel(type.BaseType));

    protected override IEnumerable<Param<AuditEvent>> Own =>
    [
        new("_id", "token", (rows, ask) => { var numbers = ask.Term.Values.Select(v => long.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : -1).ToList(); return rows.Where(e => numbers.Contains(e.Seq)); }),
        new("date _lastUpdated", "date", (rows, ask) => rows.At(ask, e => e.At)),
        new(Whose, "reference", (rows, ask) => About(rows, ask, "Patient", id => AuditOfPatient.Rows(ask.Scope.Db, id, ask.Scope.Former?[id] ?? [])), "The patient, what was merged into it, and everything in its visits"),
        new("entity", "reference", (rows, ask) => About(rows, ask, ask.Term.Values[0].Split('/')[0], id => AuditLog.About(ask.Scope.Db, id))),
        new("agent", "reference", (rows, ask) => { var ids = ask.Ids("Practitioner"); return rows.Where(e => e.ActorId != null && ids.Contains(e.ActorId.Value)); }),
        new("subtype", "token", (rows, ask) => { var actions = ask.Codes(Actions); return rows.Where(e => actions.Contains(e.Action)); }, "The act, such as patient.read"),
        new("outcome", "token", (rows, ask) =>
        {
            var (done, minor, major) = (ask.Term.Values.Contains("0"), ask.Term.Values.Contains("4"), ask.Term.Values.Contains("8"));
            return rows.Where(e => (done && e.Result == "ok") || (major && e.Result == "bug") || (minor && e.Result != "ok" && e.Result != "bug"));
        }),
    ];

    public override async Task<IReadOnlyList<Piece>> Take(Scope scope, IReadOnlyList<Term> terms, string? after, int most, CancellationToken ct) => await base.Take(await WithFormer(scope, terms, ct), terms, after, most, ct);

    public override async Task<int> Count(Scope scope, IReadOnlyList<Term> terms, CancellationToken ct) => await base.Count(await WithFormer(scope, terms, ct), terms, ct);

    /// <summary>Who was merged into the patients that are asked for: looked up before the search is put together.</summary>
    private static async Task<Scope> WithFormer(Scope scope, IReadOnlyList<Term> terms, CancellationToken ct)
    {
        var former = new Dictionary<Guid, IReadOnlyList<Guid>>();
        foreach (var id in terms.Where(t => t.Name == Whose).SelectMany(t => new Ask(t, scope).Ids("Patient"))) former[id] = await AuditOfPatient.Former(scope.Db, id, ct);
        return scope with { Former = former };
    }

    private static IQueryable<AuditEvent> About(IQueryable<AuditEvent> rows, Ask ask, string type, Func<Guid, IQueryable<long>> of)
    {
        // Each subject has indexes of its own to be found by; several at once would have none.
        var subjects = ask.Ids(type);
        if (subjects.Count == 0) return rows.Where(_ => false);
        if (subjects is not [var subject]) throw SearchTerms.Wrong(ask.Term.Name);
        var about = of(subject);
        return rows.Where(e => about.Contains(e.Seq));
    }

    protected override IQueryable<AuditEvent> Rows(Scope scope)
    {
        var own = scope.Organisation.Id;
        return scope.Db.Set<AuditEvent>().AsNoTracking().Where(e => e.OrganisationId == own);
    }

    protected override IQueryable<AuditEvent> Sorted(Scope scope, IQueryable<AuditEvent> rows, string? after)
    {
        if (after is not null)
        {
            var place = long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : throw SearchTerms.Wrong(SearchTerms.AfterName);
            rows = rows.Where(e => e.Seq < place);
        }
        return rows.OrderByDescending(e => e.Seq);
    }

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<AuditEvent> sorted, CancellationToken ct) =>
        [.. (await sorted.ToListAsync(ct)).Select(e => new Piece(Number(e), null, Number(e), [e.ActorId], names => Written(scope, e, names)))];

    private static string Number(AuditEvent e) => e.Seq.ToString(CultureInfo.InvariantCulture);

    private static FhirAuditEvent Written(Scope scope, AuditEvent e, Names names) => new(
        new("http://dicom.nema.org/resources/ontology/DCM", IsOfPatient(e) ? "110110" : "110100", IsOfPatient(e) ? "Patient Record" : "Application Activity"), [new(Actions, e.Action)], Reads.Contains(e.Action) ? "R" : null, e.At,
        e.Result == "ok" ? "0" : e.Result == "bug" ? "8" : "4", e.Result == "ok" ? null : Elements.Some(e.Result),
        [new(Elements.List(e.Role.Split(' ').Select(Concept.Words)), Who(e, names), true, Elements.Some(e.Ip) is { } ip ? new(ip, "2") : null)],
        new(scope.Organisation.Slug, new(null, "Salus"), [new(Codes.Hl7 + "security-source-type", "4", "Application Server")]), Elements.List(Entities(e)))
    {
        Id = Number(e), Meta = new("1", e.At),
    };

    private static bool IsOfPatient(AuditEvent e) => e.SubjectKind is "patient" or "encounter" || e.VisitId is not null;

    private static Ref Who(AuditEvent e, Names names) => names.Of(e.ActorId) ?? new(null, e.ActorKind == ActorKind.System ? "Salus" : "Unknown");

    private static IEnumerable<AuditEntity> Entities(AuditEvent e)
    {
        IReadOnlyList<AuditDetail>? detail = Elements.Some(e.Detail) is { } words ? [new("detail", words)] : null;
        foreach (var subject in e.SubjectId is { } one ? [one, .. e.SubjectList()] : e.SubjectList())
        {
            yield return new(To(e.SubjectKind, subject), detail);
            detail = null;
        }
        if (e.VisitId is { } visit && visit != e.SubjectId) yield return new(Ref.To("Encounter", visit), null);
    }

    private static Ref To(string kind, Guid id) => kind switch
    {
        "patient" => Ref.To("Patient", id), "encounter" => Ref.To("Encounter", id), "prescription" => Ref.To("MedicationRequest", id), "order" => Ref.To("ServiceRequest", id),
        _ => new(null, Elements.Some(kind), null, new(null, null, null, id.ToString())),
    };
}
