using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Payments.Ledger;

/// <param name="Faults">What does not follow from the entries, each with the row's id; empty when all does.</param>
public sealed record LedgerVerdict(IReadOnlyList<string> Faults, long Entries, long Transactions, long Charges, long Payments, long Wallets);

/// <summary>
/// Proves that the ledger of every organisation sums to nothing in each currency and that every balance and state is what its entries say. The database does the
/// summing, in one moment and without stopping anybody; this program holds no more than the faults. Modules whose rows stand behind entries add checks of their own.
/// </summary>
public sealed class LedgerVerifier(Database database, IEnumerable<LedgerCheck> more)
{
    private const int MostFaults = 20;

    // Each statement names the rows that are wrong. Sums are taken row by row, each through its index: a grouped subselect would be kept as a whole, on SQLite in this program's memory; and
    // SQLite, if it remembers a table as tiny, would read all of it for every row. The text is the same on both databases but for the word that names the index.
    private static LedgerCheck[] Checks(Func<string, string> by) =>
    [
        new("the entries of transaction {0} do not sum to nothing, or are in several currencies", $"""SELECT CAST("TransactionId" AS text) AS "Value" FROM payments_entries {by("IX_payments_entries_TransactionId")} GROUP BY "TransactionId" HAVING SUM("Amount") <> 0 OR MIN("Currency") <> MAX("Currency") LIMIT 20"""),
        new("entry {0} stands in another organisation, or on another day, than its transaction", $"""SELECT CAST(e."Seq" AS text) AS "Value" FROM payments_entries e JOIN payments_transactions t ON t."Id" = e."TransactionId" WHERE e."OrganisationId" <> t."OrganisationId" OR e."Day" <> t."Day" LIMIT 20"""),
        new("transaction {0} has no entries", $"""SELECT CAST(t."Id" AS text) AS "Value" FROM payments_transactions t WHERE NOT EXISTS (SELECT 1 FROM payments_entries e {by("IX_payments_entries_TransactionId")} WHERE e."TransactionId" = t."Id") LIMIT 20"""),
        new("transaction {0} names no cause that is there", $"""
            SELECT CAST(t."Id" AS text) AS "Value" FROM payments_transactions t WHERE
              (t."CauseKind" = 'payment' AND NOT EXISTS (SELECT 1 FROM payments_payments p WHERE p."Id" = t."CauseId" AND p."OrganisationId" = t."OrganisationId")) OR
              (t."CauseKind" = 'refund' AND NOT EXISTS (SELECT 1 FROM payments_refunds r WHERE r."Id" = t."CauseId" AND r."OrganisationId" = t."OrganisationId")) OR
              (t."CauseKind" = 'charge' AND NOT EXISTS (SELECT 1 FROM payments_charges c WHERE c."Id" = t."CauseId" AND c."OrganisationId" = t."OrganisationId")) OR
              (t."CauseKind" = 'credit' AND NOT EXISTS (SELECT 1 FROM payments_credit_notes n WHERE n."Id" = t."CauseId" AND n."OrganisationId" = t."OrganisationId")) OR
              (t."CauseKind" = 'hold' AND NOT EXISTS (SELECT 1 FROM payments_holds h WHERE h."Id" = t."CauseId" AND h."OrganisationId" = t."OrganisationId")) OR
              (t."CauseKind" = 'drawer' AND NOT EXISTS (SELECT 1 FROM payments_drawers d WHERE d."Id" = t."CauseId" AND d."OrganisationId" = t."OrganisationId")) LIMIT 20
            """),
        new("what charge {0} still owes is not what the ledger says", $"""
            SELECT CAST(c."Id" AS text) AS "Value" FROM payments_charges c
            WHERE COALESCE((SELECT SUM(e."Amount") FROM payments_entries e {by("IX_payments_entries_OwnerId_Account_Seq")} WHERE e."OwnerId" = c."Id" AND e."Account" = 'Receivable'), 0) <> c."Total" - c."Paid" - c."Credited" LIMIT 20
            """),
        new("entry {0} is owed by no charge", $"""SELECT CAST(e."Seq" AS text) AS "Value" FROM payments_entries e WHERE e."Account" = 'Receivable' AND NOT EXISTS (SELECT 1 FROM payments_charges c WHERE c."Id" = e."OwnerId" AND c."Currency" = e."Currency") LIMIT 20"""),
        new("what was paid for charge {0} is not the sum of its payments", $"""SELECT CAST(c."Id" AS text) AS "Value" FROM payments_charges c WHERE COALESCE((SELECT SUM(p."Amount" - p."Refunded") FROM payments_parts p {by("IX_payments_parts_ChargeId")} WHERE p."ChargeId" = c."Id"), 0) <> c."Paid" LIMIT 20"""),
        new("what was taken back of charge {0} is not the sum of its credit notes", $"""SELECT CAST(c."Id" AS text) AS "Value" FROM payments_charges c WHERE COALESCE((SELECT SUM(n."Amount") FROM payments_credit_notes n {by("IX_payments_credit_notes_ChargeId")} WHERE n."ChargeId" = c."Id"), 0) <> c."Credited" LIMIT 20"""),
        new("charge {0} is not the sum of its lines", $"""
            SELECT CAST(c."Id" AS text) AS "Value" FROM payments_charges c
            WHERE NOT EXISTS (SELECT 1 FROM payments_charge_lines l {by("IX_payments_charge_lines_ChargeId_Position")} WHERE l."ChargeId" = c."Id" GROUP BY l."ChargeId" HAVING SUM(l."Total") = c."Total" AND SUM(l."Net") = c."Net" AND SUM(l."Tax") = c."Tax") LIMIT 20
            """),
        new("payment {0} is not the sum of its parts", $"""
            SELECT CAST(p."Id" AS text) AS "Value" FROM payments_payments p
            WHERE p."Kind" = 'Charges' AND NOT EXISTS (SELECT 1 FROM payments_parts x {by("IX_payments_parts_PaymentId")} WHERE x."PaymentId" = p."Id" GROUP BY x."PaymentId" HAVING SUM(x."Amount") = p."Amount" AND SUM(x."Refunded") = p."Refunded") LIMIT 20
            """),
        new("what was given back of payment {0} is not the sum of its refunds", $"""SELECT CAST(p."Id" AS text) AS "Value" FROM payments_payments p WHERE COALESCE((SELECT SUM(r."Amount") FROM payments_refunds r {by("IX_payments_refunds_PaymentId")} WHERE r."PaymentId" = p."Id"), 0) <> p."Refunded" LIMIT 20"""),
        new("the ledger booked something else for payment {0} than it says", $"""
            SELECT CAST(p."Id" AS text) AS "Value" FROM payments_payments p
            WHERE COALESCE((SELECT SUM(e."Amount") FROM payments_transactions t {by("IX_payments_transactions_CauseId")} JOIN payments_entries e {by("IX_payments_entries_TransactionId")} ON e."TransactionId" = t."Id" WHERE t."CauseId" = p."Id" AND t."CauseKind" = 'payment' AND e."Amount" > 0), 0) <> p."Amount" LIMIT 20
            """),
        new("refund {0} is done, but its money is still on its way, or the other way round", $"""
            SELECT CAST(r."Id" AS text) AS "Value" FROM payments_refunds r
            WHERE -COALESCE((SELECT SUM(e."Amount") FROM payments_entries e {by("IX_payments_entries_OwnerId_Account_Seq")} WHERE e."OwnerId" = r."Id" AND e."Account" = 'RefundDue'), 0) <> CASE WHEN r."State" = 'Pending' THEN r."Amount" ELSE 0 END LIMIT 20
            """),
        new("online payment {0} is paid, but no payment came of it", $"""SELECT CAST(c."Id" AS text) AS "Value" FROM payments_checkouts c WHERE c."State" = 'Paid' AND c."Amount" <> (SELECT COALESCE(SUM(p."Amount"), 0) FROM payments_payments p {by("IX_payments_payments_CheckoutId_Kind")} WHERE p."CheckoutId" = c."Id") LIMIT 20"""),
        new("the balance of wallet {0} is not the sum of its movements", $"""
            SELECT CAST(w."Id" AS text) AS "Value" FROM payments_wallets w
            WHERE -COALESCE((SELECT SUM(e."Amount") FROM payments_entries e {by("IX_payments_entries_OwnerId_Account_Seq")} WHERE e."OwnerId" = w."Id" AND e."Account" = 'Wallet'), 0) <> w."Balance"
              OR -COALESCE((SELECT SUM(e."Amount") FROM payments_entries e {by("IX_payments_entries_OwnerId_Account_Seq")} WHERE e."OwnerId" = w."Id" AND e."Account" = 'Held'), 0) <> w."Held" LIMIT 20
            """),
        new("what is put aside in wallet {0} is not the sum of its holds", $"""SELECT CAST(w."Id" AS text) AS "Value" FROM payments_wallets w WHERE COALESCE((SELECT SUM(h."Amount") FROM payments_holds h {by("IX_payments_holds_WalletId_State")} WHERE h."WalletId" = w."Id" AND h."State" = 'Open'), 0) <> w."Held" LIMIT 20"""),
        new("drawer {0} was closed, but something is left in it", $"""SELECT CAST(d."Id" AS text) AS "Value" FROM payments_drawers d WHERE d."ClosedAt" IS NOT NULL AND COALESCE((SELECT SUM(e."Amount") FROM payments_entries e {by("IX_payments_entries_OwnerId_Account_Seq")} WHERE e."OwnerId" = d."Id" AND e."Account" = 'Cash'), 0) <> 0 LIMIT 20"""),
        new("invoice {0} is not the sum of what it is for", $"""SELECT CAST(i."Id" AS text) AS "Value" FROM payments_invoices i WHERE COALESCE((SELECT SUM(c."Total") FROM payments_invoice_charges x {by("IX_payments_invoice_charges_InvoiceId_ChargeId")} JOIN payments_charges c ON c."Id" = x."ChargeId" WHERE x."InvoiceId" = i."Id"), -1) <> i."Total" LIMIT 20"""),
        LedgerCheck.Gap(DocumentKind.Receipt, "payments_payments"), LedgerCheck.Gap(DocumentKind.Refund, "payments_refunds"), LedgerCheck.Gap(DocumentKind.CreditNote, "payments_credit_notes"), LedgerCheck.Gap(DocumentKind.Invoice, "payments_invoices"), LedgerCheck.Gap(DocumentKind.Statement, "payments_statements"),
    ];

    public Task<LedgerVerdict> Run(CancellationToken ct) => database.ReadSnapshot(async db =>
    {
        var faults = new List<string>();
        foreach (var (what, sql) in Checks(database.IndexedBy).Concat(more))
        {
            if (faults.Count >= MostFaults) break;
            foreach (var id in await db.Database.SqlQueryRaw<string>(sql).ToListAsync(ct)) faults.Add(string.Format(CultureInfo.InvariantCulture, what, id));
        }
        async Task<long> Count(string sql) => (await db.Database.SqlQueryRaw<long>(sql).ToListAsync(ct))[0];
        return new LedgerVerdict(faults, await Count("SELECT COUNT(*) AS \"Value\" FROM payments_entries"), await Count("SELECT COUNT(*) AS \"Value\" FROM payments_transactions"), await Count("SELECT COUNT(*) AS \"Value\" FROM payments_charges"),
            await Count("SELECT COUNT(*) AS \"Value\" FROM payments_payments"), await Count("SELECT COUNT(*) AS \"Value\" FROM payments_wallets"));
    }, ct);
}
