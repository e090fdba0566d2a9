using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Pharmacy;

public enum InteractionSeverity { Mild, Moderate, Severe }

/// <summary>By what one side of a rule names medicines.</summary>
public enum RuleSide { Drug, Ingredient, Class }

/// <summary>One line of the clinic's own list of interactions: these two are not taken together, or not without care.</summary>
public sealed class InteractionRule : IOwned, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public RuleSide ASide { get; set; }
    public string A { get; set; } = "";

    /// <summary>As it is compared; see <see cref="Terms.Key"/>. A class may also be the beginning of an ATC code.</summary>
    public string AKey { get; set; } = "";
    public RuleSide BSide { get; set; }
    public string B { get; set; } = "";
    public string BKey { get; set; } = "";
    public InteractionSeverity Severity { get; set; }

    /// <summary>What happens, and what to do.</summary>
    public string Text { get; set; } = "";
    public Guid Version { get; set; }

    /// <summary>Names both sides, the lesser first: a × b and b × a are one rule.</summary>
    public void Name(RuleSide aSide, string a, RuleSide bSide, string b)
    {
        var (one, two) = ((Side: aSide, Text: Kernel.Text.Clean(a), Key: Terms.Key(a)), (Side: bSide, Text: Kernel.Text.Clean(b), Key: Terms.Key(b)));
        if (string.CompareOrdinal($"{one.Key} {one.Side}", $"{two.Key} {two.Side}") > 0) (one, two) = (two, one);
        (ASide, A, AKey, BSide, B, BKey) = (one.Side, one.Text, one.Key, two.Side, two.Text, two.Key);
    }

    /// <summary>What makes it the same rule.</summary>
    public (RuleSide, string, RuleSide, string) Pair => (ASide, AKey, BSide, BKey);

    public bool Joins(MedicineTerms one, MedicineTerms other) => (one.Is(ASide, AKey) && other.Is(BSide, BKey)) || (one.Is(BSide, BKey) && other.Is(ASide, AKey));
}

public static class InteractionTables
{
    extension(SalusDb db)
    {
        public DbSet<InteractionRule> InteractionRules => db.Set<InteractionRule>();
    }
}

internal sealed class InteractionRuleTable : IEntityTypeConfiguration<InteractionRule>
{
    public void Configure(EntityTypeBuilder<InteractionRule> table)
    {
        table.ToTable("clinic_interaction_rules");
        table.Property(r => r.A).HasMaxLength(120);
        table.Property(r => r.AKey).HasMaxLength(360);
        table.Property(r => r.B).HasMaxLength(120);
        table.Property(r => r.BKey).HasMaxLength(360);
        table.Property(r => r.Text).HasMaxLength(500);
        table.Ignore(r => r.Pair);
        table.HasIndex(r => new { r.OrganisationId, r.AKey, r.ASide, r.BKey, r.BSide }).IsUnique();
        table.HasIndex(r => new { r.OrganisationId, r.BKey });
    }
}
