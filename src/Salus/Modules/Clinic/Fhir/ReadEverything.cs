using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Primitives;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Fhir.Search;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Fhir;

/// <summary>Everything about one patient, page by page: with many visits as many queries as with one.</summary>
public sealed class ReadEverything(Tools tools, OrganisationSlot organisation, SearchLimit limit) : ReadModel<ReadEverything.Query, FoundBundle>(tools)
{
    public const string Action = "fhir.everything";
    private const int UsualCount = 500, MostCount = 1000;
    private static readonly HashSet<string> Known = ["_since", "_type"];

    public sealed record Query(Guid PatientId, IReadOnlyList<KeyValuePair<string, StringValues>> Parameters, bool IsStrict, string Base, string Files);

    protected override string Name => Action;

    protected override async Task Authorize(Query query, CancellationToken ct)
    {
        await FhirGate.Check(Actor, organisation, ResourceTypes.Compartment.Select(t => t.Permission));
        limit.Take(Actor);
    }

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, FoundBundle result) => ("patient", [query.PatientId]);

    protected override async Task<FoundBundle> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var asked = SearchTerms.Parse(query.Parameters, Known, query.IsStrict, UsualCount, MostCount);
        var scope = new Scope(db, Actor, Clock.Now(), organisation.Current, query.Base, query.Files);
        if (!await scope.Patients.AnyAsync(p => p.Id == query.PatientId, ct))
            throw (await db.Patients.AnyAsync(p => p.Id == query.PatientId, ct) ? Restricted.Hidden(Actor) : Refusal.NotFound());
        var types = asked.Terms.Where(t => t.Name == "_type").SelectMany(t => t.Values).ToHashSet();
        IReadOnlyList<Term> terms = [new("patient", [query.PatientId.ToString()]), .. asked.Terms.Where(t => t.Name == "_since").Select(t => new Term("_lastUpdated", [.. t.Values.Take(1).Select(v => "ge" + v)]))];
        var sources = ResourceTypes.Compartment.Where(t => types.Count == 0 || types.Contains(t.Name)).SelectMany(t => t.Sources.Select(s => (t.Name, s, terms))).ToList();
        var page = await Page.Of(scope, sources, asked.After, asked.Count, ct);
        var people = page.Pieces.SelectMany(p => p.Piece.People).OfType<Guid>().Distinct().Select(id => id.ToString()).ToList();
        var entries = page.Entries(scope, await page.NamesOf(scope, ct)).Concat(await Included(scope, "Practitioner", people, ct)).Concat(await Included(scope, "Organization", [organisation.Current.Id.ToString()], ct));
        return new() { Bundle = Bundles.Of(scope, $"{query.Base}/Patient/{query.PatientId}/$everything", asked, [.. entries], page.Next, asked.After is null && page.Next is null ? page.Pieces.Count : null), Patients = [query.PatientId] };
    }

    /// <summary>What the page points to, so that it can be read by itself.</summary>
    private static async Task<IReadOnlyList<Model.BundleEntry>> Included(Scope scope, string type, List<string> ids, CancellationToken ct)
    {
        var pieces = await ResourceTypes.Of(type).Sources[0].Take(scope, [new("_id", ids)], null, Math.Max(ids.Count, 1), ct);
        return new Page([.. pieces.Select(p => (type, p))], null).Entries(scope, new(new Dictionary<Guid, string>()), "include");
    }
}
