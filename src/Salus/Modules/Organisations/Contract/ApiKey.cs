using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Organisations.Contract;

/// <summary>What a program of an organisation shows instead of a person's sign-in. It holds permissions, not roles, and always expires.</summary>
public sealed class ApiKey : IOwned, IStanding
{
    /// <summary>How the secret begins where it is presented: <c>Authorization: Bearer key_…</c></summary>
    public const string Prefix = "key_";

    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public string Name { get; set; } = "";

    /// <summary>Permission keys separated by single spaces.</summary>
    public string Permissions { get; set; } = "";
    public string SecretHash { get; set; } = "";
    public Guid? CreatedBy { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime ExpiresAt { get; set; }

    /// <summary>Exact to a few minutes: it is not written with every request.</summary>
    public DateTime? LastUsedAt { get; set; }
    public DateTime? RevokedAt { get; set; }

    public IReadOnlyList<string> List => Permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

public static class ApiKeyTables
{
    extension(SalusDb db)
    {
        public DbSet<ApiKey> ApiKeys => db.Set<ApiKey>();
    }
}

internal sealed class ApiKeyTable : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> table)
    {
        table.ToTable("organisations_api_keys");
        table.Property(k => k.Name).HasMaxLength(80);
        table.Property(k => k.Permissions).HasMaxLength(4000);
        table.Property(k => k.SecretHash).HasMaxLength(64);
        table.Ignore(k => k.List);
        table.HasIndex(k => k.SecretHash).IsUnique();
        table.HasIndex(k => new { k.OrganisationId, k.CreatedAt });
        table.HasOne<Organisation>().WithMany().HasForeignKey(k => k.OrganisationId).OnDelete(DeleteBehavior.Restrict);
    }
}
