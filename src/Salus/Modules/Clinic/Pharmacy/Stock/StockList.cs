using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Pharmacy.Drugs;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Pharmacy.Stock;

/// <summary>Expiring: something on the shelf is expired, or will be within <see cref="StockList.Soon"/> days.</summary>
public enum StockFilter { All, Low, Out, Expiring }

public sealed record BatchLine(Guid Id, string Number, DateOnly Expiry, int Quantity, string Location, bool IsExpired, bool ExpiresSoon);

/// <summary>A drug with what is on the shelf of it.</summary>
/// <param name="Usable">Units that are not expired.</param>
/// <param name="Expired">Units that are.</param>
public sealed record StockLine(Guid DrugId, string Name, string Unit, int ReorderLevel, int Usable, int Expired, bool IsArchived, IReadOnlyList<BatchLine> Batches)
{
    public bool IsOut => Usable == 0;
    public bool IsLow => Usable > 0 && Usable <= ReorderLevel;
}

/// <param name="Low">How many drugs are low, of all.</param>
public sealed record StockPage(IReadOnlyList<StockLine> Items, string? Next, StockFilter Filter, int Low, int Out, int Expiring);

/// <summary>The stock by drug: all, low, out, or with batches that are expired or soon will be.</summary>
public sealed class StockList(Tools tools, OrganisationSlot organisation) : ReadModel<StockList.Query, StockPage>(tools)
{
    public const string Action = "stock.list";

    /// <summary>Days before its expiry from which a batch is listed as expiring.</summary>
    public const int Soon = 90;

    /// <summary>The list that an address names.</summary>
    /// <exception cref="Refusal">422 on <c>filter</c>.</exception>
    public static StockFilter Read(string filter) =>
        Enum.TryParse<StockFilter>(filter, true, out var list) && Enum.IsDefined(list) ? list : throw Refusal.Field("filter", "Choose one of the list.");

    public sealed record Query
    {
        public StockFilter Filter { get; init; }

        [StringLength(100)]
        public string? Q { get; init; }
        public string? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadStock);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, StockPage result) => null;

    protected override async Task<StockPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Q?.Length > 100) throw Refusal.Field("q", "This is too long.");
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var today = Clock.Today(organisation.Current.Zone);
        var soon = today.AddDays(Soon);
        var batches = db.Batches.AsNoTracking();
        var all = db.Drugs.AsNoTracking().Where(d => d.ArchivedAt == null || batches.Any(b => b.DrugId == d.Id && b.Quantity > 0))
            .Select(d => new { Drug = d, Usable = batches.Where(b => b.DrugId == d.Id && b.Expiry >= today).Sum(b => (int?)b.Quantity) ?? 0, Expires = batches.Any(b => b.DrugId == d.Id && b.Quantity > 0 && b.Expiry <= soon) });
        var (low, none, expiring) = (all.Where(r => r.Usable > 0 && r.Usable <= r.Drug.ReorderLevel), all.Where(r => r.Usable == 0 && r.Drug.ArchivedAt == null), all.Where(r => r.Expires));
        var ids = db.Drugs.Matching(query.Q).Select(d => d.Id);
        var found = (query.Filter switch { StockFilter.Low => low, StockFilter.Out => none, StockFilter.Expiring => expiring, _ => all }).Where(r => ids.Contains(r.Drug.Id));
        if (query.After is { Length: > 0 } after) found = found.Where(r => string.Compare(r.Drug.Folded, after) > 0);
        var rows = await found.OrderBy(r => r.Drug.Folded).Take(query.Limit + 1).ToListAsync(ct);
        var shown = rows.Take(query.Limit).ToList();
        var drugIds = shown.Select(r => r.Drug.Id).ToList();
        var shelf = (await batches.Where(b => drugIds.Contains(b.DrugId) && b.Quantity > 0).OrderBy(b => b.Expiry).ThenBy(b => b.Id).ToListAsync(ct)).ToLookup(b => b.DrugId);
        var items = shown.Select(r => new StockLine(r.Drug.Id, r.Drug.Name, r.Drug.Unit, r.Drug.ReorderLevel, r.Usable, shelf[r.Drug.Id].Where(b => b.Expiry < today).Sum(b => b.Quantity), r.Drug.ArchivedAt is not null,
            [.. shelf[r.Drug.Id].Select(b => new BatchLine(b.Id, b.Number, b.Expiry, b.Quantity, b.Location, b.Expiry < today, b.Expiry <= soon))]));
        return new([.. items], rows.Count > query.Limit ? shown[^1].Drug.Folded : null, query.Filter, await low.CountAsync(ct), await none.CountAsync(ct), await expiring.CountAsync(ct));
    }
}

public sealed record MovementLine(Guid Id, DateTime At, StockKind Kind, int Quantity, string Batch, string Reason, string By, Guid? PrescriptionId);

public sealed record MovementPage(string Drug, IReadOnlyList<MovementLine> Items, string? Next);

/// <summary>How the stock of one drug moved, the newest first, read by key.</summary>
public sealed class MovementList(Tools tools) : ReadModel<MovementList.Query, MovementPage>(tools)
{
    public const string Action = "stock.movements";

    public sealed record Query
    {
        public Guid DrugId { get; init; }
        public Guid? After { get; init; }
        public int Limit { get; init; } = 50;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadStock);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, MovementPage result) => null;

    protected override async Task<MovementPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var drug = await db.Drugs.Where(d => d.Id == query.DrugId).Select(d => d.Name).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        var (batches, accounts) = (db.Batches, db.Set<Accounts.Contract.Account>());
        var found = db.StockMovements.AsNoTracking().Where(m => m.DrugId == query.DrugId);
        if (query.After is { } after) found = found.Where(m => m.Id < after);
        var rows = await found.OrderByDescending(m => m.Id).Take(query.Limit + 1).Select(m => new MovementLine(m.Id, m.At, m.Kind, m.Quantity,
            batches.Where(b => b.Id == m.BatchId).Select(b => b.Number).First(), m.Reason, accounts.Where(a => a.Id == m.By).Select(a => a.Name).FirstOrDefault() ?? "", m.PrescriptionId)).ToListAsync(ct);
        return new(drug, [.. rows.Take(query.Limit)], rows.Count > query.Limit ? rows[query.Limit - 1].Id.ToString() : null);
    }
}
