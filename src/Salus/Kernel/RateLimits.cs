using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Kernel;

/// <summary>So many in each of some windows, such as 5 in a minute and 20 in an hour.</summary>
public sealed record RateLimit(string Name, IReadOnlyList<(int Most, TimeSpan Window)> Windows)
{
    /// <summary>Reads a text such as <c>5/min 20/h</c>. Units: s, min, h, d, with a number before them if it is not one.</summary>
    /// <exception cref="FormatException">It is no such text.</exception>
    public static RateLimit Parse(string name, string text) =>
        new(name, [.. text.Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(part => Window(part) ?? throw new FormatException($"'{text}' is not a limit such as 5/min 20/h."))]);

    private static (int, TimeSpan)? Window(string part)
    {
        if (part.Split('/') is not [var most, var per] || !int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1) return null;
        var unit = per.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        var times = per.Length == unit.Length ? 1 : int.Parse(per[..^unit.Length], CultureInfo.InvariantCulture);
        TimeSpan? one = unit switch { "s" => TimeSpan.FromSeconds(1), "min" => TimeSpan.FromMinutes(1), "h" => TimeSpan.FromHours(1), "d" => TimeSpan.FromDays(1), _ => null };
        return one is null || times < 1 ? null : (number, one.Value * times);
    }
}

/// <summary>One use too many.</summary>
/// <param name="Wait">Until the next is allowed.</param>
/// <param name="IsFirst">It is the first too many in its window: worth a line in the log; those that follow are not.</param>
public sealed record Excess(TimeSpan Wait, bool IsFirst)
{
    public Refusal Refusal => new(429, "rate-limit", "Too many attempts. Try again in {0} minutes.", (int)Math.Ceiling(Wait.TotalMinutes)) { RetryAfter = Math.Max(1, (int)Math.Ceiling(Wait.TotalSeconds)) };
}

/// <summary>Counts uses in the database, so that a limit holds after a restart and on every node. A window begins with the first use in it.</summary>
public sealed class RateLimits(Database database, TimeProvider clock)
{
    /// <summary>How far the clocks of nodes may be apart.</summary>
    private static readonly TimeSpan ClocksAgree = TimeSpan.FromMinutes(1);

    /// <summary>Counts one use by a subject, such as an address.</summary>
    /// <exception cref="Refusal">429 <c>rate-limit</c> with the seconds until the next is allowed.</exception>
    public async Task Take(RateLimit limit, string subject)
    {
        if (await Count(limit, subject) is { } excess) throw excess.Refusal;
    }

    /// <summary>Counts one use; null when it was not one too many.</summary>
    public Task<Excess?> Count(RateLimit limit, string subject) => database.Write<Excess?>(null, async db =>
    {
        var now = new DateTimeOffset(clock.Now(), TimeSpan.Zero).ToUnixTimeMilliseconds();
        Excess? excess = null;
        foreach (var ((most, window), (count, start)) in limit.Windows.Zip(await Raise(db, limit, subject, now)))
        {
            if (count <= most) continue;
            // The window may have begun a moment after this use took its time.
            var left = window - TimeSpan.FromMilliseconds(Math.Max(0, now - start));
            excess = new(excess?.Wait > left ? excess.Wait : left, excess?.IsFirst == true || count == most + 1);
        }
        return excess;
    }, CancellationToken.None);

    /// <summary>Forgets the uses of a subject that has shown to be in the right, in the transaction of the context.</summary>
    public static Task Forget(SalusDb db, RateLimit limit, string subject)
    {
        var keys = limit.Windows.Select(w => Key(limit, w.Window, subject)).ToList();
        return db.Set<RateCount>().Where(c => keys.Contains(c.Key)).ExecuteDeleteAsync();
    }

    private static string Key(RateLimit limit, TimeSpan window, string subject) => $"{limit.Name}:{window.TotalSeconds.ToString(CultureInfo.InvariantCulture)}:{subject}";

    private static async Task<List<(long Count, long Start)>> Raise(SalusDb db, RateLimit limit, string subject, long now)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransactionOf();
        command.CommandText = db.Provider.Unhurried + string.Join(";\n", limit.Windows.Select((_, i) => $"""
            INSERT INTO kernel_rate_counts ("Key", "Start", "Count") VALUES (@key{i}, @now, 1)
            ON CONFLICT ("Key") DO UPDATE SET "Count" = CASE WHEN kernel_rate_counts."Start" BETWEEN @old{i} + 1 AND @ahead THEN kernel_rate_counts."Count" + 1 ELSE 1 END,
              "Start" = CASE WHEN kernel_rate_counts."Start" BETWEEN @old{i} + 1 AND @ahead THEN kernel_rate_counts."Start" ELSE @now END RETURNING "Count", "Start"
            """));
        command.Add("now", now);
        // A window that begins later was made while a clock was wrong; it would lock for as long as that clock was ahead.
        command.Add("ahead", now + (long)ClocksAgree.TotalMilliseconds);
        foreach (var (i, window) in limit.Windows.Index())
        {
            command.Add($"key{i}", Key(limit, window.Window, subject));
            command.Add($"old{i}", now - (long)window.Window.TotalMilliseconds);
        }
        var counts = new List<(long, long)>();
        await using var reader = await command.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync()) counts.Add((reader.GetInt64(0), reader.GetInt64(1)));
        } while (await reader.NextResultAsync());
        return counts;
    }

    /// <summary>The subject for an address. Of IPv6 the network counts: one household has as many addresses as it likes.</summary>
    public static string Address(string? ip)
    {
        if (!IPAddress.TryParse(ip, out var address)) return "ip:none";
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6) return $"ip:{address}";
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"ip:{new IPAddress(bytes)}/64";
    }
}

/// <summary>The uses of one subject in the present window.</summary>
public sealed class RateCount
{
    public string Key { get; set; } = "";

    /// <summary>When the window began, in milliseconds since 1970.</summary>
    public long Start { get; set; }
    public long Count { get; set; }
}

internal sealed class RateCountTable : IEntityTypeConfiguration<RateCount>
{
    public void Configure(EntityTypeBuilder<RateCount> table)
    {
        table.ToTable("kernel_rate_counts");
        table.HasKey(c => c.Key);
        table.Property(c => c.Key).HasMaxLength(160);
        table.HasIndex(c => c.Start);
    }
}
