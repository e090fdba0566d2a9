using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Tests.Sealed;

/// <summary>Each text column of the clinic's tables is sealed, or says here why it is not.</summary>
public sealed class ColumnTests(SalusServer server)
{
    [Fact]
    public async Task every_text_column_of_the_clinic_is_sealed_or_has_a_reason_not_to_be()
    {
        await using var db = server.Salus.Database.Open();
        var columns = db.Model.GetEntityTypes().Where(e => e.ClrType.Namespace!.StartsWith("Salus.Modules.Clinic", StringComparison.Ordinal))
            .SelectMany(e => e.GetProperties().Where(p => p.ClrType == typeof(string)).Select(p => (Name: $"{e.ClrType.Name}.{p.Name}", IsSealed: p.IsSealed()))).ToList();
        Assert.True(columns.Count > 100, $"{columns.Count} columns");
        Assert.Empty(columns.Where(c => c.IsSealed && Plain.ContainsKey(c.Name)));
        var undecided = columns.Where(c => !c.IsSealed && !Plain.ContainsKey(c.Name)).Select(c => c.Name).Order(StringComparer.Ordinal).ToList();
        Assert.True(undecided.Count == 0, "Seal it (.Sealed() in its table), or say in Plain why not:\n" + string.Join('\n', undecided));
        Assert.Empty(Plain.Keys.Except(columns.Select(c => c.Name)));
        Assert.True(typeof(Note).Namespace!.Length > 0);
    }

    private static readonly Dictionary<string, string> Plain = new();
}
