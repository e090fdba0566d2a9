namespace Salus.Bench;

/// <summary>Compares what was answered with what the database holds.</summary>
public sealed class KillCheck(Clinic clinic, KillJournal journal)
{
    /// <param name="HasKey">The row holds the key of its act. If not, it is found by its id.</param>
    /// <param name="Sql">Key or id, id, number (null: it may come later), amount.</param>
    private sealed record Table(string Name, string[] Kinds, bool HasKey, string Sql);

    private static readonly Table[] Tables =
    [
        new("charge", ["charge"], true, """SELECT "Title", CAST("Id" AS text), '', "Total" FROM payments_charges"""),
        new("payment", ["pay"], true, """SELECT "Reference", CAST("Id" AS text), "Number", "Amount" FROM payments_payments WHERE "Kind" = 'Charges'"""),
        new("top-up", ["fill"], true, """SELECT "Reference", CAST("Id" AS text), "Number", "Amount" FROM payments_payments WHERE "Kind" = 'TopUp'"""),
        new("refund", ["refund"], true, """SELECT "Reason", CAST("Id" AS text), "Number", "Amount" FROM payments_refunds"""),
        new("credit", ["credit"], true, """SELECT "Reason", CAST("Id" AS text), "Number", "Amount" FROM payments_credit_notes WHERE "RefundId" IS NULL"""),
        new("invoice", ["invoice", "draft"], false, """SELECT CAST("Id" AS text), CAST("Id" AS text), NULL, "Total" FROM payments_invoices"""),
        new("issued invoice", ["invoice", "issue"], false, """SELECT CAST("Id" AS text), CAST("Id" AS text), "Number", "Total" FROM payments_invoices WHERE "Number" <> ''"""),
        new("drawer", ["open"], false, """SELECT CAST("Id" AS text), CAST("Id" AS text), '', "AtOpening" FROM payments_drawers"""),
        new("closed drawer", ["close"], false, """SELECT CAST("Id" AS text), CAST("Id" AS text), '', "Counted" FROM payments_drawers WHERE "ClosedAt" IS NOT NULL"""),
    ];

    private static readonly (string Action, string[] Kinds)[] Actions =
    [
        ("charge.add", ["charge"]), ("payment.take", ["pay"]), ("wallet.top-up", ["fill"]), ("payment.refund", ["refund"]), ("charge.credit", ["credit"]),
        ("invoice.write", ["invoice", "draft"]), ("invoice.issue", ["issue"]), ("drawer.open", ["open"]), ("drawer.close", ["close"]),
    ];

    /// <summary>
    /// What was answered is there exactly once, as it was answered; what was refused is not there; what had no answer yet is there at most once; and nothing else is. Of
    /// each act the log holds one row, and no more.
    /// </summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        using var connection = clinic.Open();
        foreach (var table in Tables) Compare(table, Read(connection, table.Sql), faults);
        foreach (var (action, kinds) in Actions)
        {
            var (least, logged) = (Done(kinds).Count(), Clinic.Scalar<long>(connection, $"SELECT COUNT(*) FROM kernel_audit_events WHERE \"Action\" = '{action}' AND \"Result\" = 'ok'"));
            if (logged < least || logged > least + Open(kinds)) faults.Add($"{least} times {action} was answered and {Open(kinds)} times not yet, the log holds {logged}");
        }
        return faults;
    }

    private IEnumerable<(Act Act, Answer Answer)> Done(string[] kinds) => journal.Answered.Values.Where(a => kinds.Contains(a.Act.Kind) && a.Answer.IsDone);

    private int Open(string[] kinds) => journal.Open.Values.Count(a => kinds.Contains(a.Kind));

    private void Compare(Table table, List<(string Key, Guid Id, string? Number, long Amount)> rows, List<string> faults)
    {
        var there = rows.ToLookup(r => r.Key);
        faults.AddRange(there.Where(same => same.Count() > 1).Select(same => $"{table.Name} {same.Key} is there {same.Count()} times"));
        var known = new HashSet<string>();
        foreach (var (act, answer) in Done(table.Kinds))
        {
            var key = table.HasKey ? act.Key : answer.Id.ToString();
            known.Add(key);
            var row = there[key].FirstOrDefault();
            if (row.Key is null) faults.Add($"{table.Name} {key} was answered and is not there");
            else if (row.Id != answer.Id || (row.Number ?? answer.Number) != answer.Number || row.Amount != answer.Amount) faults.Add($"{table.Name} {key} was answered as {answer}, and is {row}");
        }
        var unknown = rows.Where(r => !known.Contains(r.Key)).ToList();
        var stray = table.HasKey ? unknown.Where(r => !journal.Open.ContainsKey(r.Key)).ToList() : unknown.Count > Open(table.Kinds) ? unknown : [];
        faults.AddRange(stray.Select(r => $"{table.Name} {r} is there, and {(journal.Answered.TryGetValue(r.Key, out var told) ? $"was refused with {told.Answer.Status}" : "nobody was told of it")}"));
    }

    private static List<(string Key, Guid Id, string? Number, long Amount)> Read(System.Data.Common.DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<(string, Guid, string?, long)>();
        while (reader.Read())
        {
            var id = Guid.Parse(reader.GetString(1));
            // SQLite writes ids in capitals.
            rows.Add((Guid.TryParse(reader.GetString(0), out var key) ? key.ToString() : reader.GetString(0), id, reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetInt64(3)));
        }
        return rows;
    }
}
