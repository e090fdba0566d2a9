using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;

using Lock = Salus.Modules.Clinic.Encounters.Lock;

namespace Salus.Tests.Orders;

/// <summary>The payment guard stands before every act that waits for payment, and before no other: proven with a policy that lets nothing through.</summary>
public sealed class PaymentTests
{
    /// <summary>A till that can be closed while the server runs.</summary>
    private sealed class Till : IPaymentPolicy
    {
        public bool IsClosed { get; set; }
        public List<(CareAct Act, Guid? Order)> Asked { get; } = [];

        public Task<PaymentLock> Look(SalusDb db, Guid encounterId, Guid? orderId, CancellationToken ct) => Task.FromResult<PaymentLock>(act =>
        {
            lock (Asked) Asked.Add((act, orderId));
            return IsClosed ? new Lock(402, "payment.missing", "This visit is not paid yet.", null) : null;
        });
    }

    [Fact]
    public async Task QU_11_what_waits_for_payment_is_refused_with_402_and_the_rest_is_not()
    {
        var till = new Till();
        await using var own = await OwnServer.Start(services: services => services.Replace(ServiceDescriptor.Singleton<IPaymentPolicy>(till)));
        var clinic = await Clinic.Make(own.Salus);
        var (visit, lab) = await clinic.VisitWith();
        var (second, imaging, procedure) = (await clinic.Ordered(visit, name: "Urea"), await clinic.Ordered(visit, "imaging", "Chest"), await clinic.Ordered(visit, "procedure", "Dressing"));
        var referral = new { specialty = "Cardiology", reason = "Murmur" };
        till.IsClosed = true;
        foreach (var kind in (string[])["lab", "imaging", "procedure"]) (await clinic.Order(visit, kind, new { name = "Another" })).Refuses(402, "payment.missing");
        (await clinic.Lab.Post($"orders/{lab}/result", new { text = "Seen", flag = "normal" })).Refuses(402, "payment.missing");
        (await clinic.Radiology.Post($"orders/{imaging}/study")).Refuses(402, "payment.missing");
        (await clinic.Radiology.Post($"orders/{imaging}/report", new { text = "Clear", flag = "normal" })).Refuses(402, "payment.missing");
        (await clinic.Nurse.Post($"orders/{procedure}/procedure")).Refuses(402, "payment.missing");
        (await clinic.Nurse.Post($"orders/{procedure}/procedure/completion", new { text = "Done" })).Refuses(402, "payment.missing");
        (await clinic.Doctor.Post($"encounters/{visit}/referrals", referral)).Refuses(402, "payment.missing");
        // By the line of the order, where there is one.
        Assert.Contains((CareAct.LabResult, (Guid?)lab), till.Asked);
        Assert.Contains((CareAct.ImagingReport, (Guid?)imaging), till.Asked);
        // Samples do not wait, what is not wanted can be taken back, and what is there can be read and added to.
        (await clinic.Nurse.Post($"orders/{lab}/samples", new { outcome = "collected" })).Is(200);
        (await clinic.Doctor.Post($"orders/{second}/cancellation", new { reason = "Too dear" })).Is(200);
        (await clinic.Doctor.Get($"encounters/{visit}/orders")).Is(200);
        (await clinic.Lab.Get("laboratory/work-list")).Is(200);
        // The page is told the same.
        using var browser = new Browser(own.Salus);
        await browser.SignIn(clinic, "doctor");
        using var part = await browser.Get($"/{clinic.Slug}/visits/{visit}/orders");
        Assert.Contains("This visit is not paid yet.", await part.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var posted = await browser.Submit($"/{clinic.Slug}/visits/{visit}/referrals", $"/{clinic.Slug}/visits/{visit}/orders", new() { ["kind"] = "Lab", ["words"] = "Another" }, $"/{clinic.Slug}/manage/templates");
        Assert.Equal(System.Net.HttpStatusCode.PaymentRequired, posted.StatusCode);
        till.IsClosed = false;
        (await clinic.Lab.Post($"orders/{lab}/result", new { text = "Seen", flag = "normal" })).Is(201);
        (await clinic.Doctor.Post($"encounters/{visit}/referrals", referral)).Is(201);
    }
}
