using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace Salus.Kernel.Data;

/// <summary>
/// At the start it seals what stands in sealed columns and was written before they were, a part at a time and going on where it was interrupted. Each minute it looks
/// whether the keys that texts are sealed with are all in the folder.
/// </summary>
public sealed class TextCare(Database database, KeyRing ring, TextSeal seal, TimeProvider clock, ILogger<TextCare> log) : BackgroundService, IHealthSource
{
    public const string Name = "texts", KeyMissing = "key-missing", Damaged = "damaged";
    private const string Used = "text-key ", Swept = "sealed ";
    private const int Part = 200;

    /// <summary>Rows are looked at in the order of their ids, which begin with the time they were made at: a transaction that is open now may still add one that is older than the last.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromDays(1);
    private string registered = "";

    public IReadOnlyList<HealthPart> Latest { get; private set; } = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isSwept = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Register(stoppingToken);
                await Look(stoppingToken);
                if (!isSwept) await Sweep(stoppingToken);
                isSwept = true;
                await Task.Delay(TimeSpan.FromMinutes(1), stoppingToken);
            }
            catch (OperationCanceledException) { return; }
            catch (Exception error)
            {
                log.LogWarning("Sealing of older texts waits: {Reason}", error.GetType().Name);
                await Task.Delay(TimeSpan.FromMinutes(1), CancellationToken.None);
            }
        }
    }

    public async Task<IReadOnlyList<HealthPart>> Look(CancellationToken ct)
    {
        try
        {
            await using var db = database.Open();
            var lost = await Lost(db, ring.Folder, ct);
            return Latest = [lost.Count > 0 ? new(Name, HealthPart.Degraded, KeyMissing) : seal.Damaged > 0 ? new(Name, HealthPart.Degraded, Damaged) : new(Name, HealthPart.Ok)];
        }
        catch (Exception error) when (database.IsUnavailable(error)) { return Latest; }
    }

    /// <summary>The keys that texts of this database were sealed with and that are not in the folder.</summary>
    public static async Task<IReadOnlyList<string>> Lost(SalusDb db, string folder, CancellationToken ct)
    {
        var used = await db.Set<Counter>().AsNoTracking().Where(c => c.OrganisationId == Guid.Empty && c.Scope.StartsWith(Used)).Select(c => c.Scope).ToListAsync(ct);
        IReadOnlyList<RingKey> there;
        try { there = KeyRing.Read(folder); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException) { there = []; }
        return [.. used.Select(s => s[Used.Length..]).Except(there.Select(k => k.Id))];
    }

    /// <summary>Writes down with which key texts are sealed from now on: so that it is missed when it is lost, before anybody reads.</summary>
    public async Task Register(CancellationToken ct)
    {
        var id = ring.Newest.Id;
        if (registered == id) return;
        await using (var db = database.Open())
            if (!await db.Set<Counter>().AnyAsync(c => c.OrganisationId == Guid.Empty && c.Scope == Used + id, ct)) await Mark(Used + id, Milliseconds(clock.Now()), ct);
        registered = id;
    }

    /// <summary>Seals what is not; returns how many texts.</summary>
    public async Task<int> Sweep(CancellationToken ct)
    {
        List<SealedTable> tables;
        await using (var db = database.Open()) tables = [.. SealedText.Of(db.Model).Where(t => t.HasId)];
        var all = 0;
        foreach (var table in tables)
        {
            var count = await Sweep(table, ct);
            if (count > 0) log.LogInformation("{Count} texts of {Table} that were written before are sealed now", count, table.Name);
            all += count;
        }
        return all;
    }

    private async Task<int> Sweep(SealedTable table, CancellationToken ct)
    {
        // Another column, sealed by a later version, begins from the first row again.
        var scope = $"{Swept}{table.Name} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', table.Columns.Select(c => c.Column)))))[..8]}";
        long done;
        await using (var db = database.Open()) done = await db.Set<Counter>().Where(c => c.OrganisationId == Guid.Empty && c.Scope == scope).Select(c => c.Value).FirstOrDefaultAsync(ct);
        var (count, from) = (0, done > 0 ? IdAt(done - (long)Overlap.TotalMilliseconds) : Guid.Empty);
        while (true)
        {
            var (ids, plain) = await ReadPart(table, from, ct);
            if (plain.Count > 0) count += await database.Write(null, db => Replace(db, table, plain, ct), ct);
            if (ids.Count > 0) from = ids[^1];
            var now = Math.Min(MillisecondsOf(from), Milliseconds(clock.Now()));
            if (ids.Count > 0 && now > done && (plain.Count > 0 || ids.Count < Part)) await Mark(scope, done = now, ct);
            if (ids.Count < Part) return count;
        }
    }

    private sealed record PlainText(Guid Id, SealedColumn Column, string Text);

    /// <summary>The next rows' ids, and of their texts those that are not sealed: the others do not leave the database.</summary>
    private async Task<(IReadOnlyList<Guid> Ids, IReadOnlyList<PlainText> Plain)> ReadPart(SealedTable table, Guid after, CancellationToken ct)
    {
        await using var db = database.Open();
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"""
                SELECT "Id", {string.Join(", ", table.Columns.Select(c => $"CASE WHEN \"{c.Column}\" <> '' AND substr(\"{c.Column}\", 1, 1) <> @mark THEN \"{c.Column}\" END"))}
                FROM (SELECT "Id", {string.Join(", ", table.Columns.Select(c => $"\"{c.Column}\""))} FROM {table.Name} WHERE "Id" > @after ORDER BY "Id" LIMIT {Part}) AS part ORDER BY "Id"
                """;
            command.Add("mark", TextSeal.Mark.ToString());
            command.Add("after", database.Id(after));
            var (ids, plain) = (new List<Guid>(Part), new List<PlainText>());
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                ids.Add(reader.GetGuid(0));
                for (var i = 0; i < table.Columns.Count; i++)
                    if (!reader.IsDBNull(i + 1)) plain.Add(new(ids[^1], table.Columns[i], reader.GetString(i + 1)));
            }
            return (ids, plain);
        }
        finally { await db.Database.CloseConnectionAsync(); }
    }

    // Somebody may have written the row since: then it is sealed already, and its text is another. The row's version stays: what it says is the same.
    private async Task<int> Replace(SalusDb db, SealedTable table, IReadOnlyList<PlainText> texts, CancellationToken ct)
    {
        var count = 0;
        foreach (var text in texts)
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.Transaction = db.Database.CurrentTransaction!.GetDbTransactionOf();
            command.CommandText = $"UPDATE {table.Name} SET \"{text.Column.Column}\" = @sealed WHERE \"Id\" = @id AND \"{text.Column.Column}\" = @plain";
            command.Add("sealed", seal.Seal(text.Text, text.Column));
            command.Add("id", database.Id(text.Id));
            command.Add("plain", text.Text);
            count += await command.ExecuteNonQueryAsync(ct);
        }
        return count;
    }

    private Task<int> Mark(string scope, long value, CancellationToken ct) => database.Write(null, db => db.Database.ExecuteSqlRawAsync("""
        INSERT INTO kernel_counters ("OrganisationId", "Scope", "Value") VALUES ({0}, {1}, {2}) ON CONFLICT ("OrganisationId", "Scope") DO UPDATE SET "Value" = {2}
        """, [Guid.Empty, scope, value], ct), ct);

    private static long Milliseconds(DateTime at) => new DateTimeOffset(at, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static long MillisecondsOf(Guid id) => (long)(BinaryPrimitives.ReadUInt64BigEndian(id.ToByteArray(bigEndian: true)) >> 16);

    private static Guid IdAt(long milliseconds)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)Math.Max(0, milliseconds) << 16);
        return new(bytes, bigEndian: true);
    }
}
