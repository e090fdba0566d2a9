using System.Text.Json;

namespace Salus.Bench;

/// <summary>Payments of a cent each, by card and from one wallet that all share, beside the same SQL raw.</summary>
public sealed partial class Scenarios
{
    private const string Large = "9000000.00";

    private Task Pay() => Pay("post a payment (card)", fromWallet: false);
    private Task PayFromWallet() => Pay("post a payment (one wallet for all)", fromWallet: true);

    private async Task Pay(string work, bool fromWallet)
    {
        var patient = clinic.Patients[0].Id;
        using var wire = new Wire(server.Port);
        async Task<JsonElement> Post(string path, string body)
        {
            var status = await wire.Send(Wire.Post("/api/v1/orgs/bench/" + path, await server.Token(), body));
            return status == 201 ? JsonDocument.Parse(wire.Body.ToArray()).RootElement : throw new InvalidOperationException($"{path} gave {status}: {System.Text.Encoding.UTF8.GetString(wire.Body.Span)}");
        }
        if (fromWallet) await Post("wallet/top-ups", $$"""{"kind":"patient","payerId":"{{patient}}","method":"card","amount":{"amount":"{{Large}}"} }""");
        var charges = new List<string>();
        while (charges.Count < plan.Connections.Max()) charges.Add((await Post("charges", $$"""{"payerKind":"patient","payerId":"{{patient}}","title":"Bench","lines":[{"unitPrice":{"amount":"{{Large}}"} }]}""")).GetProperty("id").GetString()!);
        var (rawCharges, wallet) = MoneyPlant.Owed(clinic, plan.Connections.Max());
        long answered = 0;
        var before = clinic.Count("SELECT COUNT(*) FROM payments_payments");
        long others = 0;
        await Compare(work, 0.4, _ => async i =>
        {
            var (token, own) = (await server.Token(), new Wire(server.Port));
            lock (wires) wires.Add(own);
            var request = Wire.Post("/api/v1/orgs/bench/payments", token, $$"""{"charges":["{{charges[i]}}"],"method":"{{(fromWallet ? "wallet" : "card")}}","amount":{"amount":"0.01"} }""");
            return async () =>
            {
                var status = await own.Send(request);
                if (status != 201) throw new InvalidOperationException($"Paying gave {status}: {System.Text.Encoding.UTF8.GetString(own.Body.Span)}");
                Interlocked.Increment(ref answered);
            };
        }, _ => i =>
        {
            var pay = raw.Pay(i, rawCharges[i], fromWallet ? wallet : null);
            return async () => { await pay(); Interlocked.Increment(ref others); };
        }, Self);
        var kept = clinic.Count("SELECT COUNT(*) FROM payments_payments") - before;
        if (kept != answered + others) Faults.Add($"{answered} and {others} payments were answered, {kept} are kept");
    }
}

/// <summary>Rows of money, planted by SQL.</summary>
public static class MoneyPlant
{
    private const int Charges = 250_000;
    private const long Amount = 900_000_000;

    /// <summary>Charges that raw statements pay, and a wallet that they pay from.</summary>
    public static (Guid[] Charges, Guid Wallet) Owed(Clinic clinic, int count)
    {
        using var connection = clinic.Open();
        var (ids, wallet) = (Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToArray(), Guid.CreateVersion7());
        (string, object?)[] own = [("o", clinic.Of(clinic.RawOrganisation)), ("now", clinic.Of(DateTime.UtcNow)), ("day", clinic.Of(Clinic.Today))];
        void Book(string cause, Guid id, (string Account, Guid? Owner, long Amount) first, (string Account, Guid? Owner, long Amount) second)
        {
            var transaction = Guid.CreateVersion7();
            Clinic.Execute(connection, """INSERT INTO payments_transactions ("Id", "OrganisationId", "At", "Day", "CauseKind", "CauseId", "Purpose") VALUES (@t, @o, @now, @day, @cause, @id, 'other')""", [.. own, ("t", clinic.Of(transaction)), ("cause", cause), ("id", clinic.Of(id))]);
            foreach (var (account, owner, amount) in new[] { first, second })
                Clinic.Execute(connection, """INSERT INTO payments_entries ("OrganisationId", "TransactionId", "Day", "Account", "OwnerId", "Currency", "Amount") VALUES (@o, @t, @day, @account, @owner, 'EUR', @amount)""", [own[0], own[2], ("t", clinic.Of(transaction)), ("account", account), ("owner", owner is { } of ? clinic.Of(of) : null), ("amount", amount)]);
        }
        foreach (var id in ids)
        {
            Clinic.Execute(connection, $"""
                INSERT INTO payments_charges ("Id", "OrganisationId", "PayerKind", "PayerId", "PayerName", "PayerNumber", "SearchText", "PurposeKind", "PurposeId", "Title", "Currency", "Net", "Tax", "Total", "Paid", "Credited", "Rank", "TaxIncluded", "ChargedAt", "Day", "Key")
                VALUES (@id, @o, 'Patient', @o, 'Raw', '', ' raw', 'other', @id, 'Raw', 'EUR', {Amount}, 0, {Amount}, 0, 0, 100, {(clinic.IsSqlite ? "1" : "TRUE")}, @now, @day, '')
                """, [("id", clinic.Of(id)), .. own]);
            Clinic.Execute(connection, $"""INSERT INTO payments_charge_lines ("Id", "OrganisationId", "ChargeId", "Position", "Code", "Description", "UnitPrice", "Quantity", "Discount", "TaxRate", "Net", "Tax", "Total") VALUES (@id, @o, @id, 1, '', 'Raw', {Amount}, 1000, 0, 0, {Amount}, 0, {Amount})""", [("id", clinic.Of(id)), own[0]]);
            Book("charge", id, ("Receivable", id, Amount), ("Revenue", null, -Amount));
        }
        Clinic.Execute(connection, $"""INSERT INTO payments_wallets ("Id", "OrganisationId", "PayerKind", "PayerId", "Currency", "Balance", "Held", "Key", "CreatedAt") VALUES (@id, @o, 'Patient', @o, 'EUR', {Amount}, 0, @key, @now)""", [("id", clinic.Of(wallet)), ("key", wallet.ToString("N")), own[0], own[1]]);
        Clinic.Execute(connection, $"""
            INSERT INTO payments_payments ("Id", "OrganisationId", "Kind", "Method", "PayerKind", "PayerId", "PayerName", "PayerNumber", "SearchText", "Currency", "Amount", "Refunded", "Tendered", "Reference", "Number", "At", "Day")
            VALUES (@id, @o, 'TopUp', 'Card', 'Patient', @o, 'Raw', '', ' raw', 'EUR', {Amount}, 0, 0, '', @number, @now, @day)
            """, [("id", clinic.Of(wallet)), ("number", "RAW-" + wallet.ToString("N")[^12..]), .. own]);
        Book("payment", wallet, ("Card", null, Amount), ("Wallet", wallet, -Amount));
        return (ids, wallet);
    }

    /// <summary>Plants a million entries that belong together, and lets the program prove them.</summary>
    public static async Task<string> Prove(Server server, Clinic clinic, string database)
    {
        Plant(clinic);
        var (said, seconds, megabytes) = await server.VerifyLedger();
        var text = FormattableString.Invariant($"{database}: `ledger verify` took {seconds:0.0} s and {megabytes:0} MB at most: {said}");
        Console.WriteLine(text);
        return text;
    }

    private static void Plant(Clinic clinic)
    {
        using var connection = clinic.Open();
        string Id(int kind) => clinic.IsSqlite ? $"printf('0000000{kind}-0000-4000-8000-%012d', n)" : $"('0000000{kind}-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid";
        var (o, now, day, yes) = (clinic.IsSqlite ? $"'{clinic.Of(clinic.RawOrganisation)}'" : $"'{clinic.RawOrganisation}'::uuid", clinic.IsSqlite ? "'2025-06-01 10:00:00'" : "timestamptz '2025-06-01 10:00:00Z'", clinic.IsSqlite ? "'2025-06-01'" : "date '2025-06-01'", clinic.IsSqlite ? "1" : "TRUE");
        var series = clinic.IsSqlite ? $"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {Charges})" : $"WITH s(n) AS (SELECT generate_series(1, {Charges}))";
        void Into(string table, string columns, string values) => Clinic.Execute(connection, clinic.IsSqlite ? $"INSERT INTO {table} ({columns}) {series} SELECT {values} FROM s" : $"{series} INSERT INTO {table} ({columns}) SELECT {values} FROM s");
        using (var transaction = clinic.IsSqlite ? connection.BeginTransaction() : null)
        {
            Into("payments_charges", "\"Id\", \"OrganisationId\", \"PayerKind\", \"PayerId\", \"PayerName\", \"PayerNumber\", \"SearchText\", \"PurposeKind\", \"PurposeId\", \"Title\", \"Currency\", \"Net\", \"Tax\", \"Total\", \"Paid\", \"Credited\", \"Rank\", \"TaxIncluded\", \"ChargedAt\", \"Day\", \"Key\"",
                $"{Id(1)}, {o}, 'Patient', {o}, 'Planted', '', ' planted', 'other', {Id(1)}, 'Planted', 'EUR', 1000 + n, 0, 1000 + n, 1000 + n, 0, 100, {yes}, {now}, {day}, ''");
            Into("payments_charge_lines", "\"Id\", \"OrganisationId\", \"ChargeId\", \"Position\", \"Code\", \"Description\", \"UnitPrice\", \"Quantity\", \"Discount\", \"TaxRate\", \"Net\", \"Tax\", \"Total\"", $"{Id(2)}, {o}, {Id(1)}, 1, '', 'Planted', 1000 + n, 1000, 0, 0, 1000 + n, 0, 1000 + n");
            Into("payments_payments", "\"Id\", \"OrganisationId\", \"Kind\", \"Method\", \"PayerKind\", \"PayerId\", \"PayerName\", \"PayerNumber\", \"SearchText\", \"Currency\", \"Amount\", \"Refunded\", \"Tendered\", \"Reference\", \"Number\", \"At\", \"Day\"",
                $"{Id(3)}, {o}, 'Charges', 'Card', 'Patient', {o}, 'Planted', '', ' planted', 'EUR', 1000 + n, 0, 0, '', 'REC-2025-' || n, {now}, {day}");
            Into("payments_parts", "\"Id\", \"OrganisationId\", \"PaymentId\", \"ChargeId\", \"Amount\", \"Refunded\"", $"{Id(4)}, {o}, {Id(3)}, {Id(1)}, 1000 + n, 0");
            foreach (var (kind, cause, source) in new[] { (5, "charge", 1), (6, "payment", 3) })
                Into("payments_transactions", "\"Id\", \"OrganisationId\", \"At\", \"Day\", \"CauseKind\", \"CauseId\", \"Purpose\"", $"{Id(kind)}, {o}, {now}, {day}, '{cause}', {Id(source)}, 'other'");
            foreach (var (kind, account, owner, sign) in new[] { (5, "Receivable", Id(1), ""), (5, "Revenue", "NULL", "-"), (6, "Card", "NULL", ""), (6, "Receivable", Id(1), "-") })
                Into("payments_entries", "\"OrganisationId\", \"TransactionId\", \"Day\", \"Account\", \"OwnerId\", \"Currency\", \"Amount\"", $"{o}, {Id(kind)}, {day}, '{account}', {(owner == "NULL" && !clinic.IsSqlite ? "NULL::uuid" : owner)}, 'EUR', {sign}(1000 + n)");
            Clinic.Execute(connection, $"INSERT INTO kernel_counters (\"OrganisationId\", \"Scope\", \"Value\") VALUES ({o}, 'payments:Receipt:2025', {Charges})");
            transaction?.Commit();
        }
        Clinic.Execute(connection, clinic.IsSqlite ? "ANALYZE" : "VACUUM ANALYZE");
    }
}
