using Microsoft.Extensions.Primitives;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Fhir;

/// <summary>A bundle, opaque to all but the door, which writes it.</summary>
public sealed class FoundBundle
{
    internal Bundle Bundle { get; init; } = null!;
    internal IReadOnlyCollection<Guid> Patients { get; init; } = [];
}

/// <summary>Searches the resources of one type, page by page.</summary>
public sealed class SearchResources(Tools tools, OrganisationSlot organisation, SearchLimit limit) : ReadModel<SearchResources.Query, FoundBundle>(tools)
{
    public const string Action = "fhir.search";
    private const int UsualCount = 25, MostCount = 100;

    /// <param name="IsStrict">Unknown parameters are refused rather than named in the answer.</param>
    public sealed record Query(string Type, IReadOnlyList<KeyValuePair<string, StringValues>> Parameters, bool IsStrict, string Base, string Files);

    protected override string Name => Action;

    protected override async Task Authorize(Query query, CancellationToken ct)
    {
        await FhirGate.Check(Actor, organisation, ResourceTypes.Of(query.Type).Permission);
        limit.Take(Actor);
    }

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, FoundBundle result) => FhirGate.Shown(ResourceTypes.Of(query.Type), result.Patients);

    protected override async Task<FoundBundle> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var type = ResourceTypes.Of(query.Type);
        var asked = SearchTerms.Parse(query.Parameters, type.Known, query.IsStrict, UsualCount, MostCount);
        if (type.IsOfRecord && !asked.Terms.Any(t => ResourceType.Whose.Contains(t.Name)))
            throw new Refusal(400, "fhir.whose", "Say whose record is meant: by “patient”, “encounter” or “_id”.");
        var scope = new Scope(db, Actor, Clock.Now(), organisation.Current, query.Base, query.Files);
        var page = asked.IsCountOnly ? new Page([], null, await Total(scope, type, asked, ct)) : await Page.Of(scope, [.. type.Sources.Select(s => (type.Name, s, asked.Terms))], asked.After, asked.Count, ct);
        // Where the first page is the whole the number is known anyway.
        var total = page.Total ?? (asked.After is null && page.Next is null ? page.Pieces.Count : asked.WantsTotal ? await Total(scope, type, asked, ct) : null);
        var entries = asked.IsCountOnly ? [] : page.Entries(scope, await page.NamesOf(scope, ct));
        return new() { Bundle = Bundles.Of(scope, $"{query.Base}/{type.Name}", asked, entries, page.Next, total), Patients = asked.IsCountOnly ? Named(scope, asked) : page.Patients };
    }

    private static async Task<int> Total(Scope scope, ResourceType type, SearchTerms asked, CancellationToken ct)
    {
        var total = 0;
        foreach (var source in type.Sources) total += await source.Count(scope, asked.Terms, ct);
        return total;
    }

    // How many of a kind somebody has is something about the patient, too.
    private static List<Guid> Named(Scope scope, SearchTerms asked) => [.. asked.Terms.Where(t => t.Name is "patient" or "subject").SelectMany(t => new Ask(t, scope).Ids("Patient")).Distinct()];
}

internal static class Bundles
{
    public static Bundle Of(Scope scope, string address, SearchTerms asked, IReadOnlyList<BundleEntry> entries, string? next, int? total)
    {
        var own = asked.Terms.Select(t => t.Text).Append($"_count={asked.Count}").ToList();
        string Link(string? after) => $"{address}?{string.Join('&', after is null ? own : [.. own, $"{SearchTerms.AfterName}={Uri.EscapeDataString(after)}"])}";
        var links = new List<BundleLink> { new("self", asked.IsCountOnly ? $"{address}?{string.Join('&', asked.Terms.Select(t => t.Text).Append("_summary=count"))}" : Link(asked.After)) };
        if (next is not null) links.Add(new("next", Link(next)));
        if (asked.Ignored.Count > 0) entries = [.. entries, Ignored(asked.Ignored)];
        return new("searchset", scope.Now, total, links, entries.Count > 0 ? entries : null) { Id = Guid.CreateVersion7().ToString() };
    }

    // Where a filter was passed over, more is found than was asked for: that is said in the answer itself.
    private static BundleEntry Ignored(IReadOnlyList<string> names) =>
        new(null, new Outcome([.. names.Distinct().Take(20).Select(n => new OutcomeIssue("warning", "not-supported", Concept.Words("This search parameter is not known here and was passed over: " + string.Concat(n.Where(c => !char.IsControl(c)).Take(60)))))]), new("outcome"));
}
