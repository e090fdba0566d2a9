using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Web;
using Salus.Web.Printing;

namespace Salus.Modules.Clinic.Billing.Claims;

/// <summary>Claims over HTTP for programs.</summary>
public static class ClaimApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Billing");
        api.MapGet("/claims", (ClaimList list, CancellationToken ct, string? state = null, string? insurer = null, string q = "", Guid? after = null, int limit = 25) =>
                list.Run(new() { State = StateOf(state), Insurer = insurer, Q = q, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadBills).Refuses("invalid").Describe("listClaims", "What insurers are asked to pay, by state (draft, submitted, approved, rejected, paid), insurer, and fragments of patient, policy or claim number");
        api.MapGet("/claims/export", async (ExportClaims export, CancellationToken ct, string? state = null, string? insurer = null, string q = "") => Results.File(await export.Run(new() { State = StateOf(state), Insurer = insurer, Q = q }, ct), "text/csv", "claims.csv"))
            .Requires(ClinicPermissions.Insure).Refuses("invalid", "rate-limit").Produces(200, contentType: "text/csv").Describe("exportClaims", "The same claims as a table");
        api.MapPost("/claims/payments", (PayClaims.Command command, PayClaims pay, CancellationToken ct) => pay.Run(command, ct))
            .Requires(ClinicPermissions.Insure).Repeatable().Refuses("invalid", "not-found", "claim.paid", "claim.not-approved", "claim.amount").Describe("payClaims", "Book what an insurer paid for one claim or several by one transfer: exactly what it had approved");
        api.MapGet("/claims/{id:guid}", (Guid id, ReadClaim read, CancellationToken ct) => read.Run(new() { ClaimId = id }, ct))
            .Requires(ClinicPermissions.ReadBills).Refuses("not-found", "patient.restricted").Describe("readClaim", "One claim with its lines and what became of it; of a draft as the bill is now");
        api.MapPost("/claims/{id:guid}/submission", (Guid id, SubmitClaim.Command command, SubmitClaim submit, HttpContext http, CancellationToken ct) => submit.Run(command with { ClaimId = id, Version = http.Request.IfMatch() ?? command.Version }, ct))
            .Requires(ClinicPermissions.Insure).Repeatable().Refuses("invalid", "not-found", "stale", "claim.submitted", "claim.nothing").Describe("submitClaim", "Hand a claim in: it gets its number, and its lines do not change any more");
        api.MapPost("/claims/{id:guid}/answer", (Guid id, AnswerClaim.Command command, AnswerClaim answer, HttpContext http, CancellationToken ct) => answer.Run(command with { ClaimId = id, Version = http.Request.IfMatch() ?? command.Version }, ct))
            .Requires(ClinicPermissions.Insure).Repeatable().Refuses("invalid", "not-found", "stale", "claim.draft", "claim.answered").Describe("answerClaim", "Write down what the insurer pays: all, less with a reason, or nothing; the patient owes the rest again");
        api.MapGet("/claims/{id:guid}/document", Paper).Requires(ClinicPermissions.ReadBills).Refuses("not-found", "patient.restricted", "print.no-pdf").Produces(200, contentType: "application/pdf").Describe("printClaim", "A claim as PDF");
        routes.Pages().MapGet("/claims/{id:guid}/paper.pdf", Paper).Requires(ClinicPermissions.ReadBills);
    }

    private static async Task Paper(Guid id, PrintClaim read, ClaimPaper paper, Printer printer, OrganisationSlot organisation, HttpContext http, CancellationToken ct)
    {
        var facts = await read.Run(new() { ClaimId = id }, ct);
        await printer.Answer(http, organisation.Current.Id, organisation.Current.Language, () => paper.Of(facts), ct);
    }

    internal static ClaimState? StateOf(string? text) =>
        string.IsNullOrEmpty(text) ? null : Enum.TryParse<ClaimState>(text, true, out var one) && Enum.IsDefined(one) && !char.IsAsciiDigit(text[0]) ? one : throw Refusal.Field("state", "Choose one of the list.");
}
