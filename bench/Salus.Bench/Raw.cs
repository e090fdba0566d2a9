using System.Data.Common;
using Npgsql;

namespace Salus.Bench;

/// <summary>The same statements without any program: what the database itself takes. PostgreSQL has a connection per caller; SQLite has one writer, and readers of their own.</summary>
public sealed partial class Raw(Clinic clinic)
{
    public const string Counter = """
        INSERT INTO kernel_counters ("OrganisationId", "Scope", "Value") VALUES (@o, @s, 1)
        ON CONFLICT ("OrganisationId", "Scope") DO UPDATE SET "Value" = kernel_counters."Value" + 1 RETURNING "Value"
        """;
    private const string Ticket = """
        INSERT INTO clinic_tickets ("Id", "OrganisationId", "QueueId", "PatientId", "Day", "Number", "State", "Urgency", "Rank", "UrgencyReason", "Code", "IssuedAt", "Calls", "ToldFrom", "ToldTo", "Version")
        VALUES (@id, @o, @q, @patient, @day, @number, 'Waiting', 'Routine', 0, '', @code, @now, 0, 600, 3600, @version)
        """;
    private const string Move = """
        INSERT INTO clinic_ticket_moves ("Id", "OrganisationId", "TicketId", "At", "Action", "State", "ActorId", "IsOvertaking", "Reason") VALUES (@move, @o, @id, @now, @action, @state, @actor, @no, '')
        """;
    private const string Audit = """
        INSERT INTO kernel_audit_events ("Id", "At", "OrganisationId", "ActorKind", "ActorId", "Role", "Action", "SubjectKind", "SubjectId", "VisitId", "Ip", "UserAgent", "Result", "RequestId", "Detail")
        VALUES (@audit, @now, @o, 'Person', @actor, 'clinic.receptionist clinic.doctor', @name, 'ticket', @id, @id, '127.0.0.1', 'bench', 'ok', 'raw', @detail) RETURNING "Seq"
        """;
    private const string ReadRow = """
        INSERT INTO kernel_audit_events ("Id", "At", "OrganisationId", "ActorKind", "ActorId", "Role", "Action", "SubjectKind", "Ip", "UserAgent", "Result", "RequestId", "Detail", "Subjects")
        VALUES (@audit, @now, @o, 'Person', @actor, 'clinic.receptionist clinic.doctor', 'patient.search', 'patient', '127.0.0.1', 'bench', 'ok', 'raw', '', @subjects) RETURNING "Seq"
        """;
    private const string ReadOne = """
        INSERT INTO kernel_audit_events ("Id", "At", "OrganisationId", "ActorKind", "ActorId", "Role", "Action", "SubjectKind", "SubjectId", "Ip", "UserAgent", "Result", "RequestId", "Detail")
        VALUES (@audit, @now, @o, 'Person', @actor, 'clinic.receptionist clinic.doctor', 'record.read', 'patient', @id, '127.0.0.1', 'bench', 'ok', 'raw', '')
        """;
    private string ReadSubjects => $"""INSERT INTO kernel_audit_subjects ("SubjectId", "Seq") SELECT {(clinic.IsSqlite ? "value, @seq FROM json_each(@ids) WHERE TRUE" : "id, @seq FROM unnest(@ids) AS id")} ON CONFLICT DO NOTHING""";
    private string Next => $"""
        SELECT * FROM clinic_tickets WHERE "QueueId" = @q AND "Day" = @day AND "State" = 'Waiting' ORDER BY "Rank" DESC, "Number" LIMIT 1 {(clinic.IsSqlite ? "" : "FOR UPDATE SKIP LOCKED")}
        """;
    private const string Call = """
        UPDATE clinic_tickets SET "State" = 'Called', "CalledAt" = @now, "Calls" = 1, "ServedBy" = @actor, "Waited" = 60, "Version" = @version WHERE "Id" = @id AND "Version" = @seen
        """;
    private readonly SemaphoreSlim writer = new(1);
    private readonly List<DbConnection> opened = [];
    private DbConnection? shared;

    /// <summary>Closes what a load has opened.</summary>
    public void Close()
    {
        foreach (var connection in opened) connection.Dispose();
        opened.Clear();
        kept.Clear();
        shared = null;
    }

    private DbConnection Open()
    {
        var connection = clinic.Open();
        lock (opened) opened.Add(connection);
        return connection;
    }

    /// <summary>One issued token: counter, ticket, move and audit row in one transaction.</summary>
    public Func<ValueTask> Issue(int caller) => Writer(caller, null, async (connection, transaction, random) =>
    {
        var queue = clinic.RawQueues[caller % 3];
        var number = Convert.ToInt32(await Command(connection, transaction, Counter, ("o", clinic.Of(clinic.RawOrganisation)), ("s", Clinic.Scope(queue))).ExecuteScalarAsync());
        var (id, now, patient) = (Guid.CreateVersion7(), DateTime.UtcNow, clinic.Patients[random.Next(clinic.Patients.Count)].Id);
        await Batch(connection, transaction,
            (Ticket, [("id", clinic.Of(id)), ("o", clinic.Of(clinic.RawOrganisation)), ("q", clinic.Of(queue)), ("patient", clinic.Of(patient)), ("day", clinic.Of(Clinic.Today)), ("number", number), ("code", Guid.NewGuid().ToString("N")[..26]), ("now", clinic.Of(now)), ("version", clinic.Of(Guid.CreateVersion7()))]),
            MoveRow(id, now, "Issue", "Waiting"), AuditRow(id, now, "ticket.issue", "Waiting>Waiting"));
    });

    /// <summary>One call: the next ticket is picked and held, changed, its move and audit row written.</summary>
    public Func<ValueTask> CallNext(int caller) => Writer(caller, null, async (connection, transaction, random) =>
    {
        Guid id, seen;
        await using (var reader = await Command(connection, transaction, Next, ("q", clinic.Of(clinic.RawQueues[caller % 3])), ("day", clinic.Of(Clinic.Today))).ExecuteReaderAsync())
        {
            if (!await reader.ReadAsync()) throw new InvalidOperationException("Nobody waits any more; plant more.");
            (id, seen) = (reader.GetGuid(reader.GetOrdinal("Id")), reader.GetGuid(reader.GetOrdinal("Version")));
        }
        var now = DateTime.UtcNow;
        await Batch(connection, transaction,
            (Call, [("now", clinic.Of(now)), ("actor", clinic.Of(clinic.Account)), ("version", clinic.Of(Guid.CreateVersion7())), ("id", clinic.Of(id)), ("seen", clinic.Of(seen))]),
            MoveRow(id, now, "Call", "Called"), AuditRow(id, now, "ticket.call-next", "Waiting>Called"));
    });

    /// <summary>One search: the query that the program sends, and nothing else.</summary>
    public Func<ValueTask> Search(int caller, string kind)
    {
        var find = Find(caller, kind, Open());
        return async () => await find();
    }

    /// <summary>One search with all that the program sends for it: the query, then the durable audit row that names each patient it shows.</summary>
    public Func<ValueTask> SearchLogged(int caller, string kind)
    {
        var (own, found) = (Open(), new List<Guid>());
        var find = Find(caller, kind, own);
        var log = Writer(caller, own, async (connection, transaction, _) =>
        {
            (string, object?)[] row = [("audit", clinic.Of(Guid.CreateVersion7())), ("now", clinic.Of(DateTime.UtcNow)), ("o", clinic.Of(clinic.RawOrganisation)), ("actor", clinic.Of(clinic.Account)), ("subjects", string.Join(' ', found.Select(id => id.ToString("N"))))];
            var seq = await Command(connection, transaction, ReadRow, row).ExecuteScalarAsync();
            object ids = clinic.IsSqlite ? System.Text.Json.JsonSerializer.Serialize(found.Select(clinic.Of)) : found.ToArray();
            await Command(connection, transaction, ReadSubjects, ("seq", seq), ("ids", ids)).ExecuteNonQueryAsync();
        });
        return async () =>
        {
            found.Clear();
            found.AddRange(await find());
            if (found.Count > 0) await log();
        };
    }

    /// <summary>Reads rows of one patient, statement by statement, and writes the durable audit row that names the patient.</summary>
    public Func<ValueTask> ReadLogged(int caller, IReadOnlyList<string> statements, Guid patient)
    {
        var own = Open();
        var log = Writer(caller, own, async (connection, transaction, _) =>
            await Command(connection, transaction, ReadOne, ("audit", clinic.Of(Guid.CreateVersion7())), ("now", clinic.Of(DateTime.UtcNow)), ("o", clinic.Of(clinic.RawOrganisation)), ("actor", clinic.Of(clinic.Account)), ("id", clinic.Of(patient))).ExecuteNonQueryAsync());
        return async () =>
        {
            foreach (var sql in statements)
            {
                await using var command = Command(own, null, sql, ("p", clinic.Of(patient)));
                await using var reader = await command.ExecuteReaderAsync();
                var values = new object[reader.FieldCount];
                while (await reader.ReadAsync()) reader.GetValues(values);
            }
            await log();
        };
    }

    /// <summary>One note in a visit: the visit's row is held, the note and the audit row are written, in one transaction.</summary>
    public Func<ValueTask> SaveNote(int caller, Guid visit) => Writer(caller, null, async (connection, transaction, _) =>
    {
        var now = DateTime.UtcNow;
        await Batch(connection, transaction,
            (Record.Touch, [("now", clinic.Of(now)), ("version", clinic.Of(Guid.CreateVersion7())), ("visit", clinic.Of(visit))]),
            (Record.Note, [("id", clinic.Of(Guid.CreateVersion7())), ("text", "Calm night."), ("actor", clinic.Of(clinic.Account)), ("now", clinic.Of(now)), ("visit", clinic.Of(visit))]),
            AuditRow(visit, now, "note.write", "Operation"));
    });

    private Func<Task<List<Guid>>> Find(int caller, string kind, DbConnection connection)
    {
        var random = new Random(caller);
        return async () =>
        {
            var words = SearchWords(kind, clinic.Patients[random.Next(clinic.Patients.Count)]);
            var match = clinic.IsSqlite ? "\"SearchKey\" IN (SELECT rowid FROM clinic_patients_search WHERE clinic_patients_search MATCH @w0)"
                : string.Join(" AND ", words.Select((_, i) => $"p.\"SearchText\" LIKE @w{i}"));
            var sql = $"""
                SELECT p."Id", p."Number", p."Name", p."BirthDate", p."BirthDateIsEstimated", p."Gender", p."Phone", p."SearchName"
                FROM clinic_patients AS p WHERE p."OrganisationId" = @o AND {match} AND p."ArchivedAt" IS NULL ORDER BY p."SearchName", p."Id" LIMIT 26
                """;
            (string, object?)[] values = clinic.IsSqlite ? [("w0", string.Join(" AND ", words.Select(w => $"\"{w}\"")))] : [.. words.Select((w, i) => ($"w{i}", (object?)$"%{w}%"))];
            await using var command = Command(connection, null, sql, [("o", clinic.Of(clinic.Organisation)), .. values]);
            await using var reader = await command.ExecuteReaderAsync();
            var ids = new List<Guid>();
            while (await reader.ReadAsync()) { ids.Add(reader.GetGuid(0)); _ = reader.GetString(1); _ = reader.GetString(2); _ = reader.GetString(6); }
            return ids;
        };
    }

    /// <summary>What a person types to find a patient: two fragments of the name, the phone number, or the registration number.</summary>
    public static string[] SearchWords(string kind, Planted patient) => kind switch
    {
        "name" => [.. patient.SearchName.Split(' ').Select(w => w[..Math.Min(4, w.Length)])],
        "phone" => [patient.Phone[2..]],
        _ => [patient.Number.Replace("-", "")],
    };

    private Func<ValueTask> Writer(int caller, DbConnection? connection, Func<DbConnection, DbTransaction, Random, Task> work)
    {
        var random = new Random(caller);
        if (clinic.IsSqlite)
        {
            shared ??= Open();
            return async () =>
            {
                await writer.WaitAsync();
                try { await InTransaction(shared, work, random); }
                finally { writer.Release(); }
            };
        }
        var own = connection ?? Open();
        return async () => await InTransaction(own, work, random);
    }

    private static async Task InTransaction(DbConnection connection, Func<DbConnection, DbTransaction, Random, Task> work, Random random)
    {
        await using var transaction = connection is Microsoft.Data.Sqlite.SqliteConnection sqlite ? sqlite.BeginTransaction(deferred: false) : await connection.BeginTransactionAsync();
        await work(connection, transaction, random);
        await transaction.CommitAsync();
    }

    private (string, (string, object?)[]) MoveRow(Guid ticket, DateTime now, string action, string state) => (Move,
        [("move", clinic.Of(Guid.CreateVersion7())), ("o", clinic.Of(clinic.RawOrganisation)), ("id", clinic.Of(ticket)), ("now", clinic.Of(now)), ("action", action), ("state", state), ("actor", clinic.Of(clinic.Account)), ("no", false)]);

    private (string, (string, object?)[]) AuditRow(Guid ticket, DateTime now, string name, string detail) => (Audit,
        [("audit", clinic.Of(Guid.CreateVersion7())), ("now", clinic.Of(now)), ("o", clinic.Of(clinic.RawOrganisation)), ("actor", clinic.Of(clinic.Account)), ("name", name), ("id", clinic.Of(ticket)), ("detail", detail)]);

    // On SQLite statements are kept per text, as the provider does not.
    private readonly Dictionary<(DbConnection, string), DbCommand> kept = [];

    private DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql, params (string Name, object? Value)[] values)
    {
        DbCommand? command = null;
        if (connection == shared && kept.TryGetValue((connection, sql), out command))
        {
            command.Transaction = transaction;
            for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i].Value ?? DBNull.Value;
            return command;
        }
        command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }
        if (connection == shared) kept[(connection, sql)] = command;
        return command;
    }

    private async Task Batch(DbConnection connection, DbTransaction transaction, params (string Sql, (string Name, object? Value)[] Values)[] statements)
    {
        if (connection is not NpgsqlConnection npgsql)
        {
            foreach (var (sql, values) in statements) await Command(connection, transaction, sql, values).ExecuteNonQueryAsync();
            return;
        }
        await using var batch = new NpgsqlBatch(npgsql, (NpgsqlTransaction)transaction);
        foreach (var (sql, values) in statements)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
            batch.BatchCommands.Add(command);
        }
        await batch.ExecuteNonQueryAsync();
    }
}
