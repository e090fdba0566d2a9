using System.Data.Common;

namespace Salus.Bench;

/// <summary>The statements of a payment without any program.</summary>
public sealed partial class Raw
{
    private const string ReadCharge = """SELECT * FROM payments_charges WHERE "Id" = @charge AND "OrganisationId" = @o""";
    private const string ReadWallets = """SELECT * FROM payments_wallets WHERE "PayerId" = @payer AND "Currency" = 'EUR' AND "OrganisationId" = @o ORDER BY "Id" """;
    private const string ReadClosed = """SELECT "Day" FROM payments_day_closes WHERE "OrganisationId" = @o AND "Day" >= @day""";
    private const string PayCharge = """UPDATE payments_charges SET "Paid" = "Paid" + @amount WHERE "Id" = @charge AND "Paid" + @amount >= 0 AND "Paid" + "Credited" + @amount <= "Total" """;
    private const string TakeFromWallet = """UPDATE payments_wallets SET "Balance" = "Balance" - @amount WHERE "Id" = @wallet AND "Balance" >= @amount""";
    private const string PaymentRow = """
        INSERT INTO payments_payments ("Id", "OrganisationId", "Kind", "Method", "PayerKind", "PayerId", "PayerName", "PayerNumber", "SearchText", "Currency", "Amount", "Refunded", "Tendered", "Reference", "Number", "WalletId", "At", "Day", "By")
        VALUES (@id, @o, 'Charges', @method, 'Patient', @payer, 'Planted', '', ' planted', 'EUR', @amount, 0, 0, '', @number, @wallet, @now, @day, @actor)
        """;
    private const string PartRow = """INSERT INTO payments_parts ("Id", "OrganisationId", "PaymentId", "ChargeId", "Amount", "Refunded") VALUES (@part, @o, @id, @charge, @amount, 0)""";
    private const string TransactionRow = """INSERT INTO payments_transactions ("Id", "OrganisationId", "At", "Day", "CauseKind", "CauseId", "Purpose", "By") VALUES (@booked, @o, @now, @day, 'payment', @id, 'other', @actor)""";
    private const string EntryRow = """INSERT INTO payments_entries ("OrganisationId", "TransactionId", "Day", "Account", "OwnerId", "Currency", "Amount") VALUES (@o, @booked, @day, @account, @owner, 'EUR', @amount)""";

    /// <summary>One payment: the charge is read and set, the wallet is read and charged where it comes from one, the receipt's number is taken, the closed days are looked at, and payment, part, ledger and audit are written, in one transaction.</summary>
    /// <param name="wallet">From which it comes; null: from a card.</param>
    public Func<ValueTask> Pay(int caller, Func<Guid> charge, Guid? wallet) => Writer(caller, null, async (connection, transaction, _) =>
    {
        var now = DateTime.UtcNow;
        (string, object?) o = ("o", clinic.Of(clinic.RawOrganisation)), day = ("day", clinic.Of(Clinic.Today)), at = ("now", clinic.Of(now)), to = ("charge", clinic.Of(charge())), booked = ("booked", clinic.Of(Guid.CreateVersion7())), actor = ("actor", clinic.Of(clinic.Account));
        var (payer, due) = await First(connection, transaction, ReadCharge, row => (row.GetGuid(row.GetOrdinal("PayerId")), row.GetInt64(row.GetOrdinal("Total")) - row.GetInt64(row.GetOrdinal("Paid")) - row.GetInt64(row.GetOrdinal("Credited"))), to, o);
        (string, object?) amount = ("amount", due);
        await One(connection, transaction, PayCharge, to, amount);
        if (wallet is not null)
        {
            var found = await First(connection, transaction, ReadWallets, row => row.GetGuid(row.GetOrdinal("Id")), ("payer", clinic.Of(payer)), o);
            await One(connection, transaction, TakeFromWallet, ("wallet", clinic.Of(found)), amount);
        }
        var number = Convert.ToInt64(await Command(connection, transaction, Counter, o, ("s", $"payments:Receipt:{Clinic.Today.Year}")).ExecuteScalarAsync());
        await First(connection, transaction, ReadClosed, row => row.FieldCount, o, day);
        var (payment, from) = (Guid.CreateVersion7(), ("wallet", wallet is { } one ? clinic.Of(one) : null));
        (string, object?) id = ("id", clinic.Of(payment));
        await Batch(connection, transaction,
            (PaymentRow, [id, o, ("method", wallet is null ? "Card" : "Wallet"), ("payer", clinic.Of(payer)), amount, ("number", $"REC-{Clinic.Today.Year}-{number:0000}"), from, at, day, actor]),
            (PartRow, [("part", clinic.Of(Guid.CreateVersion7())), o, id, to, amount]), (TransactionRow, [booked, o, at, day, id, actor]),
            (EntryRow, [o, booked, day, ("account", wallet is null ? "Card" : "Wallet"), ("owner", from.Item2), amount]), (EntryRow, [o, booked, day, ("account", "Receivable"), ("owner", to.Item2), ("amount", -due)]),
            AuditRow(payment, now, "payment.take", "Card"));
    });

    private async Task One(DbConnection connection, DbTransaction transaction, string sql, params (string, object?)[] values)
    {
        if (await Command(connection, transaction, sql, values).ExecuteNonQueryAsync() != 1) throw new InvalidOperationException($"No row was changed by {sql}");
    }

    /// <summary>Reads all values of every row, and gives what is wanted of the first.</summary>
    private async Task<T?> First<T>(DbConnection connection, DbTransaction transaction, string sql, Func<DbDataReader, T> read, params (string, object?)[] values)
    {
        await using var reader = await Command(connection, transaction, sql, values).ExecuteReaderAsync();
        var (first, count, row) = (default(T), 0, new object[reader.FieldCount]);
        while (await reader.ReadAsync())
        {
            if (count++ == 0) first = read(reader);
            reader.GetValues(row);
        }
        return first;
    }
}
