using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Fhir.Search;

/// <summary>One resource that was found and is written once the names of those who wrote it are known.</summary>
/// <param name="PatientId">Whose it is; null: nobody's.</param>
/// <param name="Place">Where a page that ends with it goes on.</param>
internal sealed record Piece(string Id, Guid? PatientId, string Place, IReadOnlyList<Guid?> People, Func<Names, Resource> Write);

/// <param name="Names">What the parameter is called; the first name is FHIR's own, others are understood too.</param>
/// <param name="Kind">token, reference, date or string.</param>
internal sealed record ParamName(string[] Names, string Kind, string? About);

/// <summary>A table, or a part of one, as resources.</summary>
internal interface ISource
{
    IReadOnlyList<ParamName> Params { get; }

    /// <summary>The next of those that were asked for and that the actor may see.</summary>
    Task<IReadOnlyList<Piece>> Take(Scope scope, IReadOnlyList<Term> terms, string? after, int most, CancellationToken ct);

    Task<int> Count(Scope scope, IReadOnlyList<Term> terms, CancellationToken ct);
}

internal sealed record Param<TRow>(string Names, string Kind, Func<IQueryable<TRow>, Ask, IQueryable<TRow>> Narrow, string? About = null);

internal abstract class Source<TRow> : ISource where TRow : class
{
    private readonly Lazy<IReadOnlyList<Param<TRow>>> known;

    protected Source() => known = new(() => [.. Common, .. Own]);

    protected virtual IEnumerable<Param<TRow>> Common => [];
    protected abstract IEnumerable<Param<TRow>> Own { get; }

    /// <summary>What the actor may see, unsorted.</summary>
    protected abstract IQueryable<TRow> Rows(Scope scope);

    /// <summary>In the order of pages, from behind the place where the page before ended.</summary>
    protected abstract IQueryable<TRow> Sorted(Scope scope, IQueryable<TRow> rows, string? after);

    /// <summary>Reads the rows and what belongs to them, in a number of queries that does not depend on how many they are.</summary>
    protected abstract Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<TRow> sorted, CancellationToken ct);

    public IReadOnlyList<ParamName> Params => [.. known.Value.Select(p => new ParamName(p.Names.Split(' '), p.Kind, p.About))];

    public virtual async Task<IReadOnlyList<Piece>> Take(Scope scope, IReadOnlyList<Term> terms, string? after, int most, CancellationToken ct) =>
        await Read(scope, Sorted(scope, Narrowed(scope, terms), after).Take(most), ct);

    public virtual Task<int> Count(Scope scope, IReadOnlyList<Term> terms, CancellationToken ct) => Narrowed(scope, terms).CountAsync(ct);

    protected IQueryable<TRow> Narrowed(Scope scope, IReadOnlyList<Term> terms)
    {
        var rows = Rows(scope);
        foreach (var term in terms) rows = known.Value.First(p => p.Names.Split(' ').Contains(term.Name)).Narrow(rows, new(term, scope));
        return rows;
    }

    protected static Guid PlaceOf(string after) => Guid.TryParseExact(after, "N", out var id) ? id : throw SearchTerms.Wrong(SearchTerms.AfterName);
}

/// <summary>Rows of visits: of patients whose record the actor may read, the newest first.</summary>
internal abstract class RecordSource<TRow> : Source<TRow> where TRow : class, IOfEncounter
{
    private const string Id = "Id";

    protected override IEnumerable<Param<TRow>> Common =>
    [
        new("_id", "token", (rows, ask) => { var ids = ask.Ids(""); return rows.Where(r => ids.Contains(EF.Property<Guid>(r, Id))); }),
        new("patient", "reference", OfPatients), new("subject", "reference", OfPatients),
        new("encounter context", "reference", (rows, ask) => { var ids = ask.Ids("Encounter"); return rows.Where(r => ids.Contains(r.EncounterId)); }),
    ];

    private static IQueryable<TRow> OfPatients(IQueryable<TRow> rows, Ask ask)
    {
        var ids = ask.Ids("Patient");
        return rows.Where(r => ids.Contains(r.PatientId));
    }

    protected static IQueryable<TRow> Visible(Scope scope, IQueryable<TRow> rows)
    {
        var visible = scope.Patients;
        return rows.AsNoTracking().Where(r => visible.Any(p => p.Id == r.PatientId));
    }

    protected override IQueryable<TRow> Sorted(Scope scope, IQueryable<TRow> rows, string? after)
    {
        if (after is not null) { var place = PlaceOf(after); rows = rows.Where(r => EF.Property<Guid>(r, Id) < place); }
        return rows.OrderByDescending(r => EF.Property<Guid>(r, Id));
    }

    protected static Piece Piece(Guid id, Guid patient, Func<Names, Resource> write, params Guid?[] people) => new(id.ToString(), patient, id.ToString("N"), people, write);

    /// <summary>A version for rows that have none: what changes them also changes when they were changed last.</summary>
    protected static Meta Meta(DateTime updated) => new(updated.Ticks.ToString("x", System.Globalization.CultureInfo.InvariantCulture), updated);

    protected static Meta Meta(Guid version, DateTime updated) => new(version.ToString("N"), updated);
}
