using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Salus.Kernel.Data;

/// <summary>A table with columns whose texts are sealed.</summary>
/// <param name="HasId">Its rows have an id of their own, by which they can be looked through.</param>
public sealed record SealedTable(string Name, bool HasId, IReadOnlyList<SealedColumn> Columns);

/// <summary>Texts that stand encrypted in the database and in the clear in the program.</summary>
public static class SealedText
{
    private const string Annotation = "Salus:Sealed";

    /// <summary>
    /// The column keeps its texts encrypted (<see cref="TextSeal"/>). No statement can compare, search or sort by it, except whether it is empty. The length is what the command allows: the
    /// column itself has no limit, because what is encrypted is longer.
    /// </summary>
    public static PropertyBuilder<string> Sealed(this PropertyBuilder<string> property) => property.HasAnnotation(Annotation, true);

    /// <summary>The sealed columns of the tables that have any.</summary>
    public static IReadOnlyList<SealedTable> Of(IModel model) =>
        [.. model.GetEntityTypes().Select(e => new SealedTable(e.GetTableName() ?? "", e.FindPrimaryKey()?.Properties is [{ Name: "Id" }], [.. e.GetProperties().Select(p => p.GetValueConverter()).OfType<SealedConverter>().Select(c => c.Column)])).Where(t => t.Columns.Count > 0)];

    public static bool IsSealed(this IReadOnlyProperty property) => property.GetValueConverter() is SealedConverter;

    /// <summary>Last of all, when tables and columns have their names. What marks a property is taken away again: it is nothing that a migration should see.</summary>
    internal static void Apply(ModelBuilder builder, TextSeal? seal)
    {
        foreach (var entity in builder.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties().Where(p => p.FindAnnotation(Annotation) is not null).ToList())
            {
                property.RemoveAnnotation(Annotation);
                property.SetValueConverter(new SealedConverter(seal, new(entity.GetTableName()!, property.GetColumnName())));
            }
        }
    }
}

internal sealed class SealedConverter(TextSeal? seal, SealedColumn column) : ValueConverter<string, string>(plain => Needed(seal).Seal(plain, column), stored => Needed(seal).Open(stored, column))
{
    public SealedColumn Column { get; } = column;

    // What only asks for migrations or counts rows has no keys.
    private static TextSeal Needed(TextSeal? seal) => seal ?? throw new InvalidOperationException("This database was opened without keys.");
}
