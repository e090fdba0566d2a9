using System.Globalization;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Fhir.Model;

namespace Salus.Modules.Clinic.Fhir.Search;

/// <summary>A page out of several sources, one after the other.</summary>
/// <param name="Next">Where it goes on; null: it ends here.</param>
internal sealed record Page(IReadOnlyList<(string Type, Piece Piece)> Pieces, string? Next, int? Total = null)
{
    public IReadOnlyList<Guid> Patients => [.. Pieces.Select(p => p.Piece.PatientId).OfType<Guid>().Distinct()];

    public static async Task<Page> Of(Scope scope, IReadOnlyList<(string Type, ISource Source, IReadOnlyList<Term> Terms)> sources, string? after, int count, CancellationToken ct)
    {
        var (from, place) = PlaceOf(after, sources.Count);
        var found = new List<(string Type, Piece Piece, int At)>();
        for (var at = from; at < sources.Count && found.Count <= count; at++)
        {
            var (type, source, terms) = sources[at];
            foreach (var piece in await source.Take(scope, terms, at == from ? place : null, count + 1 - found.Count, ct)) found.Add((type, piece, at));
        }
        var last = found.Count > count ? found[count - 1] : default;
        return new([.. found.Take(count).Select(f => (f.Type, f.Piece))], found.Count > count ? string.Create(CultureInfo.InvariantCulture, $"{last.At}.{last.Piece.Place}") : null);
    }

    private static (int Source, string? Place) PlaceOf(string? after, int sources)
    {
        if (after is null) return (0, null);
        return after.Split('.', 2) is [var source, var place] && int.TryParse(source, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < sources && place.Length > 0 ? (at, place) : throw SearchTerms.Wrong(SearchTerms.AfterName);
    }

    public async Task<Names> NamesOf(Scope scope, CancellationToken ct) => new(await People.Of(scope.Db, Pieces.SelectMany(p => p.Piece.People), ct));

    public IReadOnlyList<BundleEntry> Entries(Scope scope, Names names, string mode = "match") =>
        [.. Pieces.Select(p => new BundleEntry($"{scope.Base}/{p.Type}/{p.Piece.Id}", p.Piece.Write(names), new(mode)))];
}
