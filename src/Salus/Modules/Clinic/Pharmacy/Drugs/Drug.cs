using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Pharmacy.Drugs;

/// <summary>One drug of the clinic's own list (FHIR Medication): what can be prescribed from it, checked by it and kept in stock.</summary>
public sealed class Drug : IOwned, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }

    /// <summary>As the clinic calls it, such as "Amoxicillin 500 mg capsules".</summary>
    public string Name { get; set; } = "";

    /// <summary>The name as it is compared: once only in a clinic.</summary>
    public string Folded { get; set; } = "";

    /// <summary>The clinic's own code; may be empty.</summary>
    public string Code { get; set; } = "";

    /// <summary>The code of the Anatomical Therapeutic Chemical classification, in capitals; may be empty.</summary>
    public string Atc { get; set; } = "";
    public string Class { get; set; } = "";

    /// <summary>Active ingredients, parted by semicolons.</summary>
    public string Ingredients { get; set; } = "";
    public string Form { get; set; } = "";
    public string Strength { get; set; } = "";

    /// <summary>What is counted in the stock, such as "capsule" or "bottle".</summary>
    public string Unit { get; set; } = "";

    /// <summary>With so many left it is time to order.</summary>
    public int ReorderLevel { get; set; }
    public DateTime? ArchivedAt { get; set; }

    /// <summary>When its stock last moved. Setting it holds the drug's row until the commit, so that its batches are taken from one after the other.</summary>
    public DateTime StockAt { get; set; }

    /// <summary>Name, code, class and ingredients in one text, each word with a space before it.</summary>
    public string SearchText { get; set; } = "";
    public Guid Version { get; set; }

    public IReadOnlyList<string> IngredientList => Split(Ingredients);

    public static string[] Split(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public void Index()
    {
        Folded = Text.Fold(Name);
        SearchText = $" {Folded} {Text.Fold(Code)} {Text.Fold(Atc)} {Text.Fold(Class)} {Text.Fold(Ingredients)}";
    }
}

public static class DrugTables
{
    extension(SalusDb db)
    {
        public DbSet<Drug> Drugs => db.Set<Drug>();
    }

    /// <summary>Those that have every word somewhere, by name.</summary>
    internal static IQueryable<Drug> Matching(this IQueryable<Drug> drugs, string? q)
    {
        foreach (var word in Text.Fold(q).Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Take(6))
        {
            var pattern = word.Length < 3 ? " " + word : word;
            drugs = drugs.Where(d => d.SearchText.Contains(pattern));
        }
        return drugs;
    }
}

internal sealed class DrugTable : IEntityTypeConfiguration<Drug>
{
    public void Configure(EntityTypeBuilder<Drug> table)
    {
        table.ToTable("clinic_drugs");
        table.Property(d => d.Name).HasMaxLength(160);
        table.Property(d => d.Folded).HasMaxLength(480);
        table.Property(d => d.Code).HasMaxLength(30);
        table.Property(d => d.Atc).HasMaxLength(10);
        table.Property(d => d.Class).HasMaxLength(120);
        table.Property(d => d.Ingredients).HasMaxLength(400);
        table.Property(d => d.Form).HasMaxLength(60);
        table.Property(d => d.Strength).HasMaxLength(60);
        table.Property(d => d.Unit).HasMaxLength(40);
        table.Property(d => d.SearchText).HasMaxLength(2400);
        table.Ignore(d => d.IngredientList);
        table.HasIndex(d => new { d.OrganisationId, d.Folded }).IsUnique();
        table.HasIndex(d => new { d.OrganisationId, d.Code }).IsUnique().HasFilter("\"Code\" <> ''");
    }
}
