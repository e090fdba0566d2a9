using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Salus.Kernel.Audit;

namespace Salus.Kernel.Data;

/// <summary>The context whose migrations are SQLite's.</summary>
public sealed class SqliteDb(DbContextOptions<SqliteDb> options) : SalusDb(options);

/// <summary>
/// SQLite: readers have connections of their own (WAL); all writes run one after the other on one connection, each
/// under a savepoint, and share a bounded group commit. A disk flush costs milliseconds, a use case far less; so 16
/// callers cost one flush, and each is answered only after it.
/// </summary>
public sealed class SqliteDatabase : Database, IAsyncDisposable
{
    private const int GroupSize = 64;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(15);
    private readonly string path;
    private readonly ContextPool readers;
    private readonly Channel<Work> queue = Channel.CreateBounded<Work>(2000);
    private readonly Lazy<Task> writer;
    private readonly CancellationTokenSource stop = new();

    public SqliteDatabase(string path)
    {
        this.path = path;
        // A file that is away is an outage. Only Migrate makes one: an empty database in its place would look like a healthy clinic without patients.
        var options = new DbContextOptionsBuilder<SqliteDb>().UseSqlite(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, ForeignKeys = true, DefaultTimeout = 10, Pooling = false }.ToString())
            .EnableThreadSafetyChecks(false).AddInterceptors(Pragmas.Instance).Options;
        readers = new(() => OpenReader(options));
        writer = new(() => Task.Run(WriteLoop));
    }

    public override string Name => "SQLite";
    public override string SkipLocked => "";
    public override string AuditSettledBound => "SELECT COALESCE(MAX(\"Seq\"), 0) + 1 FROM kernel_audit_events";
    public override string AuditOrder => "Seq";
    public override object Id(Guid id) => id.ToString().ToUpperInvariant();

    /// <summary>Longer words through the trigram index; shorter ones, which it does not hold, by comparing.</summary>
    public override IQueryable<T> Search<T>(SalusDb db, string table, IReadOnlyList<string> words)
    {
        var match = string.Join(" AND ", words.Where(w => w.Length > 2).Select(w => $"\"{w}\""));
        var rows = match.Length == 0 ? db.Set<T>() : db.Set<T>()
            .FromSqlRaw($"SELECT * FROM {table} WHERE \"SearchKey\" IN (SELECT rowid FROM {table}_search WHERE {table}_search MATCH {{0}})", match);
        return words.Where(w => w.Length < 3).Aggregate(rows, (found, word) => { var pattern = Pattern(word); return found.Where(r => EF.Functions.Like(r.SearchText, pattern)); });
    }

    public override Task Migrate(CancellationToken ct = default)
    {
        using (File.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite)) { }
        return base.Migrate(ct);
    }

    public override SalusDb Open(Guid? organisationId = null)
    {
        // An open connection goes on reading a file that was moved away.
        if (!File.Exists(path)) readers.GiveUp();
        return readers.Rent(organisationId);
    }

    // The connection stays open as long as its context is used again: opening one sets pragmas and registers functions, which costs more than a small query.
    private SqliteDb OpenReader(DbContextOptions<SqliteDb> options)
    {
        var db = new SqliteDb(options) { Provider = this };
        try { db.Database.OpenConnection(); }
        catch { db.Dispose(); throw; }
        return db;
    }

    public override async Task<T> Write<T>(Guid? organisationId, Func<SalusDb, Task<T>> body, CancellationToken ct)
    {
        _ = writer.Value;
        T? result = default;
        var work = new Work(organisationId, async db => result = await body(db), ct);
        if (!queue.Writer.TryWrite(work)) throw Refusal.Busy();
        var timeout = Task.Delay(Wait, CancellationToken.None);
        if (await Task.WhenAny(work.Done.Task, timeout) == timeout && work.Abandon()) throw Refusal.Busy();
        await work.Done.Task;
        return result!;
    }

    private static readonly string AppendAuditSql = $"INSERT INTO kernel_audit_events ({AuditRows.Names}) VALUES ({string.Join(", ", AuditRows.Columns.Select(c => "@" + c))})";

    public override Task AppendAudit(IReadOnlyCollection<AuditEvent> rows) => Write(null, async db =>
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        (command.CommandText, command.Transaction) = (AppendAuditSql, db.Database.CurrentTransaction!.GetDbTransactionOf());
        foreach (var column in AuditRows.Columns) command.Add(column, null);
        foreach (var row in rows)
        {
            var values = AuditRows.Values(row);
            for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
            await command.ExecuteNonQueryAsync();
        }
        return rows.Count;
    }, CancellationToken.None);

    private async Task WriteLoop()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, ForeignKeys = true, DefaultTimeout = 10, Pooling = false }.ToString());
                await connection.OpenAsync();
                Pragmas.Set(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;");
                var options = new DbContextOptionsBuilder<SqliteDb>().UseSqlite(connection).EnableThreadSafetyChecks(false).Options;
                await using var writing = new Writing(connection, () => new SqliteDb(options) { Provider = this });
                while (await queue.Reader.WaitToReadAsync(stop.Token)) await Group(writing);
                return;
            }
            catch (OperationCanceledException) { return; }
            catch (SqliteException)
            {
                // The connection is gone or the file is away; whoever waited was told, the next group opens anew.
                while (queue.Reader.TryRead(out var left)) left.Done.TrySetException(Refusal.Busy());
                await Task.Delay(200);
            }
        }
    }

    private async Task Group(Writing writing)
    {
        var done = new List<Work>();
        try
        {
            await using var transaction = writing.Connection.BeginTransaction(deferred: false);
            for (var count = 0; count < GroupSize && queue.Reader.TryRead(out var work); count++)
            {
                if (!work.Start()) continue;
                done.Add(work);
                if (!await RunUnderSavepoint(work, transaction, writing)) done.Remove(work);
            }
            await transaction.CommitAsync();
            foreach (var work in done) work.Done.TrySetResult();
        }
        catch (Exception error)
        {
            foreach (var work in done) work.Done.TrySetException(IsUnavailable(error) ? Refusal.Busy() : error);
            if (IsUnavailable(error)) throw;
        }
    }

    private async Task<bool> RunUnderSavepoint(Work work, SqliteTransaction transaction, Writing writing)
    {
        transaction.Save("work");
        try
        {
            await work.Body(await writing.Begin(work.OrganisationId, transaction));
            await writing.End();
            transaction.Release("work");
            return true;
        }
        catch (Exception error) when (!IsUnavailable(error))
        {
            await writing.Drop();
            transaction.Rollback("work");
            transaction.Release("work");
            work.Done.TrySetException(error);
            return false;
        }
    }

    public override bool IsUniqueViolation(Exception error) => Find(error) is { SqliteExtendedErrorCode: 2067 or 1555 };

    public override bool IsUnavailable(Exception error)
    {
        // 5 busy, 6 locked, 8 read-only, 10 I/O, 11 corrupt, 13 full, 14 cannot open, 26 not a database
        if (Find(error) is not { SqliteErrorCode: 5 or 6 or 8 or 10 or 11 or 13 or 14 or 26 }) return false;
        readers.GiveUp();
        return true;
    }

    private static SqliteException? Find(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            if (error is SqliteException found) return found;
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        if (writer.IsValueCreated) await Task.WhenAny(writer.Value, Task.Delay(3000));
        await stop.CancelAsync();
        stop.Dispose();
        readers.GiveUp();
    }

    /// <summary>The writer's connection and the one context on it, used again for every piece of work that succeeds.</summary>
    private sealed class Writing(SqliteConnection connection, Func<SqliteDb> make) : IAsyncDisposable
    {
        private SqliteDb? db;
        public SqliteConnection Connection { get; } = connection;

        public async Task<SqliteDb> Begin(Guid? organisationId, SqliteTransaction transaction)
        {
            db ??= make();
            db.OrganisationId = organisationId ?? Guid.Empty;
            db.Database.AutoSavepointsEnabled = false;
            await db.Database.UseTransactionAsync(transaction);
            return db;
        }

        public async Task End()
        {
            await db!.Database.UseTransactionAsync(null);
            db.ChangeTracker.Clear();
        }

        public async Task Drop()
        {
            if (db is not null) await db.DisposeAsync();
            db = null;
        }

        public async ValueTask DisposeAsync() => await Drop();
    }

    private sealed class Work(Guid? organisationId, Func<SalusDb, Task> body, CancellationToken ct)
    {
        private int state; // 0 waiting, 1 started, 2 abandoned
        public Guid? OrganisationId { get; } = organisationId;
        public Func<SalusDb, Task> Body { get; } = body;
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public bool Abandon() => Interlocked.CompareExchange(ref state, 2, 0) == 0;

        public bool Start()
        {
            if (ct.IsCancellationRequested && Abandon()) Done.TrySetCanceled(ct);
            return Interlocked.CompareExchange(ref state, 1, 0) == 0;
        }
    }

    private sealed class Pragmas : DbConnectionInterceptor
    {
        public static Pragmas Instance { get; } = new();

        // The journal mode stays in the file; the others belong to a connection.
        public static void Set(System.Data.Common.DbConnection connection, string pragmas = "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;")
        {
            using var command = connection.CreateCommand();
            command.CommandText = pragmas;
            command.ExecuteNonQuery();
        }

        public override void ConnectionOpened(System.Data.Common.DbConnection connection, ConnectionEndEventData data) => Set(connection);

        public override Task ConnectionOpenedAsync(System.Data.Common.DbConnection connection, ConnectionEndEventData data, CancellationToken ct = default)
        {
            Set(connection);
            return Task.CompletedTask;
        }
    }
}
