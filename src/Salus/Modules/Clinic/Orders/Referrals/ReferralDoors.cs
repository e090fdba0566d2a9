using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;
using Salus.Web;

namespace Salus.Modules.Clinic.Orders.Referrals;

/// <summary>Referrals: pages and API.</summary>
public static class ReferralDoors
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Orders");
        api.MapGet("/encounters/{id:guid}/referrals", (Guid id, ReadReferrals read, CancellationToken ct) => read.Run(new() { EncounterId = id }, ct))
            .Requires(ClinicPermissions.ReadRecord).Refuses("not-found", "patient.restricted").Describe("listReferrals", "The referrals of a visit");
        api.MapPost("/encounters/{id:guid}/referrals", async (string org, Guid id, ReferPatient.Command command, ReferPatient refer, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/referrals", await refer.Run(command with { EncounterId = id }, ct)))
            .Requires(ClinicPermissions.Refer).Repeatable().Refuses("invalid", "not-found", "encounter.closed").Describe("referPatient", "Send the patient to somebody else");
        api.MapPost("/referrals/{id:guid}/state", (Guid id, FollowReferral.Command command, FollowReferral follow, CancellationToken ct) => follow.Run(command with { ReferralId = id }, ct))
            .Requires(ClinicPermissions.Refer).Refuses("invalid", "not-found", "stale", "referral.state").Describe("followReferral", "Note that a referral was accepted, completed, rejected or cancelled");
        MapPages(routes.Pages());
    }

    private static void MapPages(RouteGroupBuilder pages)
    {
        pages.MapGet("/visits/{id:guid}/referrals", (Guid id, ReadReferrals read, Locks locks, CancellationToken ct) => Part(id, read, locks, ct)).Requires(ClinicPermissions.ReadRecord);
        pages.MapPost("/visits/{id:guid}/referrals", async (Guid id, Form form, ReferPatient refer, ReadReferrals read, Locks locks, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await refer.Run(new() { EncounterId = id, Specialty = form["specialty"], Recipient = form["recipient"], Urgency = form.Choice<OrderPriority>("urgency"), Reason = form["reason"], Summary = form["summary"] }, ct);
            return http.Request.IsHtmx() ? await Part(id, read, locks, ct) : Results.LocalRedirect(page.At($"visits/{id}"));
        }).Requires(ClinicPermissions.Refer);
        pages.MapPost("/referrals/{id:guid}/state", async (Guid id, Form form, FollowReferral follow, ReadReferrals read, Locks locks, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            var moved = await follow.Run(new() { ReferralId = id, Step = form["step"].Length == 0 ? null : form.Choice<ReferralAction>("step"), Reason = form["reason"], Version = form.Id("version") }, ct);
            return http.Request.IsHtmx() ? await Part(moved.EncounterId, read, locks, ct) : Results.LocalRedirect(page.At($"visits/{moved.EncounterId}"));
        }).Requires(ClinicPermissions.Refer);
    }

    private static async Task<IResult> Part(Guid id, ReadReferrals read, Locks locks, CancellationToken ct) => Show.Page<ReferralsPart>(new
    {
        Referrals = (await read.Run(new() { EncounterId = id, IsRefresh = true }, ct)).Items, EncounterId = id, Locks = await locks.Run(new() { EncounterId = id }, ct),
    });
}
