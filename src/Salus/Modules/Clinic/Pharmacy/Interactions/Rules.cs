using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Pharmacy.Drugs;

namespace Salus.Modules.Clinic.Pharmacy.Interactions;

/// <summary>A rule as it is typed or loaded.</summary>
public record RuleForm
{
    [EnumDataType(typeof(RuleSide), ErrorMessage = "Choose one of the list.")]
    public RuleSide ASide { get; init; }

    [Required(ErrorMessage = "Please fill this in."), StringLength(120, ErrorMessage = "This is too long.")]
    public string A { get; init; } = "";

    [EnumDataType(typeof(RuleSide), ErrorMessage = "Choose one of the list.")]
    public RuleSide BSide { get; init; }

    [Required(ErrorMessage = "Please fill this in."), StringLength(120, ErrorMessage = "This is too long.")]
    public string B { get; init; } = "";

    [EnumDataType(typeof(InteractionSeverity), ErrorMessage = "Choose one of the list.")]
    public InteractionSeverity Severity { get; init; }

    [StringLength(500, ErrorMessage = "This is too long.")]
    public string? Text { get; init; }

    /// <summary>The field that names nothing; null: both sides name something, and not the same.</summary>
    public string? Wrong => Terms.Key(A).Length == 0 ? "a" : Terms.Key(B).Length == 0 || (ASide == BSide && Terms.Key(A) == Terms.Key(B)) ? "b" : null;

    /// <summary>Writes it to the rule; true when anything is different now.</summary>
    public bool WriteTo(InteractionRule rule)
    {
        var before = (rule.A, rule.B, rule.Pair, rule.Severity, rule.Text);
        rule.Name(ASide, A, BSide, B);
        (rule.Severity, rule.Text) = (Severity, Kernel.Text.Clean(Text));
        return before != (rule.A, rule.B, rule.Pair, rule.Severity, rule.Text);
    }
}

/// <summary>Adds a rule of interaction or changes one.</summary>
public sealed class SaveRule(Tools tools) : UseCase<SaveRule.Command, Guid>(tools)
{
    public const string Action = "interaction.save";

    public sealed record Command : RuleForm
    {
        /// <summary>Empty: a new rule.</summary>
        public Guid? Id { get; init; }
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageStock);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        InteractionRule rule;
        if (command.Id is { } id) rule = await Db.InteractionRules.FirstOrDefaultAsync(r => r.Id == id, ct) ?? throw Refusal.NotFound();
        else Db.Add(rule = new InteractionRule());
        if (command.Version is { } seen && command.Id is not null && seen != rule.Version) throw Refusal.Stale();
        if (command.Wrong is { } field) throw Refusal.Field(field, "Name two different things.");
        command.WriteTo(rule);
        if (await Db.InteractionRules.AnyAsync(r => r.Id != rule.Id && r.AKey == rule.AKey && r.ASide == rule.ASide && r.BKey == rule.BKey && r.BSide == rule.BSide, ct)) throw Taken();
        Subject("interaction-rule", rule.Id, rule.Severity.ToString());
        return rule.Id;
    }

    protected override Refusal Taken() => new(409, "interaction.exists", "There is already a rule for these two.");
}

/// <summary>Takes a rule away; what it found before stays with the prescriptions.</summary>
public sealed class RemoveRule(Tools tools) : UseCase<RemoveRule.Command, Guid>(tools)
{
    public const string Action = "interaction.remove";

    public sealed record Command { public Guid RuleId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageStock);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var rule = await Db.InteractionRules.FirstOrDefaultAsync(r => r.Id == command.RuleId, ct) ?? throw Refusal.NotFound();
        Db.Remove(rule);
        Subject("interaction-rule", rule.Id);
        return rule.Id;
    }
}

/// <summary>A rule in the list.</summary>
/// <param name="AMatches">How many drugs of the clinic's list its first side names; none: the rule can never warn. Null where nobody asked, as for a file.</param>
public sealed record RuleLine(Guid Id, RuleSide ASide, string A, RuleSide BSide, string B, InteractionSeverity Severity, string Text, int? AMatches, int? BMatches, Guid Version)
{
    public bool IsIdle => AMatches == 0 || BMatches == 0;
}

public sealed record RulePage(IReadOnlyList<RuleLine> Items, string? Next);

/// <summary>The clinic's rules of interaction, by what they name, read by key.</summary>
public sealed class RuleList(Tools tools) : ReadModel<RuleList.Query, RulePage>(tools)
{
    public const string Action = "interaction.list";

    public sealed record Query
    {
        [StringLength(100)]
        public string? Q { get; init; }
        public Guid? After { get; init; }

        /// <summary>Null: all, for a file.</summary>
        public int? Limit { get; init; } = 50;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadStock);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, RulePage result) => null;

    protected override async Task<RulePage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Q?.Length > 100) throw Refusal.Field("q", "This is too long.");
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var found = db.InteractionRules.AsNoTracking();
        if (Terms.Key(query.Q) is { Length: > 0 } words) found = found.Where(r => r.AKey.Contains(words) || r.BKey.Contains(words));
        if (query.After is { } after) found = found.Where(r => r.Id > after);
        var sorted = found.OrderBy(r => r.Id);
        var rows = await (query.Limit is { } limit ? sorted.Take(limit + 1) : sorted).ToListAsync(ct);
        var shown = query.Limit is { } most ? rows.Take(most).ToList() : rows;
        var matches = query.Limit is null ? null : await Matches(db, shown, ct);
        return new([.. shown.Select(r => new RuleLine(r.Id, r.ASide, r.A, r.BSide, r.B, r.Severity, r.Text, matches?[(r.ASide, r.AKey)], matches?[(r.BSide, r.BKey)], r.Version))],
            rows.Count > shown.Count ? shown[^1].Id.ToString() : null);
    }

    /// <summary>How many drugs each side of some rules names: the clinic's list is gone through once, whatever the number of rules, and of a drug nothing is read but what it is compared by.</summary>
    private static async Task<Dictionary<(RuleSide Side, string Key), int>> Matches(SalusDb db, List<InteractionRule> rules, CancellationToken ct)
    {
        var counts = new Dictionary<(RuleSide Side, string Key), int>();
        foreach (var rule in rules) counts[(rule.ASide, rule.AKey)] = counts[(rule.BSide, rule.BKey)] = 0;
        if (counts.Count == 0) return counts;
        var drugs = db.Drugs.AsNoTracking().Where(d => d.ArchivedAt == null).Select(d => new Drug { Name = d.Name, Ingredients = d.Ingredients, Class = d.Class, Atc = d.Atc });
        await foreach (var drug in drugs.AsAsyncEnumerable().WithCancellation(ct))
        {
            var terms = MedicineTerms.Of(drug);
            foreach (var side in Enum.GetValues<RuleSide>())
                foreach (var key in terms.Side(side))
                    if (counts.TryGetValue((side, key), out var known)) counts[(side, key)] = known + 1;
        }
        return counts;
    }
}
