using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Salus.Kernel.Data;

namespace Salus.Tests.Support;

/// <summary>The texts of EF's commands by the mark (<c>X-Count</c>) of the request in whose flow they run. For a server of one's own: contexts that were used within the last second do not know yet that somebody listens.</summary>
public sealed partial class SqlTexts : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> texts = new();
    private readonly ConcurrentBag<IDisposable> subscriptions = [];
    private readonly HttpContextAccessor http = new();

    public SqlTexts() => subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    public IReadOnlyList<string> Of(string mark) => texts.TryGetValue(mark, out var found) ? [.. found] : [];

    /// <summary>How SQLite would run a statement, line by line.</summary>
    public async Task<IReadOnlyList<string>> Plan(SalusDb db, string text)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + text;
        foreach (var name in Names().Matches(text).Select(m => m.Value).Distinct())
        {
            var value = command.CreateParameter();
            (value.ParameterName, value.Value) = (name, DBNull.Value);
            command.Parameters.Add(value);
        }
        var lines = new List<string>();
        await db.Database.OpenConnectionAsync();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) lines.Add(reader.GetString(3));
        return lines;
    }

    [GeneratedRegex("@[A-Za-z_0-9]+")]
    private static partial Regex Names();

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.EntityFrameworkCore") subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == "Microsoft.EntityFrameworkCore.Database.Command.CommandExecuting" && value.Value is CommandEventData command && http.HttpContext?.Request.Headers["X-Count"].ToString() is { Length: > 0 } mark)
            texts.GetOrAdd(mark, _ => new()).Enqueue(command.Command.CommandText);
    }

    public void OnCompleted() { }
    public void OnError(Exception error) { }

    public void Dispose()
    {
        foreach (var subscription in subscriptions) subscription.Dispose();
    }
}
