using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Salus.Tests.Support;

/// <summary>Counts the statements that one server sends to its database about the clinic's rows, while something is done.</summary>
public sealed class Queries : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly List<IDisposable> subscriptions = [];
    private readonly ConcurrentQueue<string> seen = new();
    private readonly string database;

    private Queries(string database)
    {
        this.database = database;
        subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>How many statements named a table of the clinic.</summary>
    public static async Task<int> Of(RunningSalus salus, Func<Task<Answer>> act)
    {
        await using var db = salus.Database.Open();
        using var counter = new Queries(Name(Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.GetDbConnection(db.Database)));
        (await act()).Is(200);
        return counter.seen.Count(s => s.Contains("clinic_", StringComparison.Ordinal));
    }

    private static string Name(System.Data.Common.DbConnection connection) => connection.DataSource + "/" + connection.Database;

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.EntityFrameworkCore") lock (subscriptions) subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is CommandEventData data && value.Key == RelationalEventId.CommandExecuting.Name && data.Command.Connection is { } connection && Name(connection) == database) seen.Enqueue(data.Command.CommandText);
    }

    public void OnCompleted() { }
    public void OnError(Exception error) { }

    public void Dispose()
    {
        lock (subscriptions) foreach (var one in subscriptions) one.Dispose();
    }
}
