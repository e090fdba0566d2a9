using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Salus.Kernel.Audit;

namespace Salus.Kernel.Data;

/// <summary>The context whose migrations are SQLite's.</summary>
public sealed class SqliteDb(DbContextOptions<SqliteDb> options) : SalusDb(options);

/// <summary>
/// SQLite: readers have connections of their own (WAL); all writes go through one <see cref="SqliteWriter"/>.
/// </summary>
public sealed class SqliteDatabase : Database, IAsyncDisposable
{
    private const int SQLITE_CONFIG_MEMSTATUS = 9;
    private readonly string path;
    private readonly ContextPool readers;
    private readonly SqliteWriter writer;

    static SqliteDatabase()
    {
        // SQLite counts its memory under one lock for all connections; nobody reads the count, and readers would wait for each other.
        SQLitePCL.Batteries_V2.Init();
        SQLitePCL.raw.sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    }

    public SqliteDatabase(string path, TextSeal? seal = null) : base(seal)
    {
        this.path = path;
        // A file that is away is an outage. Only Migrate makes one: an empty database in its place would look like a healthy clinic without patients.
        var options = new DbContextOptionsBuilder<SqliteDb>().UseSqlite(Address(path)).UseMemoryCache(seal?.Models).EnableThreadSafetyChecks(false).AddInterceptors(Pragmas.Instance, SealedQueries.Instance).Options;
        readers = new(() => OpenReader(options));
        writer = new(this);
    }

    public override string Name => "SQLite";
    public override string SkipLocked => "";
    protected override string BeginSnapshot => "BEGIN DEFERRED";
    public override string AuditSettledBound => "SELECT COALESCE(MAX(\"Seq\"), 0) + 1 FROM kernel_audit_events";
    public override string AuditOrder => "Seq";
    public override object Id(Guid id) => id.ToString().ToUpperInvariant();

    // SQLite believes the row counts of the last ANALYZE: a table that was tiny then is read as a whole for each row of another.
    public override string IndexedBy(string index) => $"INDEXED BY \"{index}\"";

    /// <summary>Longer words through the trigram index; shorter ones, which it does not hold, by comparing.</summary>
    public override (string Condition, object[] Values) Match(string table, IReadOnlyList<string> words, Func<int, string> mark)
    {
        var (conditions, values) = (new List<string>(), new List<object>());
        foreach (var word in words.Where(w => w.Length < 3))
        {
            conditions.Add($"{table}.\"SearchText\" LIKE {mark(values.Count)}");
            values.Add(Pattern(word));
        }
        var match = string.Join(" AND ", words.Where(w => w.Length > 2).Select(w => $"\"{w}\""));
        if (match.Length > 0)
        {
            conditions.Add($"{table}.\"SearchKey\" IN (SELECT rowid FROM {table}_search WHERE {table}_search MATCH {mark(values.Count)})");
            values.Add(match);
        }
        return (conditions.Count == 0 ? "TRUE" : string.Join(" AND ", conditions), [.. values]);
    }

    public override Task Migrate(CancellationToken ct = default)
    {
        // Closing a file gives up all locks that this process has on it, also those of open connections: another process would then take itself
        // for the last one and remove the journal that they write to. So nothing but SQLite itself ever opens a database that is there.
        if (!File.Exists(path)) using (File.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite)) { }
        return base.Migrate(ct);
    }

    // Every change adds a small segment to a text index, and a search looks into each: merged into one they cost half.
    public override async Task Tidy(CancellationToken ct)
    {
        await using var db = Open();
        var indexes = await db.Database.SqlQueryRaw<string>("SELECT name AS \"Value\" FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%'").ToListAsync(ct);
        foreach (var index in indexes)
            for (var pages = -500; await MergeStep(index, pages, ct); pages = 500) { }
        await Write(null, d => d.Database.ExecuteSqlRawAsync("PRAGMA optimize", ct), ct);
    }

    // The first step, with a negative number, gathers all segments; a step that changed fewer than two rows found nothing more to do.
    private Task<bool> MergeStep(string index, int pages, CancellationToken ct) => Write(null, async db =>
    {
        async Task<long> Changes() => (await db.Database.SqlQueryRaw<long>("SELECT total_changes() AS \"Value\"").ToListAsync(ct))[0];
        var before = await Changes();
        await db.Database.ExecuteSqlRawAsync($"INSERT INTO \"{index}\"(\"{index}\", rank) VALUES('merge', {{0}})", [pages], ct);
        return await Changes() - before >= 2;
    }, ct);

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

    public override Task<T> Write<T>(Guid? organisationId, Func<SalusDb, Task<T>> body, CancellationToken ct) => writer.Run(organisationId, body, ct);

    private static readonly string AppendAuditSql = $"INSERT INTO kernel_audit_events ({AuditRows.Names}) VALUES ({string.Join(", ", AuditRows.Columns.Select(c => "@" + c))})";

    private const string AppendSubjectsSql = "INSERT OR IGNORE INTO kernel_audit_subjects (\"SubjectId\", \"Seq\") SELECT value, last_insert_rowid() FROM json_each(@ids)";

    public override Task AppendAudit(IReadOnlyCollection<AuditEvent> rows) => Write(null, async db =>
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        (command.CommandText, command.Transaction) = (AppendAuditSql, db.Database.CurrentTransaction!.GetDbTransactionOf());
        foreach (var column in AuditRows.Columns) command.Add(column, null);
        await using var find = db.Database.GetDbConnection().CreateCommand();
        (find.CommandText, find.Transaction) = (AppendSubjectsSql, command.Transaction);
        find.Add("ids", null);
        foreach (var row in rows)
        {
            var values = AuditRows.Values(row);
            for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
            await command.ExecuteNonQueryAsync();
            if (row.Subjects.Length == 0) continue;
            find.Parameters[0].Value = JsonSerializer.Serialize(row.SubjectList().Select(Id));
            await find.ExecuteNonQueryAsync();
        }
        return rows.Count;
    }, CancellationToken.None);

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
        await writer.DisposeAsync();
        readers.GiveUp();
    }

    /// <summary>A connection to the file, which must be there.</summary>
    internal SqliteConnection Connection() => new(Address(path));

    private static string Address(string path) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, ForeignKeys = true, DefaultTimeout = 10, Pooling = false }.ToString();

    internal sealed class Pragmas : DbConnectionInterceptor
    {
        public static Pragmas Instance { get; } = new();

        // The journal mode stays in the file; the others belong to a connection.
        public static void Set(System.Data.Common.DbConnection connection, string pragmas = "PRAGMA temp_store=MEMORY;")
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
