using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Lock = Salus.Modules.Clinic.Encounters.Lock;

namespace Salus.Tests.Pharmacy;

/// <summary>With a cash desk that says "not paid", what waits for payment waits, and nothing else.</summary>
public sealed class PaymentTests
{
    private sealed class CashDesk : IPaymentPolicy
    {
        public bool IsPaid { get; set; } = true;
        public List<(CareAct Act, Guid? Order)> Asked { get; } = [];

        public Task<PaymentLock> Look(SalusDb db, Guid encounterId, Guid? orderId, CancellationToken ct) => Task.FromResult<PaymentLock>(act =>
        {
            Asked.Add((act, orderId));
            return IsPaid ? null : new Lock(402, "payment.needed", "This is not paid yet.", "Pay at the desk.");
        });
    }

    [Fact]
    public async Task prescribing_and_dispensing_wait_for_payment_and_an_emergency_does_not()
    {
        var desk = new CashDesk();
        await using var own = await OwnServer.Start(services: s => s.AddSingleton<IPaymentPolicy>(desk));
        var clinic = await Clinic.Make(own.Salus);
        var (visit, drug, other) = (await clinic.Ready(), await clinic.Drug("Amoxicillin", "amoxicillin"), await clinic.Drug("Adrenaline", "epinephrine"));
        await clinic.Receive(drug, 100);
        await clinic.Receive(other, 100);
        var waiting = await clinic.Pending(visit, drug);
        desk.IsPaid = false;
        (await clinic.Prescribe(visit, other)).Refuses(402, "payment.needed");
        (await clinic.Dispense(waiting)).Refuses(402, "payment.needed");
        Assert.Contains((CareAct.Dispense, (Guid?)waiting), desk.Asked); // the line itself is asked for, not only the visit
        var urgent = await clinic.Pending(visit, other, ("isEmergency", true), ("emergencyReason", "Anaphylaxis"));
        (await clinic.Dispense(urgent)).Is(200);
        (await clinic.Nurse.Post($"encounters/{visit}/administrations", new { prescriptionId = urgent, outcome = "given" })).Is(201);
        (await clinic.Doctor.Post($"prescriptions/{waiting}/cancellation", new { reason = "Not paid" })).Is(204);
        Assert.Equal(("Clear emergency", 100), (Assert.Single(await clinic.Audit("prescription.write", urgent)).Detail, await clinic.OnShelf(drug)));
        var locks = (await clinic.Pharmacist.Get($"encounters/{visit}/locks")).Is(200).Json.EnumerateArray().ToDictionary(l => l.Str("action"), l => l.GetProperty("isLocked").GetBoolean());
        Assert.True(locks["dispense"]);
        Assert.False(locks["emergency-dispense"]);
    }
}
