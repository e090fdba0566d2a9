using Microsoft.Extensions.DependencyInjection;
using Salus.Modules.Payments.Ledger;
using Salus.Tests.Payments;

namespace Salus.Tests.Billing;

/// <summary>Short words for claims in tests.</summary>
internal static class Claiming
{
    /// <summary>A visit that costs 100.00, of which the patient's insurer has taken over its share.</summary>
    public static async Task<Insured> Covered(this Clinic clinic, int percent = 80, string approved = "500.00", string insurer = "Aurora Vita", string name = "Anna Rossi", string policyNumber = "AV-1")
    {
        if ((await clinic.Admin.Get("services?q=cons")).Is(200).Items.Count == 0) await clinic.Price("consultation", "CONS", "100.00", automatic: ["consultation"]);
        var patient = (await clinic.Register(name)).Id;
        var policy = (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer, number = policyNumber, percent, from = "2020-01-01" })).Is(201).Id;
        var visit = (await clinic.Receptionist.Post("encounters", new { patientId = patient })).Is(201).Id;
        var claim = await clinic.Approved(visit, policy, approved);
        return new(visit, claim, patient, policy);
    }

    /// <summary>The insurer is asked for the visit and approves it; the draft of its claim.</summary>
    public static async Task<Guid> Approved(this Clinic clinic, Guid visit, Guid policy, string amount)
    {
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Is(201);
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage/decision", new { approves = true, amount = MoneyWords.Eur(amount), reference = "OK-7" })).Is(204);
        return (await clinic.Bill(visit))["coverages"][0].GetProperty("claim").Id();
    }

    /// <summary>The same visit's claim, submitted.</summary>
    public static async Task<Insured> Claimed(this Clinic clinic, int percent = 80, string insurer = "Aurora Vita", string name = "Anna Rossi")
    {
        var insured = await clinic.Covered(percent, insurer: insurer, name: name);
        (await clinic.Submit(insured.Claim)).Is(200);
        return insured;
    }

    public static Task<Answer> Submit(this Clinic clinic, Guid claim) => clinic.Receptionist.Post($"claims/{claim}/submission", new { reference = "Letter 1" });

    public static Task<Answer> Approve(this Clinic clinic, Guid claim, string? amount = null, string? reason = null, string? version = null) =>
        clinic.Receptionist.Post($"claims/{claim}/answer", new { approves = true, amount = amount is null ? null : MoneyWords.Eur(amount), reference = "ANS-1", reason, version });

    public static Task<Answer> Reject(this Clinic clinic, Guid claim, string reason = "Not covered", string? version = null) => clinic.Receptionist.Post($"claims/{claim}/answer", new { approves = false, reason, version });

    public static Task<Answer> PayClaims(this Clinic clinic, string amount, params Guid[] claims) => clinic.Receptionist.Post("claims/payments", new { claims, amount = MoneyWords.Eur(amount), reference = "TRN-1" });

    public static async Task<Answer> Claim(this Clinic clinic, Guid claim) => (await clinic.Receptionist.Get($"claims/{claim}")).Is(200);

    public static async Task<string> StateOf(this Clinic clinic, Guid claim) => (await clinic.Claim(claim))["claim"].Str("state");

    /// <summary>The ledger says the same as all rows behind it.</summary>
    public static async Task Proven(this Clinic clinic)
    {
        Assert.Empty((await clinic.Salus.Services.GetRequiredService<LedgerVerifier>().Run(default)).Faults);
        Assert.Equal(0, await clinic.Sum());
    }
}

internal sealed record Insured(Guid Visit, Guid Claim, Guid Patient, Guid Policy);
