namespace Salus.Bench;

/// <summary>The statements of a payment without any program.</summary>
public sealed partial class Raw
{
    private const string PayCharge = """UPDATE payments_charges SET "Paid" = "Paid" + 1 WHERE "Id" = @charge AND "Paid" + "Credited" + 1 <= "Total" """;
    private const string TakeFromWallet = """UPDATE payments_wallets SET "Balance" = "Balance" - 1 WHERE "Id" = @wallet AND "Balance" >= 1""";
    private const string PaymentRow = """
        INSERT INTO payments_payments ("Id", "OrganisationId", "Kind", "Method", "PayerKind", "PayerId", "PayerName", "PayerNumber", "SearchText", "Currency", "Amount", "Refunded", "Tendered", "Reference", "Number", "At", "Day")
        VALUES (@id, @o, 'Charges', @method, 'Patient', @payer, 'Raw', '', ' raw', 'EUR', 1, 0, 0, '', @number, @now, @day)
        """;
    private const string PartRow = """INSERT INTO payments_parts ("Id", "OrganisationId", "PaymentId", "ChargeId", "Amount", "Refunded") VALUES (@part, @o, @id, @charge, 1, 0)""";
    private const string TransactionRow = """INSERT INTO payments_transactions ("Id", "OrganisationId", "At", "Day", "CauseKind", "CauseId", "Purpose") VALUES (@transaction, @o, @now, @day, 'payment', @id, 'other')""";
    private const string EntryRow = """INSERT INTO payments_entries ("OrganisationId", "TransactionId", "Day", "Account", "OwnerId", "Currency", "Amount") VALUES (@o, @transaction, @day, @account, @owner, 'EUR', @amount)""";

    /// <summary>One payment of a cent: charge, number, payment, part, two entries and the audit row in one transaction.</summary>
    /// <param name="wallet">From which it comes; null: from a card.</param>
    public Func<ValueTask> Pay(int caller, Guid charge, Guid? wallet) => Writer(caller, null, async (connection, transaction, _) =>
    {
        var (id, booked, now) = (Guid.CreateVersion7(), Guid.CreateVersion7(), DateTime.UtcNow);
        (string, object?) own = ("o", clinic.Of(clinic.RawOrganisation)), day = ("day", clinic.Of(Clinic.Today)), at = ("now", clinic.Of(now)), of = ("id", clinic.Of(id)), to = ("charge", clinic.Of(charge)), by = ("transaction", clinic.Of(booked));
        if (await Command(connection, transaction, PayCharge, to).ExecuteNonQueryAsync() != 1) throw new InvalidOperationException("The charge is paid; plant a larger one.");
        if (wallet is { } from && await Command(connection, transaction, TakeFromWallet, ("wallet", clinic.Of(from))).ExecuteNonQueryAsync() != 1) throw new InvalidOperationException("The wallet is empty; plant more.");
        var number = Convert.ToInt64(await Command(connection, transaction, Counter, own, ("s", $"payments:Receipt:{Clinic.Today.Year}")).ExecuteScalarAsync());
        await Batch(connection, transaction,
            (PaymentRow, [of, own, ("method", wallet is null ? "Card" : "Wallet"), ("payer", clinic.Of(Guid.Empty)), ("number", $"REC-{Clinic.Today.Year}-{number:0000}"), at, day]), (PartRow, [("part", clinic.Of(Guid.CreateVersion7())), own, of, to]), (TransactionRow, [by, own, at, day, of]),
            (EntryRow, [own, by, day, ("account", wallet is null ? "Card" : "Wallet"), ("owner", wallet is { } w ? clinic.Of(w) : null), ("amount", 1L)]), (EntryRow, [own, by, day, ("account", "Receivable"), ("owner", clinic.Of(charge)), ("amount", -1L)]),
            AuditRow(id, now, "payment.take", "Card"));
    });
}
