using Salus.Modules.Clinic.Orders.Referrals;

namespace Salus.Tests.Orders;

/// <summary>ReferPatient, FollowReferral and ReadReferrals.</summary>
public sealed class ReferralTests(SalusServer server)
{
    private static async Task<(Guid Visit, Guid Referral)> Referred(Clinic clinic)
    {
        var visit = await clinic.Visit();
        return (visit, (await clinic.Doctor.Post($"encounters/{visit}/referrals", new { specialty = "Cardiology", recipient = "Dr. Bianchi", urgency = "urgent", reason = "Murmur", summary = "Known since 2019.\nNo fever." })).Is(201).Id);
    }

    private static Task<Answer> Step(Clinic clinic, Guid referral, string step, string? reason = null) => clinic.Doctor.Post($"referrals/{referral}/state", new { step, reason });

    [Fact]
    public async Task a_referral_goes_from_sent_to_accepted_to_completed()
    {
        var clinic = await server.NewClinic();
        var (visit, referral) = await Referred(clinic);
        (await Step(clinic, referral, "complete")).Refuses(409, "referral.state");
        Assert.Equal("accepted", (await Step(clinic, referral, "accept")).Is(200)["state"].GetString());
        (await Step(clinic, referral, "reject", "Full")).Refuses(409, "referral.state");
        Assert.Equal("completed", (await Step(clinic, referral, "complete")).Is(200)["state"].GetString());
        foreach (var step in Enum.GetNames<ReferralAction>()) (await Step(clinic, referral, step.ToLowerInvariant(), "Late")).Refuses(409, "referral.state");
        var line = Assert.Single((await clinic.Nurse.Get($"encounters/{visit}/referrals")).Is(200).Items);
        Assert.Equal(("Cardiology", "Dr. Bianchi", "urgent", "Murmur", "Known since 2019.\nNo fever.", "Person doctor", "completed"),
            (line.Str("specialty"), line.Str("recipient"), line.Str("urgency"), line.Str("reason"), line.Str("summary"), line.Str("by"), line.Str("state")));
        Assert.Equal(["Accepted", "Completed"], (await clinic.Audit(FollowReferral.Action, referral)).Where(e => e.Result == "ok").Select(e => e.Detail));
    }

    [Theory, InlineData("reject"), InlineData("cancel")]
    public async Task an_end_without_success_needs_a_reason(string step)
    {
        var clinic = await server.NewClinic();
        var (_, referral) = await Referred(clinic);
        (await Step(clinic, referral, step)).RefusesField("reason");
        (await Step(clinic, referral, step, "No place before autumn")).Is(200);
        (await Step(clinic, referral, "accept")).Refuses(409, "referral.state");
        (await clinic.Doctor.Post($"referrals/{referral}/state", new { })).RefusesField("step");
    }

    [Fact]
    public async Task it_is_followed_after_the_visit_was_closed_but_made_in_an_open_one_only()
    {
        var clinic = await server.NewClinic();
        var (visit, referral) = await Referred(clinic);
        await clinic.CloseBluntly(visit);
        (await clinic.Doctor.Post($"encounters/{visit}/referrals", new { specialty = "Cardiology", reason = "Murmur" })).Refuses(409, "encounter.closed");
        (await Step(clinic, referral, "accept")).Is(200);
    }

    [Theory, InlineData("nurse"), InlineData("lab"), InlineData("radiology"), InlineData("receptionist"), InlineData("pharmacist"), InlineData("admin")]
    public async Task nobody_but_a_doctor_refers(string who)
    {
        var clinic = await server.NewClinic();
        var (visit, referral) = await Referred(clinic);
        (await clinic.As(who).Post($"encounters/{visit}/referrals", new { specialty = "Cardiology", reason = "Murmur" })).Refuses(403, "forbidden");
        (await clinic.As(who).Post($"referrals/{referral}/state", new { step = "accept" })).Refuses(403, "forbidden");
    }

    [Fact]
    public async Task what_is_needed_is_asked_for_and_two_at_once_move_it_once()
    {
        var clinic = await server.NewClinic();
        var visit = await clinic.Visit();
        (await clinic.Doctor.Post($"encounters/{visit}/referrals", new { reason = "Murmur" })).RefusesField("specialty");
        (await clinic.Doctor.Post($"encounters/{visit}/referrals", new { specialty = "Cardiology", reason = " " })).RefusesField("reason");
        var (_, referral) = await Referred(clinic);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Step(clinic, referral, "accept")));
        Assert.Single(answers, a => a.Status == 200);
        Assert.Equal(5, answers.Count(a => a.Status == 409 && a.Code is "referral.state" or "stale"));
        (await clinic.Doctor.Get($"encounters/{visit}/referrals")).Is(200);
        Assert.NotEmpty(await clinic.Audit(ReadReferrals.Action));
    }
}
