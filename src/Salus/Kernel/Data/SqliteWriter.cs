using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Salus.Kernel.Data;

/// <summary>
/// All writes of a SQLite file, one after the other on one connection, each under a savepoint, with a bounded group commit. A
/// disk flush costs milliseconds, a use case far less; so 16 callers cost one flush, and each is answered only after it.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private const int GroupSize = 64;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(15);
    private readonly SqliteDatabase database;
    private readonly Channel<Work> queue = Channel.CreateBounded<Work>(2000);
    private readonly Lazy<Task> loop;
    private readonly CancellationTokenSource stop = new();

    public SqliteWriter(SqliteDatabase database) => (this.database, loop) = (database, new(() => Task.Run(WriteLoop)));

    /// <summary>Runs the body in its turn and returns after the commit is durable.</summary>
    /// <exception cref="Refusal">503 <c>busy</c> when its turn does not come within the bounded wait.</exception>
    public async Task<T> Run<T>(Guid? organisationId, Func<SalusDb, Task<T>> body, CancellationToken ct)
    {
        _ = loop.Value;
        T? result = default;
        var work = new Work(organisationId, async db => result = await body(db), ct);
        if (!queue.Writer.TryWrite(work)) throw Refusal.Busy();
        var timeout = Task.Delay(Wait, CancellationToken.None);
        if (await Task.WhenAny(work.Done.Task, timeout) == timeout && work.Abandon()) throw Refusal.Busy();
        await work.Done.Task;
        return result!;
    }

    private async Task WriteLoop()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = database.Connection();
                await connection.OpenAsync();
                SqliteDatabase.Pragmas.Set(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;");
                var options = new DbContextOptionsBuilder<SqliteDb>().UseSqlite(connection).UseMemoryCache(database.Seal?.Models).AddInterceptors(SealedQueries.Instance).EnableThreadSafetyChecks(false).Options;
                await using var writing = new Writing(connection, () => new SqliteDb(options) { Provider = database });
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
            if (done.Any(work => work.ChangedStanding)) database.TellStandingChanged();
            foreach (var work in done) work.Done.TrySetResult();
        }
        catch (Exception error)
        {
            foreach (var work in done) work.Done.TrySetException(database.IsUnavailable(error) ? Refusal.Busy() : error);
            if (database.IsUnavailable(error)) throw;
        }
    }

    private async Task<bool> RunUnderSavepoint(Work work, SqliteTransaction transaction, Writing writing)
    {
        transaction.Save("work");
        try
        {
            var db = await writing.Begin(work.OrganisationId, transaction);
            await work.Body(db);
            work.ChangedStanding = db.StandingChanged;
            await writing.End();
            transaction.Release("work");
            return true;
        }
        catch (Exception error) when (!database.IsUnavailable(error))
        {
            await writing.Drop();
            transaction.Rollback("work");
            transaction.Release("work");
            work.Done.TrySetException(error);
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        if (loop.IsValueCreated) await Task.WhenAny(loop.Value, Task.Delay(3000));
        await stop.CancelAsync();
        stop.Dispose();
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
            db.StandingChanged = false;
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
        public bool ChangedStanding { get; set; }
        public bool Abandon() => Interlocked.CompareExchange(ref state, 2, 0) == 0;

        public bool Start()
        {
            if (ct.IsCancellationRequested && Abandon()) Done.TrySetCanceled(ct);
            return Interlocked.CompareExchange(ref state, 1, 0) == 0;
        }
    }
}
