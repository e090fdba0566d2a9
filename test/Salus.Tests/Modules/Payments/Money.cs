using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Ledger;

namespace Salus.Tests.Payments;

/// <summary>Short words for money in tests.</summary>
internal static class MoneyWords
{
    public static object Eur(string amount) => new { amount, currency = "EUR" };

    /// <summary>A new patient who owes so much; what it is for is of no matter.</summary>
    public static async Task<(Guid Patient, Guid Charge)> Owes(this Clinic clinic, string amount, Guid? patient = null, string title = "Copy of the record")
    {
        var payer = patient ?? (await clinic.Register()).Id;
        return (payer, (await clinic.Charged(payer, amount, title)).Is(201).Id);
    }

    public static Task<Answer> Charged(this Clinic clinic, Guid patient, string amount, string title = "Copy of the record", decimal taxRate = 0, decimal quantity = 1, decimal discountRate = 0) =>
        clinic.Receptionist.Post("charges", new { payerKind = "patient", payerId = patient, title, lines = new[] { new { unitPrice = Eur(amount), taxRate, quantity, discountRate } } });

    /// <summary>The receptionist's drawer, open.</summary>
    public static async Task<Guid> Drawer(this Clinic clinic, string start = "100", Caller? by = null) => (await (by ?? clinic.Receptionist).Post("drawers", new { atOpening = Eur(start) })).Is(201).Id;

    public static Task<Answer> Pay(this Clinic clinic, Guid charge, string? amount = null, string method = "card", string? tendered = null, string? key = null, Caller? by = null, string? reference = null, bool isSecond = false) =>
        (by ?? clinic.Receptionist).Post("payments", new { charges = new[] { charge }, method, amount = amount is null ? null : Eur(amount), tendered = tendered is null ? null : Eur(tendered), reference, isSecond }, key is null ? [] : [("Idempotency-Key", key)]);

    public static Task<Answer> Fill(this Clinic clinic, Guid patient, string amount, string method = "card") => clinic.Receptionist.Post("wallet/top-ups", new { kind = "patient", payerId = patient, method, amount = Eur(amount) });

    public static Task<Answer> Refund(this Clinic clinic, Guid payment, string? amount = null, string way = "transfer", bool takesBack = true) =>
        clinic.Admin.Post($"payments/{payment}/refunds", new { amount = amount is null ? null : Eur(amount), way, takesBack, reason = "Not done" });

    public static async Task<string> Balance(this Clinic clinic, Guid patient) => (await clinic.Receptionist.Get($"wallet?kind=patient&payer={patient}")).Is(200)["wallet"].Amount("balance");

    public static async Task<System.Text.Json.JsonElement> Charge(this Clinic clinic, Guid charge) => (await clinic.Receptionist.Get($"charges/{charge}")).Is(200)["charge"];

    public static string Amount(this System.Text.Json.JsonElement element, string name) => element.GetProperty(name).Str("amount");
    public static string Amount(this Answer answer, string name) => answer[name].Str("amount");

    /// <summary>What the ledger holds on an account, such as the one of revenue.</summary>
    public static async Task<long> Sum(this Clinic clinic, LedgerAccount account)
    {
        await using var db = clinic.Open();
        return await db.LedgerEntries.Where(e => e.Account == account).SumAsync(e => e.Amount);
    }

    public static async Task<long> Sum(this Clinic clinic)
    {
        await using var db = clinic.Open();
        return await db.LedgerEntries.SumAsync(e => e.Amount);
    }
}
