using System.Globalization;
using Salus.Kernel;
using Salus.Modules.Payments.Contract;
using Salus.Web;

namespace Salus.Modules.Clinic.Billing.Claims;

/// <summary>The pages of claims.</summary>
public static class ClaimPages
{
    private const int Lines = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        pages.MapGet("/claims", async (ClaimList list, CancellationToken ct, string? state = null, string? insurer = null, string q = "", Guid? after = null, bool saved = false) =>
        {
            var one = ClaimApi.StateOf(state);
            return Show.Page<ClaimsPage>(new { View = await list.Run(new() { State = one, Insurer = insurer, Q = q, After = after, Limit = Lines }, ct), State = one, Insurer = insurer ?? "", Q = q, After = after, Saved = saved });
        }).Requires(ClinicPermissions.ReadBills);
        pages.MapGet("/claims/list", async (ClaimList list, CancellationToken ct, string? state = null, string? insurer = null, string q = "", Guid? after = null) =>
        {
            var one = ClaimApi.StateOf(state);
            return Show.Page<ClaimRows>(new { View = await list.Run(new() { State = one, Insurer = insurer, Q = q, After = after, Limit = Lines, IsRefresh = true }, ct), State = one, Insurer = insurer ?? "", Q = q });
        }).Requires(ClinicPermissions.ReadBills);
        pages.MapGet("/claims/export", async (ExportClaims export, CancellationToken ct, string? state = null, string? insurer = null, string q = "") =>
            Results.File(await export.Run(new() { State = ClaimApi.StateOf(state), Insurer = insurer, Q = q }, ct), "text/csv", "claims.csv")).Requires(ClinicPermissions.Insure);
        pages.MapPost("/claims/payments", async (Form form, PayClaims pay, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            var paid = await pay.Run(new()
            {
                Claims = [.. form.All("claims").Select(t => Guid.TryParse(t, CultureInfo.InvariantCulture, out var id) ? id : throw Refusal.Field("claims", "Choose what is paid."))],
                Amount = Amount(form), Reference = form["reference"], On = form.Date("on"),
            }, ct);
            return Door.GoTo(http, page.At(paid.Claims.Count == 1 ? $"claims/{paid.Claims[0].Id}?saved=true" : "claims?state=Paid&saved=true"));
        }).Requires(ClinicPermissions.Insure);
        pages.MapGet("/claims/{id:guid}", async (Guid id, ReadClaim read, CancellationToken ct, bool saved = false) => Show.Page<ClaimPageView>(new { View = await read.Run(new() { ClaimId = id }, ct), Saved = saved })).Requires(ClinicPermissions.ReadBills);
        pages.MapGet("/claims/{id:guid}/part", async (Guid id, ReadClaim read, CancellationToken ct) => Show.Page<ClaimPart>(new { View = await read.Run(new() { ClaimId = id, IsRefresh = true }, ct) })).Requires(ClinicPermissions.ReadBills);
        pages.MapPost("/claims/{id:guid}/submission", async (Guid id, Form form, SubmitClaim submit, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await submit.Run(new() { ClaimId = id, Reference = form["reference"], On = form.Date("on"), Version = form.Id("version") }, ct);
            return Door.GoTo(http, page.At($"claims/{id}?saved=true"));
        }).Requires(ClinicPermissions.Insure);
        pages.MapPost("/claims/{id:guid}/answer", async (Guid id, Form form, AnswerClaim answer, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            await answer.Run(new() { ClaimId = id, Approves = form.Flag("approves"), Amount = Amount(form), Reference = form["reference"], Reason = form["reason"], On = form.Date("on"), Version = form.Id("version") }, ct);
            return Door.GoTo(http, page.At($"claims/{id}?saved=true"));
        }).Requires(ClinicPermissions.Insure);
    }

    private static Money? Amount(Form form) => form["amount"].Trim().Length == 0 ? null : new(form["amount"]);
}
