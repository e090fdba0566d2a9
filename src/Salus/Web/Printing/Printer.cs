using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Localization;
using Microsoft.Net.Http.Headers;
using Salus.Kernel;
using Salus.Resources;
using static Salus.Web.Printing.Pango;

namespace Salus.Web.Printing;

/// <summary>
/// Answers with a printed thing: as PDF; as a page that the browser prints where the PDF cannot be made. No document is lost
/// because a library is missing.
/// </summary>
public sealed class Printer(PrintLibrary library, ILogos logos, IStringLocalizer<Texts> texts, ILogger<Printer> log) : IDisposable
{
    // A document takes some milliseconds of a processor. Each that is painted has fonts of its own, because Pango shares none between threads; they are used again.
    private readonly SemaphoreSlim room = new(Math.Clamp(Environment.ProcessorCount, 1, 8));
    private readonly ConcurrentBag<FontMap> fonts = [];

    /// <param name="organisation">Whose logo stands on it.</param>
    /// <param name="make">Called when the language is set: that of the reader, or the organisation's when the reader named none.</param>
    public async Task Answer(HttpContext http, Guid organisation, string organisationLanguage, Func<Printed> make, CancellationToken ct)
    {
        using var language = RequestLanguage.ForPaper(http, organisationLanguage);
        var printed = make();
        if (printed is PrintedDocument document) printed = document with { Logo = await logos.Of(organisation, ct) };
        http.Response.Headers.CacheControl = "no-store";
        var accepts = http.Request.GetTypedHeaders().Accept;
        // A browser asks for pages everywhere; a program that wants one says so.
        if (http.Request.IsApi() && accepts.Count > 0 && accepts.All(a => a.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase))) await Page(printed, isInstead: false).ExecuteAsync(http);
        else if (await Make(printed, ct) is { } pdf) await Send(http, pdf, printed.FileName);
        else if (!http.Request.IsApi()) await Page(printed, isInstead: true).ExecuteAsync(http);
        else throw new Refusal(503, "print.no-pdf", "This server cannot make PDF just now.") { Unlock = "Ask for the same document as a page: Accept: text/html." };
    }

    private static RazorComponentResult<PrintPage> Page(Printed printed, bool isInstead) => new(new { Printed = printed, IsInstead = isInstead });

    private async Task<Pdf?> Make(Printed printed, CancellationToken ct)
    {
        if (!library.IsThere) return null;
        await room.WaitAsync(ct);
        try
        {
            if (!fonts.TryTake(out var map)) map = pango_cairo_font_map_new();
            var pdf = Paint(printed, map);
            fonts.Add(map);
            return pdf;
        }
        // The fonts of a document that failed are not used again; the handle gives them back.
        catch (Exception error) when (error is PrintFailed or DllNotFoundException or EntryPointNotFoundException)
        {
            log.LogError("A PDF could not be made: {Error}", error.Message);
            return null;
        }
        finally { room.Release(); }
    }

    private Pdf Paint(Printed printed, FontMap map)
    {
        var words = new PainterWords((page, pages) => texts["Page {0} of {1}", page, pages], texts["Some signs could not be printed on this machine and stand as boxes. Look at the original on the screen."]);
        return printed switch
        {
            PrintedLabel label => Pdf.Of(map, label.Title, LabelPainter.Points(label.Width), LabelPainter.Points(label.Height), (pen, setter) => LabelPainter.Paint(label, pen, setter)),
            PrintedDocument document => Paint(document, words, map),
            _ => throw new InvalidOperationException($"{printed.GetType().Name} cannot be printed."),
        };
    }

    private static Pdf Paint(PrintedDocument document, PainterWords words, FontMap map)
    {
        using var logo = document.Logo is null ? null : LogoPainter.Open(document.Logo.Png);
        return Pdf.Of(map, document.Title, DocumentPainter.Width, DocumentPainter.Height, (pen, setter) => new DocumentPainter(document, words, pen, setter, logo).Paint());
    }

    private static async Task Send(HttpContext http, Pdf pdf, string name)
    {
        try
        {
            http.Response.ContentType = "application/pdf";
            http.Response.ContentLength = pdf.Length;
            http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("inline") { FileName = string.Concat(name.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-')) + ".pdf" }.ToString();
            await pdf.Content.CopyToAsync(http.Response.BodyWriter, http.RequestAborted);
        }
        finally { pdf.Content.Complete(); }
    }

    public void Dispose()
    {
        foreach (var map in fonts) map.Dispose();
        room.Dispose();
    }
}
