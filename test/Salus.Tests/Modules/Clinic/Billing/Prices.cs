using Salus.Tests.Payments;

namespace Salus.Tests.Billing;

/// <summary>Short words for prices and bills in tests.</summary>
internal static class Prices
{
    public static async Task<Guid> Price(this Clinic clinic, string department, string code, string price, string timing = "before", string[]? by = null, string[]? automatic = null, decimal taxRate = 0) =>
        (await clinic.Admin.Post("services", new { department, code, name = "Service " + code, price = MoneyWords.Eur(price), timing, by = by ?? [], automatic = automatic ?? [], taxRate })).Is(201).Id;

    /// <summary>A clinic that charges 30.00 for a consultation, and a visit of it.</summary>
    public static async Task<Guid> Charging(this Clinic clinic)
    {
        await clinic.Price("consultation", "CONS", "30.00", automatic: ["consultation"]);
        return (await clinic.Receptionist.Post("encounters", new { patientId = (await clinic.Register()).Id })).Is(201).Id;
    }

    public static async Task<Answer> Bill(this Clinic clinic, Guid visit) => (await clinic.Receptionist.Get($"encounters/{visit}/bill")).Is(200);

    public static Task<Answer> PayBill(this Clinic clinic, Guid visit, string? amount = null, string method = "card", Caller? by = null, bool isSecond = false, params Guid[] charges) =>
        (by ?? clinic.Receptionist).Post($"encounters/{visit}/bill/payments", new { method, chargeIds = charges, isSecond, amount = amount is null ? null : MoneyWords.Eur(amount) });

    public static Task<Answer> Extra(this Clinic clinic, Guid visit, string title, string amount, string reason, Caller? by = null) =>
        (by ?? clinic.Receptionist).Post($"encounters/{visit}/bill/extras", new { title, amount = MoneyWords.Eur(amount), reason });

    public static Task<Answer> Discount(this Clinic clinic, Guid visit, object wanted, Caller? by = null) => (by ?? clinic.Admin).Post($"encounters/{visit}/bill/discounts", wanted);

    public static Task<Answer> EndDiscount(this Clinic clinic, Guid visit, Guid? charge = null, Caller? by = null) =>
        (by ?? clinic.Admin).Post($"encounters/{visit}/bill/discounts/removal", new { chargeIds = charge is null ? [] : new[] { charge.Value }, reason = "A slip" });

    /// <summary>A test of the clinic's list with a price, ordered in the visit.</summary>
    public static async Task<Guid> OrderPriced(this Clinic clinic, Guid visit, string code, string price, string timing = "before", string kind = "lab")
    {
        (await clinic.Admin.Post("catalogue", new { kind, code, name = "Item " + code })).Is(201);
        await clinic.Price(kind, code, price, timing);
        return (await clinic.Doctor.Post($"encounters/{visit}/orders", new { kind, items = new[] { new { name = code } } })).Is(201)["orders"][0].GetGuid();
    }

    public static System.Text.Json.JsonElement Line(this Answer bill, string code) => bill["lines"].EnumerateArray().Single(l => l.Str("code") == code);

    public static async Task<string?> LockOf(this Clinic clinic, Guid visit, string act, Guid? order = null, Caller? by = null) =>
        (await (by ?? clinic.Doctor).Get($"encounters/{visit}/locks{(order is null ? "" : $"?order={order}")}")).Json.EnumerateArray().Single(l => l.Str("action") == act).Str("reasonCode");
}
