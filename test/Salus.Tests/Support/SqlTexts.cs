using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Salus.Kernel.Data;

namespace Salus.Tests.Support;

/// <summary>EF's commands by the mark (<c>X-Count</c>) of the request in whose flow they run. Made before the server is started: a context that was used within the last second does not know yet that somebody listens.</summary>
public sealed class SqlTexts : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Statement>> seen = new();
    private readonly ConcurrentBag<IDisposable> subscriptions = [];
    private readonly HttpContextAccessor http = new();

    public SqlTexts() => subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    public sealed record Statement(string Text, IReadOnlyList<(string Name, object? Value)> Values)
    {
        /// <summary>How the database would run it, line by line.</summary>
        public async Task<IReadOnlyList<string>> Plan(SalusDb db)
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = (TestDatabase.IsPostgres ? "EXPLAIN " : "EXPLAIN QUERY PLAN ") + Text;
            foreach (var (name, value) in Values)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
                command.Parameters.Add(parameter);
            }
            var lines = new List<string>();
            await db.Database.OpenConnectionAsync();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) lines.Add(reader.GetString(TestDatabase.IsPostgres ? 0 : 3).Trim());
            return lines;
        }
    }

    public IReadOnlyList<Statement> Of(string mark) => seen.TryGetValue(mark, out var found) ? [.. found] : [];

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.EntityFrameworkCore") subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == "Microsoft.EntityFrameworkCore.Database.Command.CommandExecuting" && value.Value is CommandEventData { Command: { } command } && http.HttpContext?.Request.Headers["X-Count"].ToString() is { Length: > 0 } mark)
            seen.GetOrAdd(mark, _ => new()).Enqueue(new(command.CommandText, [.. command.Parameters.Cast<System.Data.Common.DbParameter>().Select(p => (p.ParameterName, p.Value))]));
    }

    public void OnCompleted() { }
    public void OnError(Exception error) { }

    public void Dispose()
    {
        foreach (var subscription in subscriptions) subscription.Dispose();
    }
}
