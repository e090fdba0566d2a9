using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Salus.Kernel.Data;

/// <summary>
/// What differs between SQLite and PostgreSQL, in one place: opening a context, one transaction for a write, error
/// numbers, and the few words of SQL that are not the same.
/// </summary>
public abstract class Database(TextSeal? seal)
{
    /// <summary>Opens and seals texts; null for what reads none, such as <c>salus check</c>.</summary>
    public TextSeal? Seal { get; } = seal;

    /// <summary>A context for reading, with the rows of one organisation in reach (or none).</summary>
    public abstract SalusDb Open(Guid? organisationId = null);

    /// <summary>
    /// Runs <paramref name="body"/> in one transaction on a context of its own and returns after the commit is durable.
    /// The body saves its own changes. It may run again on a fresh context when the database asks for a retry.
    /// </summary>
    /// <exception cref="Refusal">503 <c>busy</c> when the database cannot be reached or has no room within the bounded wait.</exception>
    public abstract Task<T> Write<T>(Guid? organisationId, Func<SalusDb, Task<T>> body, CancellationToken ct);

    /// <summary>After the commit of a change to who may do what, before its caller goes on.</summary>
    public event Action? StandingChanged;

    internal void TellStandingChanged() => StandingChanged?.Invoke();

    /// <summary>Appends audit rows that belong to no other transaction, durably, with as few statements as the database allows.</summary>
    public abstract Task AppendAudit(IReadOnlyCollection<Audit.AuditEvent> rows);

    /// <summary>True when the error says that a unique constraint was violated.</summary>
    public abstract bool IsUniqueViolation(Exception error);

    /// <summary>True when the error says that the database is away or overloaded: the caller is answered with 503.</summary>
    public abstract bool IsUnavailable(Exception error);

    /// <summary>Suffix of a subselect that picks a row to update: callers pass over rows that another transaction holds.</summary>
    public abstract string SkipLocked { get; }

    /// <summary>The order value up to which no transaction can still add audit rows; see <see cref="Audit.AuditSealer"/>.</summary>
    public abstract string AuditSettledBound { get; }

    /// <summary>The column of an audit row that <see cref="AuditSettledBound"/> is compared with.</summary>
    public abstract string AuditOrder { get; }

    /// <summary>
    /// The SQL condition that a row's <see cref="ISearched.SearchText"/> holds every word somewhere, words of one or two letters only
    /// at the start of a word; and the values of its parameters. No words: every row.
    /// </summary>
    /// <param name="table">The table's name, which is also its name in the statement.</param>
    /// <param name="words">Folded words: letters and digits only.</param>
    /// <param name="mark">The mark of a parameter by its place.</param>
    public abstract (string Condition, object[] Values) Match(string table, IReadOnlyList<string> words, Func<int, string> mark);

    /// <summary>Follows a table in a statement that must go through this index, whatever the database believes of the table's size. PostgreSQL needs no such word: it looks how large a table is.</summary>
    public virtual string IndexedBy(string index) => "";

    /// <summary>
    /// Begins the statements of a transaction whose commit need not wait for the disk, such as the count of a limit: the program may be killed, but
    /// with the power half a second of it may be lost. SQLite has one journal for all and knows no such thing.
    /// </summary>
    public virtual string Unhurried => "";

    protected static string Pattern(string word) => word.Length < 3 ? $"% {word}%" : $"%{word}%";

    /// <summary>The statement that begins a transaction which only reads, and sees one moment whatever is committed meanwhile.</summary>
    protected abstract string BeginSnapshot { get; }

    /// <summary>Reads several things as they stood in one moment.</summary>
    public async Task<T> ReadSnapshot<T>(Func<SalusDb, Task<T>> read, CancellationToken ct)
    {
        await using var db = Open();
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            await db.Database.ExecuteSqlRawAsync(BeginSnapshot, ct);
            try { return await read(db); }
            finally { await db.Database.ExecuteSqlRawAsync("COMMIT", CancellationToken.None); }
        }
        finally { await db.Database.CloseConnectionAsync(); }
    }

    /// <summary>For people: "SQLite" or "PostgreSQL".</summary>
    public abstract string Name { get; }

    public virtual async Task Migrate(CancellationToken ct = default)
    {
        await using var db = Open();
        // MigrateAsync first compares the whole model with its snapshot, a tenth of what a start costs. That the two are equal is tested (eng/migration check).
        if ((await db.Database.GetPendingMigrationsAsync(ct)).Any()) await db.Database.MigrateAsync(ct);
    }

    /// <summary>Keeps indexes quick, once an hour, in small steps between other writes. PostgreSQL does it by itself.</summary>
    public virtual Task Tidy(CancellationToken ct) => Task.CompletedTask;

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Delegate> compiled = new();

    /// <summary>A query compiled once for this database, for the paths that every request takes.</summary>
    public T Compiled<T>(string name, Func<T> compile) where T : Delegate => (T)compiled.GetOrAdd(name, static (_, make) => make(), compile);

    /// <summary>Raises a counter by one and returns the new value; the first value is <paramref name="first"/>.</summary>
    public static async Task<long> Next(SalusDb db, string scope, long first, CancellationToken ct)
    {
        var connection = db.Database.GetDbConnection();
        await using var command = connection.CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransactionOf();
        command.CommandText = """
            INSERT INTO kernel_counters ("OrganisationId", "Scope", "Value") VALUES (@organisation, @scope, @first)
            ON CONFLICT ("OrganisationId", "Scope") DO UPDATE SET "Value" = kernel_counters."Value" + 1 RETURNING "Value"
            """;
        command.Add("organisation", db.Provider.Id(db.OrganisationId));
        command.Add("scope", scope);
        command.Add("first", first);
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A Guid as a parameter value of this database (SQLite keeps text).</summary>
    public virtual object Id(Guid id) => id;
}

public static class DbCommandExtensions
{
    public static void Add(this DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
    }

    public static DbTransaction GetDbTransactionOf(this Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction) =>
        Microsoft.EntityFrameworkCore.Storage.DbContextTransactionExtensions.GetDbTransaction(transaction);
}
