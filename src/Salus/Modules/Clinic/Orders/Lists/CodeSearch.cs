using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Orders.Lists;

public sealed record CodeLine(string System, string Code, string Text);

public sealed record CodePage(IReadOnlyList<CodeLine> Items, string? Next);

/// <summary>Codes by the start of the code or by fragments of words in any order, without accents or case: what stands behind searching as one types. Codes that begin with what was typed come first; sorted by code, read by key.</summary>
public sealed class CodeSearch(Tools tools) : ReadModel<CodeSearch.Query, CodePage>(tools)
{
    public const string Action = "code.search";

    public sealed record Query
    {
        [StringLength(100)]
        public string Q { get; init; } = "";

        /// <summary>Empty: all that are loaded.</summary>
        public string? System { get; init; }
        public string? After { get; init; }
        public int Limit { get; init; } = 20;
    }

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadLists);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, CodePage result) => null;

    protected override async Task<CodePage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Q.Length > 100) throw Refusal.Field("q", "This is too long.");
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var words = Text.Fold(query.Q).Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Take(6).ToList();
        // Signs alone are looked for nowhere: they are not the same as nothing.
        if (words.Count == 0 && query.Q.Trim().Length > 0) return new([], null);
        var (condition, matched) = db.Provider.Match("clinic_codes", words, i => $"@w{i}");
        var prefix = Text.Clean(query.Q).ToUpperInvariant();
        var values = matched.Select((value, i) => ($"w{i}", (object?)value)).Append(("limit", query.Limit + 1))
            // Nothing but letters, digits and points begins a code; what else was typed begins none.
            .Append(("prefix", prefix.Length > 0 && prefix.All(c => char.IsAsciiLetterOrDigit(c) || c == '.') ? prefix + "%" : "-"));
        var (system, after) = ("", "");
        if (query.System is { Length: > 0 } one) (system, values) = ("AND \"System\" = @system", [.. values, ("system", one)]);
        if (Cursor(query.After) is { } cursor) (after, values) = ($"AND ({Rank}, \"Code\", \"System\") > (@rank, @code, @of)", [.. values, ("rank", cursor.Rank), ("code", cursor.Code), ("of", cursor.System)]);
        var rows = await db.ReadOwned($"""
            SELECT "System", "Code", "Text", {Rank} FROM clinic_codes
            WHERE "OrganisationId" = @organisation AND {condition} AND "ArchivedAt" IS NULL {system} {after} ORDER BY 4, "Code", "System" LIMIT @limit
            """, values, row => (Line: new CodeLine(row.GetString(0), row.GetString(1), row.GetString(2)), Rank: row.GetInt32(3)), ct);
        var more = rows.Count > query.Limit;
        return new([.. rows.Take(query.Limit).Select(r => r.Line)], more ? $"{rows[query.Limit - 1].Rank} {rows[query.Limit - 1].Line.System} {rows[query.Limit - 1].Line.Code}" : null);
    }

    private const string Rank = "CASE WHEN \"Code\" LIKE @prefix THEN 0 ELSE 1 END";

    private static (int Rank, string System, string Code)? Cursor(string? after)
    {
        if (string.IsNullOrEmpty(after)) return null;
        var parts = after.Split(' ', 3);
        return parts.Length == 3 && parts[0] is "0" or "1" ? (parts[0] == "0" ? 0 : 1, parts[1], parts[2]) : throw Refusal.Field("after", "This is not a place in this list.");
    }
}

/// <summary>How many codes of which classification are loaded.</summary>
public sealed class CodeSystems(Tools tools) : ReadModel<CodeSystems.Query, IReadOnlyDictionary<string, int>>(tools)
{
    public const string Action = "code.systems";

    public sealed record Query;

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ManageCodes);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, IReadOnlyDictionary<string, int> result) => null;

    protected override async Task<IReadOnlyDictionary<string, int>> Handle(SalusDb db, Query query, CancellationToken ct) =>
        await db.DiagnosisCodes.AsNoTracking().Where(c => c.ArchivedAt == null).GroupBy(c => c.System).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
}
