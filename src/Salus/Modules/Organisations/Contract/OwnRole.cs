using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Organisations.Contract;

/// <summary>A role that an organisation defines for itself.</summary>
public sealed partial class OwnRole : IOwned, IVersioned, IStanding
{
    public const int Most = 50;

    // Ten keys with spaces between must fit where memberships and the log keep them.
    private const int MostWord = 15;

    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }

    /// <summary>Such as <c>own.night-desk</c>; stays when the title changes, because memberships and the log name it.</summary>
    public string Key { get; set; } = "";
    public string Title { get; set; } = "";

    /// <summary>Permission keys separated by single spaces.</summary>
    public string Permissions { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public Guid Version { get; set; }

    public IReadOnlyList<string> List => Permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A key that tells the title and is not among the taken ones.</summary>
    public static string KeyFor(string title, IReadOnlyCollection<string> taken)
    {
        var word = NoLetters().Replace(Text.Fold(title), "-").Trim('-');
        for (var number = 1; ; number++)
        {
            var end = number == 1 && word.Length > 0 ? "" : number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            var key = Role.OwnPrefix + word[..Math.Min(word.Length, MostWord - end.Length)].Trim('-') + end;
            if (!taken.Contains(key)) return key;
        }
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoLetters();
}

public static class OwnRoleTables
{
    extension(SalusDb db)
    {
        public DbSet<OwnRole> OwnRoles => db.Set<OwnRole>();
    }
}

internal sealed class OwnRoleTable : IEntityTypeConfiguration<OwnRole>
{
    public void Configure(EntityTypeBuilder<OwnRole> table)
    {
        table.ToTable("organisations_roles");
        table.Property(r => r.Key).HasMaxLength(20);
        table.Property(r => r.Title).HasMaxLength(80);
        table.Property(r => r.Permissions).HasMaxLength(4000);
        table.Ignore(r => r.List);
        table.HasIndex(r => new { r.OrganisationId, r.Key }).IsUnique();
        table.HasOne<Organisation>().WithMany().HasForeignKey(r => r.OrganisationId).OnDelete(DeleteBehavior.Restrict);
    }
}
