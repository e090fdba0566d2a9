using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Pharmacy.Drugs;

/// <summary>A drug in a list.</summary>
public sealed record DrugLine(Guid Id, string Name, string Code, string Atc, string Class, IReadOnlyList<string> Ingredients, string Form, string Strength, string Unit, int ReorderLevel, bool IsArchived, Guid Version)
{
    public static DrugLine Of(Drug d) => new(d.Id, d.Name, d.Code, d.Atc, d.Class, d.IngredientList, d.Form, d.Strength, d.Unit, d.ReorderLevel, d.ArchivedAt is not null, d.Version);
}

public sealed record DrugPage(IReadOnlyList<DrugLine> Items, string? Next);

/// <summary>The clinic's drugs by fragments of name, code, class and ingredients; by name, read by key.</summary>
public sealed class DrugList(Tools tools) : ReadModel<DrugList.Query, DrugPage>(tools)
{
    public const string Action = "drug.list";

    public sealed record Query
    {
        [StringLength(100)]
        public string? Q { get; init; }

        /// <summary>Also those out of use.</summary>
        public bool All { get; init; }
        public string? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadStock);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, DrugPage result) => null;

    protected override async Task<DrugPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Q?.Length > 100) throw Refusal.Field("q", "This is too long.");
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var found = db.Drugs.AsNoTracking().Matching(query.Q);
        if (!query.All) found = found.Where(d => d.ArchivedAt == null);
        if (query.After is { Length: > 0 } after) found = found.Where(d => string.Compare(d.Folded, after) > 0);
        var rows = await found.OrderBy(d => d.Folded).Take(query.Limit + 1).ToListAsync(ct);
        return new([.. rows.Take(query.Limit).Select(DrugLine.Of)], rows.Count > query.Limit ? rows[query.Limit - 1].Folded : null);
    }
}

/// <summary>All drugs for a file.</summary>
public sealed class ExportDrugs(Tools tools) : ReadModel<ExportDrugs.Query, IReadOnlyList<DrugLine>>(tools)
{
    public const string Action = "drug.export";

    public sealed record Query;

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ManageStock);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, IReadOnlyList<DrugLine> result) => null;

    protected override async Task<IReadOnlyList<DrugLine>> Handle(SalusDb db, Query query, CancellationToken ct) =>
        [.. (await db.Drugs.AsNoTracking().Where(d => d.ArchivedAt == null).OrderBy(d => d.Folded).ToListAsync(ct)).Select(DrugLine.Of)];
}
