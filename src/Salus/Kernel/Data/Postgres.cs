using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Salus.Kernel.Audit;

namespace Salus.Kernel.Data;

/// <summary>The context whose migrations are PostgreSQL's.</summary>
public sealed class PostgresDb(DbContextOptions<PostgresDb> options) : SalusDb(options);

/// <summary>PostgreSQL: a pool of connections, read committed, unique constraints and row counts decide races.</summary>
public sealed class PostgresDatabase : Database, IAsyncDisposable
{
    private const int Attempts = 4;
    private readonly DbContextOptions<PostgresDb> options;
    private readonly ContextPool contexts;

    public PostgresDatabase(string connectionString, TextSeal? seal = null) : base(seal)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        var text = builder.ConnectionStringBuilder;
        // Npgsql's own builder says that it contains every keyword it knows; what was written is asked of a plain one.
        var written = new DbConnectionStringBuilder { ConnectionString = connectionString };
        bool IsLeftOpen(string keyword) => !written.ContainsKey(keyword) && !written.ContainsKey(keyword.Replace(" ", "", StringComparison.Ordinal));
        if (IsLeftOpen("Timeout")) text.Timeout = 10;
        if (IsLeftOpen("Command Timeout")) text.CommandTimeout = 60;
        if (IsLeftOpen("Maximum Pool Size")) text.MaxPoolSize = 40;
        if (IsLeftOpen("Max Auto Prepare")) text.MaxAutoPrepare = 100;
        // Nothing here leaves a setting, a lock or a temporary table on a connection: the seven statements of a reset at each return are saved.
        if (IsLeftOpen("No Reset On Close")) text.NoResetOnClose = true;
        text.Options ??= "-c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000";
        Source = builder.Build();
        options = new DbContextOptionsBuilder<PostgresDb>().UseNpgsql(Source).UseMemoryCache(seal?.Models).AddInterceptors(SealedQueries.Instance).EnableThreadSafetyChecks(false).Options;
        contexts = new(() => new PostgresDb(options) { Provider = this });
    }

    public NpgsqlDataSource Source { get; }

    public override string Name => "PostgreSQL";
    protected override string BeginSnapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    public override string Unhurried => "SET LOCAL synchronous_commit = off;\n";
    public override string SkipLocked => "FOR UPDATE SKIP LOCKED";
    public override string AuditSettledBound => "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
    public override string AuditOrder => "Xact";

    public override (string Condition, object[] Values) Match(string table, IReadOnlyList<string> words, Func<int, string> mark) =>
        (words.Count == 0 ? "TRUE" : string.Join(" AND ", words.Select((_, i) => $"{table}.\"SearchText\" LIKE {mark(i)}")), [.. words.Select(Pattern)]);

    public override SalusDb Open(Guid? organisationId = null) => contexts.Rent(organisationId);

    public override async Task<T> Write<T>(Guid? organisationId, Func<SalusDb, Task<T>> body, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var db = Open(organisationId);
                db.Database.AutoSavepointsEnabled = false;
                await using var transaction = await db.Database.BeginTransactionAsync(ct);
                var result = await body(db);
                await transaction.CommitAsync(CancellationToken.None);
                if (db.StandingChanged) TellStandingChanged();
                return result;
            }
            catch (Exception error) when (attempt < Attempts && IsTransient(error)) { }
            catch (Exception error) when (IsUnavailable(error)) { throw Refusal.Busy(); }
        }
    }

    private static readonly string[] AuditTypes = ["uuid", "timestamptz", "uuid", "text", "uuid", "text", "text", "text", "uuid", "uuid", "text", "text", "text", "text", "text", "text", "uuid", "text"];

    private static readonly string AppendAuditSql = $"""
        WITH added AS (INSERT INTO kernel_audit_events ({AuditRows.Names}) SELECT * FROM unnest({string.Join(", ", AuditTypes.Select((type, i) => $"${i + 1}::{type}[]"))}) RETURNING "Seq", "Subjects")
        INSERT INTO kernel_audit_subjects ("SubjectId", "Seq") SELECT DISTINCT id::uuid, "Seq" FROM added, unnest(string_to_array("Subjects", ' ')) AS id
        """;

    /// <summary>One statement for any number of rows, and a transaction by itself.</summary>
    public override async Task AppendAudit(IReadOnlyCollection<AuditEvent> rows)
    {
        var values = rows.Select(AuditRows.Values).ToList();
        try
        {
            await using var command = Source.CreateCommand(AppendAuditSql);
            for (var i = 0; i < AuditTypes.Length; i++)
            {
                command.Parameters.Add(new NpgsqlParameter
                {
                    Value = AuditTypes[i] switch
                    {
                        "uuid" => values.Select(v => (Guid?)v[i]).ToArray(),
                        "timestamptz" => values.Select(v => (DateTime)v[i]!).ToArray(),
                        _ => values.Select(v => (string)v[i]!).ToArray(),
                    },
                });
            }
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception error) when (IsUnavailable(error)) { throw Refusal.Busy(); }
    }

    public override bool IsUniqueViolation(Exception error) => Find(error)?.SqlState == PostgresErrorCodes.UniqueViolation;

    public override bool IsUnavailable(Exception error) =>
        Find(error) is { } known
            ? known.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
                or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.InvalidCatalogName
            : Chain(error).Any(e => e is NpgsqlException or System.Net.Sockets.SocketException or TimeoutException);

    private static bool IsTransient(Exception error) =>
        Find(error)?.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    private static PostgresException? Find(Exception error) => Chain(error).OfType<PostgresException>().FirstOrDefault();

    private static IEnumerable<Exception> Chain(Exception? error)
    {
        for (; error is not null; error = error.InnerException) yield return error;
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
