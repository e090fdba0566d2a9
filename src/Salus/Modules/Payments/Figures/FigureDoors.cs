using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Salus.Kernel;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Reconciliation;
using Salus.Web;

namespace Salus.Modules.Payments.Figures;

/// <summary>Figures and reports of providers over HTTP for programs.</summary>
public static class FigureDoors
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Money");
        api.MapGet("/money-figures", (MoneyFigures read, CancellationToken ct, DateOnly? from = null, DateOnly? to = null) => read.Run(new() { From = from, To = to }, ct))
            .Requires(PaymentPermissions.Figures).Refuses("invalid").Describe("readMoneyFigures", "What was earned and received by day, method, purpose and doctor");
        api.MapGet("/money-figures/export", async (MoneyFigures read, CancellationToken ct, DateOnly? from = null, DateOnly? to = null, string by = "day") => await Csv(by, await read.Run(new() { From = from, To = to }, ct)))
            .Requires(PaymentPermissions.Figures).Refuses("invalid").Produces(200, contentType: "text/csv").Describe("exportMoneyFigures", "The same as CSV, by day, method, purpose or doctor, or what is outstanding now");
        api.MapGet("/provider-reports", (ReportList read, CancellationToken ct, Guid? report = null, Guid? after = null, int limit = 50) => read.Run(new() { ReportId = report, After = after, Limit = limit }, ct))
            .Requires(PaymentPermissions.Reconcile).Refuses("invalid").Describe("listReportDifferences", "The last reports of providers, and differences that are open or of one report");
        api.MapPost("/provider-reports", async (string org, HttpRequest request, CompareReport compare, CancellationToken ct, string method = "") =>
            {
                if (request.ContentType?.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase) != true) throw new Refusal(415, "media-type", "This kind of content is not understood here.");
                using var bytes = new MemoryStream();
                await request.Body.CopyToAsync(bytes, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/provider-reports", await compare.Run(new(Words.Read<PaymentMethod>("method", method), bytes.ToArray()), ct));
            })
            .Requires(PaymentPermissions.Reconcile).Repeatable().WithMetadata(new RequestSizeLimitAttribute(ReportFile.MostBytes + 1)).Refuses("invalid", "media-type").Describe("compareProviderReport", "Compare a provider's list (CSV: reference, amount, currency, date) with the books");
        api.MapPost("/report-differences/{id:guid}/settlement", async (Guid id, SettleDifference.Command command, SettleDifference settle, CancellationToken ct) =>
            {
                await settle.Run(command with { DifferenceId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(PaymentPermissions.Reconcile).Repeatable().Refuses("invalid", "not-found", "report.settled").Describe("settleReportDifference", "Settle a difference with a reason");
    }

    /// <param name="by">A word of <see cref="FigureTable"/>.</param>
    public static Task<IResult> Csv(string by, MoneyFiguresView view) => Words.Read<FigureTable>("by", by) switch
    {
        FigureTable.Method => Table("money-by-method", ["method", "in", "out", "net", "currency"], view.Methods.Select(m => (string[])[JsonNamingPolicy.KebabCaseLower.ConvertName(m.Method.ToString()), m.In.Amount!, m.Out.Amount!, m.Net.Amount!, m.Net.Currency!])),
        FigureTable.Purpose => Table("money-by-purpose", ["purpose", "earned", "tax", "currency"], view.Purposes.Select(p => (string[])[p.Purpose, p.Earned.Amount!, p.Tax.Amount!, p.Earned.Currency!])),
        FigureTable.Outstanding => Table("money-outstanding", ["purpose", "owed", "overdue", "currency"], view.Owed.Select(o => (string[])[o.Purpose, o.Owed.Amount!, o.Overdue.Amount!, o.Owed.Currency!])),
        FigureTable.Doctor => Table("money-by-doctor", ["doctor", "earned", "tax", "currency"], view.Doctors.Select(d => (string[])[d.Name, d.Earned.Amount!, d.Tax.Amount!, d.Earned.Currency!])),
        _ => Table("money", ["day", "received", "earned", "currency"], view.Days.Select(d => (string[])[d.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), d.Received.Amount!, d.Earned.Amount!, view.Received.Currency!])),
    };

    private static async Task<IResult> Table(string name, string[] head, IEnumerable<string[]> rows) => Results.File(await Kernel.Csv.Write(head, rows), "text/csv; charset=utf-8", name + ".csv");
}

/// <summary>Which table of the figures is exported.</summary>
public enum FigureTable { Day, Method, Purpose, Doctor, Outstanding }
