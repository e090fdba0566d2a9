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

    // Each statement names the rows that are wrong. The text is the same on both databases.
    private static readonly LedgerCheck[] Checks =
    [
        new("the entries of transaction {0} do not sum to nothing", """SELECT CAST("TransactionId" AS text) AS "Value" FROM payments_entries GROUP BY "TransactionId", "Currency" HAVING SUM("Amount") <> 0 LIMIT 20"""),
        new("entry {0} stands in another organisation, or on another day, than its transaction", """SELECT CAST(e."Seq" AS text) AS "Value" FROM payments_entries e JOIN payments_transactions t ON t."Id" = e."TransactionId" WHERE e."OrganisationId" <> t."OrganisationId" OR e."Day" <> t."Day" LIMIT 20"""),
        new("transaction {0} has no entries", """SELECT CAST(t."Id" AS text) AS "Value" FROM payments_transactions t WHERE NOT EXISTS (SELECT 1 FROM payments_entries e WHERE e."TransactionId" = t."Id") LIMIT 20"""),
        new("transaction {0} names no cause that is there", """
            SELECT CAST(t."Id" AS text) AS "Value" FROM payments_transactions t WHERE
              (t."CauseKind" = 'payment' AND NOT EXISTS (SELECT 1 FROM payments_payments p WHERE p."Id" = t."CauseId" AND p."OrganisationId" = t."OrganisationId")) OR
              (t."CauseKind" = 'refund' AND NOT EXISTS (SELECT 1 FROM payments_refunds r WHERE r."Id" = t."CauseId" AND r."OrganisationId" = t."OrganisationId")) OR
              (t."CauseKind" = 'charge' AND NOT EXISTS (SELECT 1 FROM payments_charges c WHERE c."Id" = t."CauseId" AND c."OrganisationId" = t."OrganisationId")) OR
              (t."CauseKind" = 'credit' AND NOT EXISTS (SELECT 1 FROM payments_credit_notes n WHERE n."Id" = t."CauseId" AND n."OrganisationId" = t."OrganisationId")) OR
              (t."CauseKind" = 'hold' AND NOT EXISTS (SELECT 1 FROM payments_holds h WHERE h."Id" = t."CauseId" AND h."OrganisationId" = t."OrganisationId")) OR
              (t."CauseKind" = 'drawer' AND NOT EXISTS (SELECT 1 FROM payments_drawers d WHERE d."Id" = t."CauseId" AND d."OrganisationId" = t."OrganisationId")) LIMIT 20
            """),
        new("what charge {0} still owes is not what the ledger says", """
            SELECT CAST(c."Id" AS text) AS "Value" FROM payments_charges c LEFT JOIN (SELECT "OwnerId", SUM("Amount") AS s FROM payments_entries WHERE "Account" = 'Receivable' AND "OwnerId" IS NOT NULL GROUP BY "OwnerId") e ON e."OwnerId" = c."Id"
            WHERE COALESCE(e.s, 0) <> c."Total" - c."Paid" - c."Credited" LIMIT 20
            """),
        new("entry {0} is owed by no charge", """SELECT CAST(e."Seq" AS text) AS "Value" FROM payments_entries e WHERE e."Account" = 'Receivable' AND NOT EXISTS (SELECT 1 FROM payments_charges c WHERE c."Id" = e."OwnerId" AND c."Currency" = e."Currency") LIMIT 20"""),
        new("what was paid for charge {0} is not the sum of its payments", """SELECT CAST(c."Id" AS text) AS "Value" FROM payments_charges c LEFT JOIN (SELECT "ChargeId", SUM("Amount" - "Refunded") AS s FROM payments_parts GROUP BY "ChargeId") p ON p."ChargeId" = c."Id" WHERE COALESCE(p.s, 0) <> c."Paid" LIMIT 20"""),
        new("what was taken back of charge {0} is not the sum of its credit notes", """SELECT CAST(c."Id" AS text) AS "Value" FROM payments_charges c LEFT JOIN (SELECT "ChargeId", SUM("Amount") AS s FROM payments_credit_notes GROUP BY "ChargeId") n ON n."ChargeId" = c."Id" WHERE COALESCE(n.s, 0) <> c."Credited" LIMIT 20"""),
        new("charge {0} is not the sum of its lines", """SELECT CAST(c."Id" AS text) AS "Value" FROM payments_charges c LEFT JOIN (SELECT "ChargeId", SUM("Net") AS n, SUM("Tax") AS t, SUM("Total") AS s FROM payments_charge_lines GROUP BY "ChargeId") l ON l."ChargeId" = c."Id" WHERE COALESCE(l.s, -1) <> c."Total" OR l.n <> c."Net" OR l.t <> c."Tax" LIMIT 20"""),
        new("payment {0} is not the sum of its parts", """
            SELECT CAST(p."Id" AS text) AS "Value" FROM payments_payments p LEFT JOIN (SELECT "PaymentId", SUM("Amount") AS s, SUM("Refunded") AS r FROM payments_parts GROUP BY "PaymentId") x ON x."PaymentId" = p."Id"
            WHERE p."Kind" = 'Charges' AND (COALESCE(x.s, -1) <> p."Amount" OR x.r <> p."Refunded") LIMIT 20
            """),
        new("what was given back of payment {0} is not the sum of its refunds", """SELECT CAST(p."Id" AS text) AS "Value" FROM payments_payments p LEFT JOIN (SELECT "PaymentId", SUM("Amount") AS s FROM payments_refunds GROUP BY "PaymentId") r ON r."PaymentId" = p."Id" WHERE COALESCE(r.s, 0) <> p."Refunded" LIMIT 20"""),
        new("the ledger booked something else for payment {0} than it says", """
            SELECT CAST(p."Id" AS text) AS "Value" FROM payments_payments p LEFT JOIN
              (SELECT t."CauseId", SUM(CASE WHEN e."Amount" > 0 THEN e."Amount" ELSE 0 END) AS s FROM payments_transactions t JOIN payments_entries e ON e."TransactionId" = t."Id" WHERE t."CauseKind" = 'payment' GROUP BY t."CauseId") x ON x."CauseId" = p."Id"
            WHERE COALESCE(x.s, 0) <> p."Amount" LIMIT 20
            """),
        new("refund {0} is done, but its money is still on its way, or the other way round", """
            SELECT CAST(r."Id" AS text) AS "Value" FROM payments_refunds r LEFT JOIN (SELECT "OwnerId", SUM("Amount") AS s FROM payments_entries WHERE "Account" = 'RefundDue' AND "OwnerId" IS NOT NULL GROUP BY "OwnerId") e ON e."OwnerId" = r."Id"
            WHERE -COALESCE(e.s, 0) <> CASE WHEN r."State" = 'Pending' THEN r."Amount" ELSE 0 END LIMIT 20
            """),
        new("online payment {0} is paid, but no payment came of it", """SELECT CAST(c."Id" AS text) AS "Value" FROM payments_checkouts c WHERE c."State" = 'Paid' AND c."Amount" <> (SELECT COALESCE(SUM(p."Amount"), 0) FROM payments_payments p WHERE p."CheckoutId" = c."Id") LIMIT 20"""),
        new("the balance of wallet {0} is not the sum of its movements", """
            SELECT CAST(w."Id" AS text) AS "Value" FROM payments_wallets w LEFT JOIN
              (SELECT "OwnerId", SUM(CASE WHEN "Account" = 'Wallet' THEN "Amount" ELSE 0 END) AS b, SUM(CASE WHEN "Account" = 'Held' THEN "Amount" ELSE 0 END) AS h FROM payments_entries WHERE "OwnerId" IS NOT NULL AND "Account" IN ('Wallet', 'Held') GROUP BY "OwnerId") e ON e."OwnerId" = w."Id"
            WHERE -COALESCE(e.b, 0) <> w."Balance" OR -COALESCE(e.h, 0) <> w."Held" LIMIT 20
            """),
        new("what is put aside in wallet {0} is not the sum of its holds", """SELECT CAST(w."Id" AS text) AS "Value" FROM payments_wallets w LEFT JOIN (SELECT "WalletId", SUM("Amount") AS s FROM payments_holds WHERE "State" = 'Open' GROUP BY "WalletId") h ON h."WalletId" = w."Id" WHERE COALESCE(h.s, 0) <> w."Held" LIMIT 20"""),
        new("drawer {0} was closed, but something is left in it", """SELECT CAST(d."Id" AS text) AS "Value" FROM payments_drawers d JOIN payments_entries e ON e."OwnerId" = d."Id" AND e."Account" = 'Cash' WHERE d."ClosedAt" IS NOT NULL GROUP BY d."Id" HAVING SUM(e."Amount") <> 0 LIMIT 20"""),
        new("invoice {0} is not the sum of what it is for", """SELECT CAST(i."Id" AS text) AS "Value" FROM payments_invoices i JOIN payments_invoice_charges x ON x."InvoiceId" = i."Id" JOIN payments_charges c ON c."Id" = x."ChargeId" GROUP BY i."Id", i."Total" HAVING SUM(c."Total") <> i."Total" LIMIT 20"""),
        LedgerCheck.Gap(DocumentKind.Receipt, "payments_payments"), LedgerCheck.Gap(DocumentKind.Refund, "payments_refunds"), LedgerCheck.Gap(DocumentKind.CreditNote, "payments_credit_notes"), LedgerCheck.Gap(DocumentKind.Invoice, "payments_invoices"), LedgerCheck.Gap(DocumentKind.Statement, "payments_statements"),
    ];

    public Task<LedgerVerdict> Run(CancellationToken ct) => database.ReadSnapshot(async db =>
    {
        var faults = new List<string>();
        foreach (var (what, sql) in Checks.Concat(more))
        {
            if (faults.Count >= MostFaults) break;
            foreach (var id in await db.Database.SqlQueryRaw<string>(sql).ToListAsync(ct)) faults.Add(string.Format(CultureInfo.InvariantCulture, what, id));
        }
        async Task<long> Count(string sql) => (await db.Database.SqlQueryRaw<long>(sql).ToListAsync(ct))[0];
        return new LedgerVerdict(faults, await Count("SELECT COUNT(*) AS \"Value\" FROM payments_entries"), await Count("SELECT COUNT(*) AS \"Value\" FROM payments_transactions"), await Count("SELECT COUNT(*) AS \"Value\" FROM payments_charges"),
            await Count("SELECT COUNT(*) AS \"Value\" FROM payments_payments"), await Count("SELECT COUNT(*) AS \"Value\" FROM payments_wallets"));
    }, ct);
}
