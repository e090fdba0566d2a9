using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Salus.Bench;

public sealed record Planted(Guid Id, string Number, string Phone, string SearchName);

/// <summary>The database of the measured program, opened from outside: to plant rows, to look at them, and to send the same SQL raw.</summary>
public sealed class Clinic(string? sqlite, NpgsqlDataSource? postgres)
{
    public const string Slug = "bench";
    private readonly Random random = new(7);

    public bool IsSqlite => sqlite is not null;
    public Guid Organisation { get; } = Guid.CreateVersion7();

    /// <summary>A second organisation with queues of its own, for the raw statements: the tokens of one do not disturb the count of the other.</summary>
    public Guid RawOrganisation { get; } = Guid.CreateVersion7();
    public Guid Account { get; private set; }
    public Guid[] Queues { get; } = [.. Enumerable.Range(0, 3).Select(_ => Guid.CreateVersion7())];
    public Guid[] RawQueues { get; } = [.. Enumerable.Range(0, 3).Select(_ => Guid.CreateVersion7())];
    public List<Planted> Patients { get; } = [];
    public static DateOnly Today => DateOnly.FromDateTime(DateTime.UtcNow);

    public DbConnection Open()
    {
        if (postgres is not null) return postgres.OpenConnection();
        var connection = new SqliteConnection($"Data Source={sqlite};Foreign Keys=True;Default Timeout=30;Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA synchronous=FULL; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;");
        return connection;
    }

    /// <summary>Values as the program stores them in this database.</summary>
    public object Of(Guid id) => IsSqlite ? id.ToString().ToUpperInvariant() : id;
    public object Of(DateTime at) => IsSqlite ? at.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) : at;
    public object Of(DateOnly day) => IsSqlite ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : day;

    public static long Execute(DbConnection connection, string sql, params (string Name, object? Value)[] values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 600;
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }
        return command.ExecuteNonQuery();
    }

    public static T Scalar<T>(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)Convert.ChangeType(command.ExecuteScalar()!, typeof(T), CultureInfo.InvariantCulture);
    }

    /// <summary>The clinic: 100 000 patients, three queues with a month behind them, twenty waiting in each.</summary>
    public void Plant(int patients)
    {
        using var connection = Open();
        using var transaction = IsSqlite ? connection.BeginTransaction() : null;
        Account = Guid.Parse(Scalar<string>(connection, "SELECT CAST(\"Id\" AS text) FROM accounts_accounts"));
        foreach (var (organisation, slug, queues) in new[] { (Organisation, Slug, Queues), (RawOrganisation, "raw", RawQueues) })
        {
            Insert(connection, "organisations_organisations", [["Id", "Slug", "Name", "Kind", "TimeZone", "Language", "CallingCode", "NumberPattern", "NumberStart", "BoardShowsNames", "CreatedAt", "Version"]],
                [[Of(organisation), slug, slug, "Clinic", "UTC", "en", "39", "xx-xx-xxx", "0100001", false, Of(DateTime.UtcNow), Of(Guid.NewGuid())]]);
            Insert(connection, "clinic_queues", [["Id", "OrganisationId", "Name", "Prefix", "OpenDays", "CreatedAt", "ArchivedAt", "Version"]],
                queues.Select((q, i) => new object?[] { Of(q), Of(organisation), $"Queue {i}", "ABC"[i].ToString(), 127, Of(DateTime.UtcNow), null, Of(Guid.NewGuid()) }));
        }
        Insert(connection, "organisations_memberships", [["Id", "OrganisationId", "AccountId", "Roles", "Status", "CreatedAt", "Version"]],
            [[Of(Guid.NewGuid()), Of(Organisation), Of(Account), "org.admin clinic.receptionist clinic.doctor", "Active", Of(DateTime.UtcNow), Of(Guid.NewGuid())]]);
        Insert(connection, "clinic_patients", [["Id", "OrganisationId", "Number", "Name", "BirthDate", "BirthDateIsEstimated", "Gender", "Phone", "Category", "CreatedAt", "UpdatedAt", "ArchivedAt", "ArchiveReason", "Version", "SearchName", "SearchText", "SearchKey"]],
            Enumerable.Range(1, patients).Select(Patient));
        Tickets(connection, Queues, Organisation, Past());
        Tickets(connection, Queues, Organisation, Queues.SelectMany(q => Enumerable.Range(1, 20).Select(n => Waiting(q, n))));
        foreach (var queue in Queues)
            Execute(connection, "INSERT INTO kernel_counters (\"OrganisationId\", \"Scope\", \"Value\") VALUES (@o, @s, 20)", ("o", Of(Organisation)), ("s", Scope(queue)));
        transaction?.Commit();
        Analyze(connection);
    }

    /// <summary>Finds again what an earlier run has planted, as far as requests need it.</summary>
    public void Know()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT \"Id\", \"Number\", \"Phone\", \"SearchName\" FROM clinic_patients";
        using var reader = command.ExecuteReader();
        while (reader.Read()) Patients.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
    }

    public static string Scope(Guid queue) => $"token:{queue:N}:{Today:yyyyMMdd}";

    private object?[] Patient(int n)
    {
        var name = $"{Word(2 + n % 2)} {Word(3)}";
        var (number, digits) = ($"{n / 100000 + 1:00}-{n / 1000 % 100:00}-{n % 1000:000}", $"{n / 100000 + 1:00}{n / 1000 % 100:00}{n % 1000:000}");
        var phone = "39" + (3_000_000_000 + n * 9_973L % 900_000_000).ToString(CultureInfo.InvariantCulture);
        var (id, folded) = (Guid.CreateVersion7(), name.ToLowerInvariant());
        Patients.Add(new(id, number, phone, folded));
        return [Of(id), Of(Organisation), number, name, Of(new DateOnly(1930 + n % 90, 1 + n % 12, 1 + n % 28)), false, n % 2 == 0 ? "Female" : "Male", "+" + phone, "SelfPaying", Of(DateTime.UtcNow), Of(DateTime.UtcNow),
            null, "", Of(Guid.NewGuid()), folded, $" {folded} {number} {digits} {phone}", random.NextInt64()];
    }

    // Words of syllables with the uneven frequencies that names have.
    private string Word(int syllables)
    {
        const string consonants = "rrrrmmmlllnnnsssttccdddvbgfpz", vowels = "aaaaiiiooeeu";
        var word = string.Concat(Enumerable.Range(0, syllables).Select(_ => $"{consonants[random.Next(consonants.Length)]}{vowels[random.Next(vowels.Length)]}"));
        return char.ToUpperInvariant(word[0]) + word[1..];
    }

    private static readonly string[] TicketColumns = ["Id", "OrganisationId", "QueueId", "PatientId", "Day", "Number", "State", "Urgency", "Rank", "UrgencyReason", "Code", "IssuedAt", "CalledAt", "InRoomAt", "EndedAt", "Calls", "ServedBy", "ServicePointId", "TransferredFrom", "ToldFrom", "ToldTo", "Waited", "Version"];

    private sealed record Line(Guid Queue, DateOnly Day, int Number, string State, DateTime Issued, DateTime? Called, DateTime? Ended);

    private IEnumerable<Line> Past()
    {
        for (var back = 30; back > 0; back--)
            foreach (var queue in Queues)
                for (var (n, at) = (1, Today.AddDays(-back).ToDateTime(new TimeOnly(8, 0), DateTimeKind.Utc)); n <= 60; n++)
                {
                    var ended = at.AddSeconds(random.Next(120, 900));
                    yield return new(queue, Today.AddDays(-back), n, "Done", at.AddMinutes(-40), at, ended);
                    at = ended;
                }
    }

    private static Line Waiting(Guid queue, int number) => new(queue, Today, number, "Waiting", DateTime.UtcNow.AddMinutes(-30), null, null);

    private void Tickets(DbConnection connection, Guid[] queues, Guid organisation, IEnumerable<Line> lines) => Insert(connection, "clinic_tickets", [TicketColumns], lines.Select(l => new object?[]
    {
        Of(Guid.CreateVersion7()), Of(organisation), Of(l.Queue), Of(Patients[random.Next(Patients.Count)].Id), Of(l.Day), l.Number, l.State, "Routine", 0, "", Guid.NewGuid().ToString("N")[..26], Of(l.Issued),
        l.Called is { } c ? Of(c) : null, null, l.Ended is { } e ? Of(e) : null, l.Called is null ? 0 : 1, l.Called is null ? null : Of(Account), null, null, null, null,
        l.Called is { } called ? (int)(called - l.Issued).TotalSeconds : null, Of(Guid.NewGuid()),
    }));

    /// <summary>So many more who wait in each queue, behind the last token there.</summary>
    public void Fill(Guid organisation, Guid[] queues, int each)
    {
        using var connection = Open();
        using var transaction = IsSqlite ? connection.BeginTransaction() : null;
        foreach (var queue in queues)
        {
            Execute(connection, """
                INSERT INTO kernel_counters ("OrganisationId", "Scope", "Value") VALUES (@o, @s, @n) ON CONFLICT ("OrganisationId", "Scope") DO UPDATE SET "Value" = kernel_counters."Value" + @n
                """, ("o", Of(organisation)), ("s", Scope(queue)), ("n", (long)each));
            var last = (int)Scalar<long>(connection, $"SELECT \"Value\" FROM kernel_counters WHERE \"Scope\" = '{Scope(queue)}'");
            Tickets(connection, queues, organisation, Enumerable.Range(last - each + 1, each).Select(n => Waiting(queue, n)));
        }
        transaction?.Commit();
        Analyze(connection);
    }

    /// <summary>Ends all tickets that are open, so that the next load starts with an empty waiting room.</summary>
    public void Clear()
    {
        using var connection = Open();
        Execute(connection, "UPDATE clinic_tickets SET \"State\" = 'Done' WHERE \"State\" = 'Waiting' OR \"State\" = 'Called'");
        Analyze(connection);
    }

    /// <summary>Tells the database how much it holds, as it finds out by itself in the course of a night.</summary>
    public void Analyze(DbConnection connection) => Execute(connection, IsSqlite ? "ANALYZE" : "VACUUM ANALYZE");

    /// <summary>Faults in today's tokens: each queue must hold 1 to n, each once, and its counter must stand at n.</summary>
    public IReadOnlyList<string> TokenFaults(Guid[] queues)
    {
        using var connection = Open();
        var faults = new List<string>();
        foreach (var queue in queues)
        {
            var where = $"FROM clinic_tickets WHERE \"QueueId\" = '{Of(queue)}' AND \"Day\" = '{Today:yyyy-MM-dd}'";
            var (count, distinct, most) = (Scalar<long>(connection, $"SELECT COUNT(*) {where}"), Scalar<long>(connection, $"SELECT COUNT(DISTINCT \"Number\") {where}"), Scalar<long>(connection, $"SELECT COALESCE(MAX(\"Number\"), 0) {where}"));
            var counter = Scalar<long>(connection, $"SELECT COALESCE(MAX(\"Value\"), 0) FROM kernel_counters WHERE \"Scope\" = '{Scope(queue)}'");
            if (count != distinct || count != most || count != counter) faults.Add($"queue {queue}: {count} tickets, {distinct} different tokens, highest {most}, counter {counter}");
        }
        return faults;
    }

    public long Count(string sql)
    {
        using var connection = Open();
        return Scalar<long>(connection, sql);
    }

    /// <summary>Many rows at once: by COPY on PostgreSQL, by one prepared statement on SQLite.</summary>
    public void Insert(DbConnection connection, string table, string[][] columns, IEnumerable<object?[]> rows)
    {
        var names = string.Join(", ", columns[0].Select(c => $"\"{c}\""));
        if (connection is NpgsqlConnection npgsql)
        {
            using var copy = npgsql.BeginBinaryImport($"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)");
            foreach (var row in rows)
            {
                copy.StartRow();
                for (var i = 0; i < row.Length; i++)
                {
                    if (row[i] is null) copy.WriteNull();
                    else if (row[i] is DateTime at) copy.Write(at, NpgsqlTypes.NpgsqlDbType.TimestampTz);
                    else copy.Write(row[i]!);
                }
            }
            copy.Complete();
            return;
        }
        using var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO {table} ({names}) VALUES ({string.Join(", ", columns[0].Select((_, i) => $"@p{i}"))})";
        for (var i = 0; i < columns[0].Length; i++) { var p = command.CreateParameter(); p.ParameterName = $"@p{i}"; command.Parameters.Add(p); }
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++) command.Parameters[i].Value = row[i] ?? DBNull.Value;
            command.ExecuteNonQuery();
        }
    }
}
