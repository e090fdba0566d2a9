using System.Data.Common;

namespace Salus.Bench;

/// <summary>Rows of money, planted from outside as the program would have written them: the ledger can be proven over them.</summary>
public sealed class MoneyPlant(Clinic clinic)
{
    private const int GroupsOfADrawer = 2000;
    private const long InWallet = 20_000_000;

    /// <summary>In which a row finds those that it names.</summary>
    private static readonly string[] Order =
    [
        "payments_invoices", "payments_charges", "payments_charge_lines", "payments_invoice_charges", "payments_wallets", "payments_holds", "payments_drawers", "payments_payments", "payments_parts",
        "payments_refunds", "payments_refund_parts", "payments_credit_notes", "payments_transactions", "payments_entries",
    ];

    private readonly Dictionary<string, (string[] Columns, List<object?[]> Rows)> rows = [];
    private readonly Dictionary<string, long> numbers = [];
    private (DateOnly Day, DateTime At) when = (Clinic.Today, DateTime.UtcNow);
    private Guid organisation = clinic.Organisation, drawer, wallet;
    private long inDrawer, fromWallet;
    private int groups;
    private bool isNumbered;

    /// <summary>What is owed, for many callers to take one after the other and to pay.</summary>
    public sealed class Owed(MoneyPlant plant, Guid organisation, Guid? payer)
    {
        private readonly List<Guid> charges = [];
        private int next;

        /// <summary>Plants what is missing until so many are left.</summary>
        public void Fill(int enough)
        {
            plant.organisation = organisation;
            for (var i = charges.Count - next; i < enough; i++) charges.Add(plant.Charge(payer ?? plant.Payer(i), 1000, 180));
            plant.Write();
        }

        public Guid Next() => Interlocked.Increment(ref next) is var taken && taken <= charges.Count ? charges[taken - 1] : throw new InvalidOperationException("Nothing is owed any more; plant more.");
    }

    /// <summary>A wallet that is never empty, filled by card.</summary>
    public Guid DeepWallet(Guid of, Guid payer)
    {
        (organisation, var id) = (of, Guid.CreateVersion7());
        Wallet(id, payer, 100_000_000_000, 0, 0);
        Write();
        return id;
    }

    /// <summary>
    /// Fills the ledger until it holds so many entries: charges, half of them paid by card, some in cash, some from wallets, some given back or waived; a third stands on invoices. All of a
    /// year ago, so that what the program itself books has numbers of its own.
    /// </summary>
    public void Ledger(long entries)
    {
        using var connection = clinic.Open();
        var there = Clinic.Scalar<long>(connection, "SELECT COUNT(*) FROM payments_entries");
        (when, organisation, isNumbered) = ((Clinic.Today.AddYears(-1), DateTime.UtcNow.AddYears(-1)), clinic.RawOrganisation, true);
        while (there < entries)
        {
            (drawer, wallet, inDrawer, fromWallet) = (Guid.CreateVersion7(), Guid.CreateVersion7(), 0, 0);
            for (var end = groups + GroupsOfADrawer; groups < end && there + Waiting < entries; groups++) Group(groups);
            Wallet(wallet, Payer(groups), InWallet, InWallet / 10, fromWallet);
            Drawer();
            there += Waiting;
            Write(connection);
        }
        clinic.Analyze(connection);
        (when, isNumbered) = ((Clinic.Today, DateTime.UtcNow), false);
    }

    private int Waiting => rows.TryGetValue("payments_entries", out var kept) ? kept.Rows.Count : 0;

    private Guid Payer(int n) => clinic.Patients[n % clinic.Patients.Count].Id;

    private void Group(int n)
    {
        var (payer, total, end) = (Payer(n), 1000L + n % 5000, n % 10);
        var (tax, invoice) = (total * 18 / 100, n % 3 == 0 ? Guid.CreateVersion7() : (Guid?)null);
        var (paid, credited) = end switch { < 8 => (total, 0L), 8 => (0L, total), _ => (0L, total / 2) };
        if (invoice is not null)
            Row("payments_invoices", [("Id", invoice), .. Who(payer), ("SearchText", ""), ("Number", Number("INV", "Invoice")), ("Currency", "EUR"), ("Net", total - tax), ("Tax", tax), ("Total", total), ("CreatedAt", when.At), ("IssuedAt", when.At), ("IssuedOn", when.Day), ("DueOn", when.Day), ("VoidReason", "")]);
        var charge = Charge(payer, total, tax, paid, credited, invoice);
        if (invoice is not null) Row("payments_invoice_charges", [("Id", Guid.CreateVersion7()), ("InvoiceId", invoice), ("ChargeId", charge)]);
        if (end == 9) Post("credit", Note(charge, payer, "Waiver", credited, 0, null), ("Waived", null, credited), ("Receivable", charge, -credited));
        else if (end == 8) GiveBack(Pay(payer, charge, total, total, "Card", null), payer, charge, total, tax);
        else if (end == 7) Pay(payer, charge, total, 0, "Wallet", wallet);
        else if (end > 4) Pay(payer, charge, total, 0, "Cash", drawer);
        else Pay(payer, charge, total, 0, "Card", null);
    }

    private (Guid Payment, Guid Part) Pay(Guid payer, Guid charge, long total, long refunded, string method, Guid? from)
    {
        if (method == "Cash") inDrawer += total;
        if (method == "Wallet") fromWallet += total;
        var (payment, part) = (Payment("Charges", method, payer, total, refunded, method == "Wallet" ? from : null), Guid.CreateVersion7());
        Row("payments_parts", [("Id", part), ("PaymentId", payment), ("ChargeId", charge), ("Amount", total), ("Refunded", refunded)]);
        Post("payment", payment, (method, from, total), ("Receivable", charge, -total));
        return (payment, part);
    }

    private void GiveBack((Guid Payment, Guid Part) of, Guid payer, Guid charge, long total, long tax)
    {
        var refund = Guid.CreateVersion7();
        Row("payments_refunds", [("Id", refund), ("PaymentId", of.Payment), ("PayerKind", "Patient"), ("PayerId", payer), ("Number", Number("REF", "Refund")), ("Way", "Transfer"), ("State", "Done"), ("Currency", "EUR"), ("Amount", total), ("TakesBack", true), ("Reason", "Planted"), ("Reference", ""), ("At", when.At), ("Day", when.Day), ("DoneAt", when.At)]);
        Row("payments_refund_parts", [("Id", Guid.CreateVersion7()), ("RefundId", refund), ("PartId", of.Part), ("ChargeId", charge), ("Amount", total)]);
        Post("refund", refund, ("Receivable", charge, total), ("Bank", null, -total));
        Post("credit", Note(charge, payer, "CreditNote", total, tax, refund), ("Revenue", null, total - tax), ("Tax", null, tax), ("Receivable", charge, -total));
    }

    private Guid Charge(Guid payer, long total, long tax, long paid = 0, long credited = 0, Guid? invoice = null)
    {
        var id = Guid.CreateVersion7();
        Row("payments_charges", [("Id", id), .. Who(payer), ("SearchText", " planted"), ("PurposeKind", "other"), ("PurposeId", id), ("Title", "Planted"), ("Currency", "EUR"), ("Net", total - tax), ("Tax", tax), ("Total", total), ("Paid", paid), ("Credited", credited), ("Rank", 100),
            ("TaxIncluded", true), ("ChargedAt", when.At), ("Day", when.Day), ("InvoiceId", invoice), ("Key", "")]);
        Row("payments_charge_lines", [("Id", Guid.CreateVersion7()), ("ChargeId", id), ("Position", 1), ("Code", ""), ("Description", "Planted"), ("UnitPrice", total), ("Quantity", 1000L), ("Discount", 0L), ("TaxRate", 2200), ("Net", total - tax), ("Tax", tax), ("Total", total)]);
        Post("charge", id, ("Receivable", id, total), ("Revenue", null, tax - total), ("Tax", null, -tax));
        return id;
    }

    private Guid Payment(string kind, string method, Guid payer, long amount, long refunded, Guid? from)
    {
        var id = Guid.CreateVersion7();
        // A number of no year leaves no gap in those that the program counts.
        Row("payments_payments", [("Id", id), ("Kind", kind), ("Method", method), .. Who(payer), ("SearchText", " planted"), ("Currency", "EUR"), ("Amount", amount), ("Refunded", refunded), ("Tendered", 0L), ("Reference", ""), ("Number", isNumbered ? Number("REC", "Receipt") : "OLD-" + id.ToString("N")[^16..]),
            ("DrawerId", method == "Cash" ? drawer : null), ("WalletId", from), ("At", when.At), ("Day", when.Day)]);
        return id;
    }

    private Guid Note(Guid charge, Guid payer, string kind, long amount, long tax, Guid? refund)
    {
        var id = Guid.CreateVersion7();
        Row("payments_credit_notes", [("Id", id), ("ChargeId", charge), ("PayerKind", "Patient"), ("PayerId", payer), ("Kind", kind), ("Number", kind == "Waiver" ? "" : Number("CRN", "CreditNote")), ("Currency", "EUR"), ("Amount", amount), ("Tax", tax), ("Reason", "Planted"), ("At", when.At), ("Day", when.Day), ("RefundId", refund)]);
        return id;
    }

    private void Wallet(Guid id, Guid payer, long filled, long held, long spent)
    {
        Row("payments_wallets", [("Id", id), ("PayerKind", "Patient"), ("PayerId", payer), ("Currency", "EUR"), ("Balance", filled - held - spent), ("Held", held), ("Key", id.ToString("N")), ("CreatedAt", when.At)]);
        Post("payment", Payment("TopUp", "Card", payer, filled, 0, id), ("Card", null, filled), ("Wallet", id, -filled));
        if (held == 0) return;
        var hold = Guid.CreateVersion7();
        Row("payments_holds", [("Id", hold), ("WalletId", id), ("Amount", held), ("State", "Open"), ("PurposeKind", "planted"), ("PurposeId", hold), ("At", when.At)]);
        Post("hold", hold, ("Wallet", id, held), ("Held", id, -held));
    }

    /// <summary>Opened with nothing in it, and closed with what was taken.</summary>
    private void Drawer()
    {
        Row("payments_drawers", [("Id", drawer), ("OwnerId", clinic.Account), ("Currency", "EUR"), ("AtOpening", 0L), ("OpenedAt", when.At), ("UsedAt", when.At), ("ClosedAt", when.At), ("ClosedBy", clinic.Account), ("Expected", inDrawer), ("Counted", inDrawer), ("Reason", ""), ("ClosedOn", when.Day)]);
        if (inDrawer > 0) Post("drawer", drawer, ("Cash", drawer, -inDrawer), ("Safe", null, inDrawer));
    }

    private void Post(string cause, Guid id, params (string Account, Guid? Owner, long Amount)[] legs)
    {
        var transaction = Guid.CreateVersion7();
        Row("payments_transactions", [("Id", transaction), ("At", when.At), ("Day", when.Day), ("CauseKind", cause), ("CauseId", id), ("Purpose", "other")]);
        foreach (var (account, owner, amount) in legs)
            Row("payments_entries", [("TransactionId", transaction), ("Day", when.Day), ("Account", account), ("OwnerId", owner), ("Currency", "EUR"), ("Amount", amount)]);
    }

    private static (string, object?)[] Who(Guid payer) => [("PayerKind", "Patient"), ("PayerId", payer), ("PayerName", "Planted"), ("PayerNumber", "")];

    private string Number(string prefix, string kind)
    {
        var scope = $"payments:{kind}:{when.Day.Year}";
        return $"{prefix}-{when.Day.Year}-{numbers[scope] = numbers.GetValueOrDefault(scope) + 1:0000}";
    }

    private void Row(string table, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!rows.TryGetValue(table, out var kept))
        {
            var names = new List<string> { "OrganisationId" };
            foreach (var (name, _) in values) names.Add(name);
            rows[table] = kept = ([.. names], []);
        }
        var row = new object?[kept.Columns.Length];
        row[0] = clinic.Of(organisation);
        for (var i = 0; i < values.Length; i++) row[i + 1] = values[i].Value switch { Guid id => clinic.Of(id), DateTime at => clinic.Of(at), DateOnly on => clinic.Of(on), var other => other };
        kept.Rows.Add(row);
    }

    private void Write()
    {
        using var connection = clinic.Open();
        Write(connection);
        clinic.Analyze(connection);
    }

    private void Write(DbConnection connection)
    {
        using var transaction = clinic.IsSqlite ? connection.BeginTransaction() : null;
        foreach (var table in Order.Where(rows.ContainsKey))
        {
            clinic.Insert(connection, table, [rows[table].Columns], rows[table].Rows);
            rows[table].Rows.Clear();
        }
        foreach (var (scope, value) in numbers)
            Clinic.Execute(connection, """
                INSERT INTO kernel_counters ("OrganisationId", "Scope", "Value") VALUES (@o, @s, @n) ON CONFLICT ("OrganisationId", "Scope") DO UPDATE SET "Value" = @n
                """, ("o", clinic.Of(clinic.RawOrganisation)), ("s", scope), ("n", value));
        transaction?.Commit();
    }
}
