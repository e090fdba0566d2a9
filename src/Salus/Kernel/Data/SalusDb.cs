using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Salus.Kernel.Data;

/// <summary>A row of one organisation. The filter <see cref="SalusDb.OrganisationFilter"/> hides it from all others.</summary>
public interface IOwned
{
    Guid OrganisationId { get; set; }
}

/// <summary>A row that people change: the version travels as ETag and is compared on every update.</summary>
public interface IVersioned
{
    Guid Version { get; set; }
}

/// <summary>A row that the search box finds by fragments of words.</summary>
public interface ISearched
{
    /// <summary>Folded words, each with a space before it.</summary>
    string SearchText { get; }

    /// <summary>A number that stays with the row: SQLite's own row numbers change when the file is compacted, and its index must not point elsewhere then.</summary>
    long SearchKey { get; }
}

/// <summary>A row that decides who may do what. When one changes, what is remembered of anybody's standing is forgotten.</summary>
public interface IStanding;

/// <summary>
/// The one database context. It sees the rows of <see cref="OrganisationId"/> and of nobody else; without one it sees no
/// organisation's rows at all. Modules map their own tables with <see cref="IEntityTypeConfiguration{TEntity}"/>.
/// </summary>
public abstract class SalusDb(DbContextOptions options) : DbContext(options)
{
    public const string OrganisationFilter = "organisation";

    /// <summary>The organisation in reach; empty reaches none.</summary>
    public Guid OrganisationId { get; set; }

    /// <summary>What differs between the two databases.</summary>
    public Database Provider { get; set; } = null!;

    /// <summary>True once this context has saved a row that decides who may do what.</summary>
    internal bool StandingChanged { get; set; }

    private Func<SalusDb, bool>? takeBack;

    /// <summary>Until it is disposed the context is lent; then <paramref name="back"/> may keep it instead of ending it.</summary>
    internal void Lend(Func<SalusDb, bool> back) => takeBack = back;

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref takeBack, null)?.Invoke(this) == true) return;
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref takeBack, null)?.Invoke(this) == true) return ValueTask.CompletedTask;
        GC.SuppressFinalize(this);
        return base.DisposeAsync();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        builder.ApplyConfigurationsFromAssembly(typeof(SalusDb).Assembly);
        foreach (var entity in builder.Model.GetEntityTypes())
        {
            if (typeof(IVersioned).IsAssignableFrom(entity.ClrType)) entity.FindProperty(nameof(IVersioned.Version))!.IsConcurrencyToken = true;
            if (typeof(IOwned).IsAssignableFrom(entity.ClrType))
                typeof(SalusDb).GetMethod(nameof(FilterByOrganisation), BindingFlags.NonPublic | BindingFlags.Instance)!
                    .MakeGenericMethod(entity.ClrType).Invoke(this, [builder]);
        }
        SealedText.Apply(builder, Provider?.Seal);
    }

    private void FilterByOrganisation<T>(ModelBuilder builder) where T : class, IOwned =>
        builder.Entity<T>().HasQueryFilter(OrganisationFilter, row => row.OrganisationId == OrganisationId);

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        conventions.Properties<DateTime>().HaveConversion<UtcConverter>();
        conventions.Properties<Enum>().HaveConversion<string>().HaveMaxLength(20);
    }

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken ct = default)
    {
        foreach (var entry in ChangeTracker.Entries())
        {
            if (entry.Entity is IStanding && entry.State is not (EntityState.Unchanged or EntityState.Detached)) StandingChanged = true;
            if (entry.Entity is IOwned owned && entry.State is EntityState.Added or EntityState.Modified) Own(owned);
            // An act that answers with the new version has set it already.
            if (entry.Entity is IVersioned versioned && entry.State is EntityState.Added or EntityState.Modified && IsOld(entry, versioned)) versioned.Version = Guid.CreateVersion7();
        }
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, ct);
    }

    private static bool IsOld(Microsoft.EntityFrameworkCore.ChangeTracking.EntityEntry entry, IVersioned row) =>
        row.Version == Guid.Empty || (entry.State == EntityState.Modified && row.Version == (Guid)entry.Property(nameof(IVersioned.Version)).OriginalValue!);

    private void Own(IOwned row)
    {
        if (row.OrganisationId == Guid.Empty) row.OrganisationId = OrganisationId;
        if (row.OrganisationId != OrganisationId || OrganisationId == Guid.Empty)
            throw new InvalidOperationException($"A {row.GetType().Name} of another organisation must not be written here.");
    }

    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        v => v, v => DateTime.SpecifyKind(v, DateTimeKind.Utc));
}

/// <summary>Counters: one row per scope, raised by one statement that is the same text on both databases.</summary>
public sealed class Counter
{
    public Guid OrganisationId { get; set; }
    public string Scope { get; set; } = "";
    public long Value { get; set; }
}

/// <summary>The stored answer to a request that carried an Idempotency-Key.</summary>
public sealed class StoredAnswer
{
    public Guid ActorId { get; set; }
    public string Key { get; set; } = "";
    public string Action { get; set; } = "";
    public string RequestHash { get; set; } = "";
    public string Answer { get; set; } = "";
    public DateTime At { get; set; }
}
