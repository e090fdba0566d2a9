using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Orders.Lists;

/// <summary>An entry after an act.</summary>
public sealed record EntryOutcome(Guid Id, string Code, bool IsArchived, Guid Version);

/// <summary>Defines a test, study or procedure, or changes one. Orders and results that are there already keep what they were made with.</summary>
public sealed class SaveEntry(Tools tools) : UseCase<SaveEntry.Command, EntryOutcome>(tools)
{
    public const string Action = "catalogue.save";

    public sealed record Command : EntryForm
    {
        /// <summary>Empty: a new entry.</summary>
        public Guid? Id { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageCatalogue);

    protected override async Task<EntryOutcome> Handle(Command command, CancellationToken ct)
    {
        var entry = command.Id is { } id ? await Db.Catalogue.FirstOrDefaultAsync(e => e.Id == id, ct) ?? throw Refusal.NotFound() : new CatalogueEntry();
        Subject("catalogue", entry.Id, command.Id is null ? "new" : "changed");
        if (command.Version is { } seen && seen != entry.Version) throw Refusal.Stale();
        if (command.Faults() is { Count: > 0 } faults) throw Refusal.Fields(faults);
        command.WriteTo(entry);
        if (await Db.Catalogue.AnyAsync(e => e.Code == entry.Code && e.Id != entry.Id, ct)) throw Taken();
        entry.Version = Guid.CreateVersion7();
        if (command.Id is null) Db.Add(entry);
        return new(entry.Id, entry.Code, entry.ArchivedAt is not null, entry.Version);
    }

    protected override Refusal Taken() => new(409, "catalogue.code", "Another entry has this code.") { Unlock = "Choose another code, or change that entry." };
}

/// <summary>Takes an entry out of the list, or back into it. What was ordered with it stays.</summary>
public sealed class ArchiveEntry(Tools tools) : UseCase<ArchiveEntry.Command, EntryOutcome>(tools)
{
    public const string Action = "catalogue.archive";

    public sealed record Command
    {
        public Guid Id { get; init; }

        /// <summary>True: back into the list.</summary>
        public bool Restore { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageCatalogue);

    protected override async Task<EntryOutcome> Handle(Command command, CancellationToken ct)
    {
        var entry = await Db.Catalogue.FirstOrDefaultAsync(e => e.Id == command.Id, ct) ?? throw Refusal.NotFound();
        (entry.ArchivedAt, entry.Version) = (command.Restore ? null : entry.ArchivedAt ?? Now, Guid.CreateVersion7());
        Subject("catalogue", entry.Id, command.Restore ? "restored" : "archived");
        return new(entry.Id, entry.Code, entry.ArchivedAt is not null, entry.Version);
    }
}

/// <summary>An entry as it is shown.</summary>
/// <param name="Range">The reference range for people.</param>
public sealed record EntryLine(Guid Id, OrderKind Kind, string Code, string Loinc, string Name, string Category, string Unit, decimal? Low, decimal? High, decimal? CriticalLow, decimal? CriticalHigh, string RangeText, string Range, string Specimen,
    bool IsFasting, int? Hours, bool IsArchived, Guid Version)
{
    public static EntryLine Of(CatalogueEntry e) => new(e.Id, e.Kind, e.Code, e.Loinc, e.Name, e.Category, e.Unit, e.Low, e.High, e.CriticalLow, e.CriticalHigh, e.RangeText, e.Range(), e.Specimen, e.IsFasting, e.Hours, e.ArchivedAt is not null, e.Version);
}

public sealed record EntryPage(IReadOnlyList<EntryLine> Items, string? Next);

/// <summary>The clinic's tests, studies and procedures by kind and fragments of name, code and category; sorted by code, read by key.</summary>
public sealed class EntryList(Tools tools) : ReadModel<EntryList.Query, EntryPage>(tools)
{
    public const string Action = "catalogue.list";

    public sealed record Query
    {
        [StringLength(100)]
        public string Q { get; init; } = "";
        public OrderKind? Kind { get; init; }
        public bool Archived { get; init; }

        /// <summary>The last code of the page before.</summary>
        public string? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadLists);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, EntryPage result) => null;

    protected override async Task<EntryPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Q.Length > 100) throw Refusal.Field("q", "This is too long.");
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var found = Find(db, query.Q, query.Kind).Where(e => e.ArchivedAt == null != query.Archived);
        if (query.After is { } after) found = found.Where(e => string.Compare(e.Code, after) > 0);
        var rows = await found.OrderBy(e => e.Code).Take(query.Limit + 1).ToListAsync(ct);
        return new([.. rows.Take(query.Limit).Select(EntryLine.Of)], rows.Count > query.Limit ? rows[query.Limit - 1].Code : null);
    }

    internal static IQueryable<CatalogueEntry> Find(SalusDb db, string q, OrderKind? kind)
    {
        var found = db.Catalogue.AsNoTracking();
        if (kind is { } one) found = found.Where(e => e.Kind == one);
        foreach (var word in Text.Fold(q).Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Take(6))
        {
            var part = word.Length < 3 ? " " + word : word;
            found = found.Where(e => e.SearchName.Contains(part));
        }
        return found;
    }
}

/// <summary>What to choose from while ordering: what is chosen already, then what was found.</summary>
public sealed class EntryOptions(Tools tools) : ReadModel<EntryOptions.Query, EntryOptions.Found>(tools)
{
    public const string Action = "catalogue.options";
    private const int Most = 12;

    public sealed record Query
    {
        public OrderKind Kind { get; init; }
        public string Q { get; init; } = "";
        public IReadOnlyList<Guid> Chosen { get; init; } = [];
    }

    public sealed record Found(IReadOnlyList<EntryLine> Chosen, IReadOnlyList<EntryLine> Others, string Q);

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.PlaceOrders);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, Found result) => null;

    protected override async Task<Found> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Q.Length > 100) throw Refusal.Field("q", "This is too long.");
        var ids = query.Chosen.Take(40).ToList();
        var chosen = await db.Catalogue.AsNoTracking().Where(e => e.Kind == query.Kind && e.ArchivedAt == null && ids.Contains(e.Id)).OrderBy(e => e.Name).ToListAsync(ct);
        var others = await EntryList.Find(db, query.Q, query.Kind).Where(e => e.ArchivedAt == null && !ids.Contains(e.Id)).OrderBy(e => e.Name).ThenBy(e => e.Id).Take(Most).ToListAsync(ct);
        return new([.. chosen.Select(EntryLine.Of)], [.. others.Select(EntryLine.Of)], query.Q);
    }
}
