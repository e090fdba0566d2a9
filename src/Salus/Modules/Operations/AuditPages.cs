using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;
using Salus.Web;

namespace Salus.Modules.Operations;

/// <summary>The audit log and the jobs, for those who answer for them.</summary>
public static class AuditPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        pages.MapGet("/audit", async (AuditReview review, Database database, PageTools page, CancellationToken ct, string? actor = null, string? action = null, string? subject = null, string? from = null, string? until = null, string? result = null, long? after = null) =>
        {
            var query = new AuditReview.Query { ActorId = Id("actor", actor), ActionKey = action, SubjectId = Id("subject", subject), From = Day("from", from), Until = Day("until", until), Result = result, After = after, Limit = 50 };
            return Show.Page<AuditPageView>(new { Found = await review.Run(query, ct), Query = query, Staff = await Staff(database, page.Actor, ct) });
        }).Requires(OperationsModule.ReadAudit);
        pages.MapGet("/audit/export", (string org, AuditExport export, HttpContext http, CancellationToken ct, int days = 7, string format = "json") => Export(org, export, http, days, format, ct)).Requires(OperationsModule.ReadAudit);
        var api = routes.Api("Operations");
        api.MapGet("/audit", (AuditReview review, CancellationToken ct, Guid? actor = null, string? action = null, Guid? subject = null, DateOnly? from = null, DateOnly? until = null, string? result = null, long? after = null, int limit = 25) =>
                review.Run(new() { ActorId = actor, ActionKey = action, SubjectId = subject, From = from, Until = until, Result = result, After = after, Limit = limit }, ct))
            .Requires(OperationsModule.ReadAudit).Refuses("invalid").Describe("listAuditEvents", "The audit log, newest first, by actor, action, subject and day");
        api.MapGet("/audit/export", (string org, AuditExport export, HttpContext http, CancellationToken ct, int days = 7, string format = "json") => Export(org, export, http, days, format, ct))
            .Requires(OperationsModule.ReadAudit).Refuses("invalid").Describe("exportAudit", "Patients, visits, queues and the log of the last days as one signed file (json) or as a table (csv)");
    }

    private static async Task<Dictionary<Guid, string>> Staff(Database database, Actor actor, CancellationToken ct)
    {
        await using var db = database.Open(actor.OrganisationId);
        return await db.Memberships.AsNoTracking().Join(db.Accounts, m => m.AccountId, a => a.Id, (_, a) => new { a.Id, a.Name }).OrderBy(a => a.Name).Take(500).ToDictionaryAsync(a => a.Id, a => a.Name, ct);
    }

    private static async Task<IResult> Export(string org, AuditExport export, HttpContext http, int days, string format, CancellationToken ct)
    {
        if (format is not ("json" or "csv")) throw Refusal.Field("format", "Choose one of the list.");
        using var content = new MemoryStream();
        await export.Run(org, days, format, content, ct);
        return Results.File(content.ToArray(), format == "csv" ? "text/csv" : "application/json", $"salus-audit-{org}.{format}");
    }

    private static Guid? Id(string field, string? text) => string.IsNullOrWhiteSpace(text) ? null : Guid.TryParse(text, out var id) ? id : throw Refusal.Field(field, "This value does not fit.");

    private static DateOnly? Day(string field, string? text) => string.IsNullOrWhiteSpace(text) ? null : DateOnly.TryParseExact(text, "yyyy-MM-dd", out var day) ? day : throw Refusal.Field(field, "This value does not fit.");
}
