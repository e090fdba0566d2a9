using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Invoices;
using Salus.Web;
using Salus.Web.Printing;

namespace Salus.Modules.Payments.Online;

/// <summary>What somebody sees who opens a link from a mail: the invoice, and how it can be paid. And where providers send their notices.</summary>
public static class PayPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.RootPages();
        pages.MapGet("/pay/{word}", async (string word, PayDesk desk, CancellationToken ct) => await desk.Show(word, null, ct)).Public();
        pages.MapGet("/pay/{word}/paper.pdf", async (string word, PayDesk desk, HttpContext http, CancellationToken ct) => await desk.Print(word, http, ct)).Public();
        pages.MapGet("/pay/{word}/back", async (string word, PayDesk desk, HttpContext http, CancellationToken ct, Guid? checkout = null) => await desk.Back(word, checkout, http.Connection.RemoteIpAddress?.ToString(), ct)).Public();
        pages.MapPost("/pay/{word}/start", async (string word, Form form, PayDesk desk, HttpContext http, CancellationToken ct) =>
        {
            var started = await desk.Start(word, form["method"], form["phone"], http.Connection.RemoteIpAddress?.ToString(), ct);
            // Our pages' forms may lead to our pages only, also by a redirect: the page that follows sends the browser on.
            return Door.GoTo(http, started.Url.Length > 0 ? $"/pay/{word}/go?checkout={started.Id}" : $"/pay/{word}");
        }).Public();
        pages.MapGet("/pay/{word}/go", async (string word, Guid checkout, PayDesk desk, HttpContext http, CancellationToken ct) => await desk.Go(word, checkout, http, ct)).Public();
        pages.MapPost("/pay/{word}/code", async (string word, Form form, PayDesk desk, HttpContext http, CancellationToken ct) => Door.GoTo(http, await desk.Confirm(word, form.Id("checkout") ?? default, form["code"], http.Connection.RemoteIpAddress?.ToString(), ct))).Public();
        pages.MapPost("/pay/{word}/cancel", async (string word, Form form, PayDesk desk, HttpContext http, CancellationToken ct) => Door.GoTo(http, await desk.Cancel(word, form.Id("checkout") ?? default, ct))).Public();
        routes.ApiRoot("Money").MapPost("/payments/webhooks/{provider}", async (string provider, PayDesk desk, HttpContext http, CancellationToken ct) =>
            {
                await desk.Notice(provider, http, ct);
                return TypedResults.NoContent();
            })
            .Public().Refuses("webhook.signature", "not-found", "provider.unavailable").Describe("takeProviderNotice", "Where a payment provider sends its signed notices; what they say is asked of the provider itself");
    }
}

/// <summary>An invoice as who pays sees it.</summary>
/// <param name="Latest">The last try to pay it online; null: none yet.</param>
/// <param name="IsHeld">It is not paid online for a time, as while an insurer may take over a part.</param>
public sealed record PayView(string Word, InvoiceFacts Facts, IReadOnlyList<PaymentMethod> Offered, Checkout? Latest, bool IsHeld);

/// <summary>The work behind the links. The link itself is the authority: what it names, and nothing else, is in reach.</summary>
public sealed class PayDesk(PayLinks links, OnlineDesk online, PaymentProviders providers, CashRule cash, Database database, MoneyPapers papers, Printer printer, RateLimits limits, Settings settings, TimeProvider clock)
{
    // Far more than providers send, and less than would make us call one of them for every forged notice.
    private static readonly RateLimit Notices = RateLimit.Parse("pay-notice", "600/min");

    public async Task<IResult> Show(string word, Guid? checkoutId, CancellationToken ct)
    {
        var link = links.Read(word);
        if (link.Paper != LinkedPaper.Invoice) return Results.LocalRedirect($"/pay/{word}/paper.pdf");
        await using var db = database.Open(link.Organisation);
        var facts = await InvoiceFacts.Of(db, link.Id, ct);
        var latest = await db.Checkouts.AsNoTracking().Where(c => c.InvoiceId == link.Id && (checkoutId == null || c.Id == checkoutId)).OrderByDescending(c => c.Id).FirstOrDefaultAsync(ct);
        var held = (await cash.Held(db, facts.Charges.Where(c => c.Due > 0).Select(c => c.GroupId), ct)).Count > 0;
        var offered = facts.Due > 0 && facts.Issuer.Settings.OnlinePayments && !held ? online.Offered(facts.Invoice.Currency) : [];
        return Web.Show.Page<PayPage>(new { View = new PayView(word, facts, offered, latest, held) });
    }

    public async Task Print(string word, HttpContext http, CancellationToken ct)
    {
        var link = links.Read(word);
        await using var db = database.Open(link.Organisation);
        var (language, paper) = await Paper(db, link, ct);
        await printer.Answer(http, link.Organisation, language, paper, ct);
    }

    private async Task<(string Language, Func<PrintedDocument> Paper)> Paper(SalusDb db, PayLink link, CancellationToken ct)
    {
        switch (link.Paper)
        {
            case LinkedPaper.Receipt: { var facts = await ReceiptFacts.Of(db, link.Id, ct); return (facts.Issuer.Language, () => papers.Receipt(facts)); }
            case LinkedPaper.CreditNote: { var facts = await CreditFacts.Of(db, link.Id, ct); return (facts.Issuer.Language, () => papers.CreditNote(facts)); }
            case LinkedPaper.Statement: { var facts = await StatementFacts.Of(db, link.Id, ct); return (facts.Issuer.Language, () => papers.Statement(facts)); }
            default: { var facts = await InvoiceFacts.Of(db, link.Id, ct); return (facts.Issuer.Language, () => papers.Invoice(facts)); }
        }
    }

    /// <summary>The page once more, from which the browser goes on to the provider by itself; there is a link too.</summary>
    public async Task<IResult> Go(string word, Guid checkoutId, HttpContext http, CancellationToken ct)
    {
        var link = Invoice(word);
        await Own(link, checkoutId, ct);
        await using var db = database.Open(link.Organisation);
        var url = await db.Checkouts.Where(c => c.Id == checkoutId && c.State == CheckoutState.Open).Select(c => c.Url).FirstOrDefaultAsync(ct);
        if (!string.IsNullOrEmpty(url)) http.Response.Headers["Refresh"] = "0; url=" + url;
        return await Show(word, checkoutId, ct);
    }

    public async Task<StartedCheckout> Start(string word, string method, string? phone, string? address, CancellationToken ct)
    {
        await limits.Take(settings.PayLimit, RateLimits.Address(address));
        var link = Invoice(word);
        await using var db = database.Open(link.Organisation);
        var facts = await InvoiceFacts.Of(db, link.Id, ct);
        if (facts.Invoice.IssuedAt is null || facts.Invoice.VoidedAt is not null || !facts.Issuer.Settings.OnlinePayments) throw new Refusal(409, "invoice.not-issued", "This cannot be paid online.");
        return await online.Start(link.Organisation, Words.Read<PaymentMethod>("method", method), [.. facts.Charges.Select(c => c.Id)], link.Id, $"{settings.BaseUrl}/pay/{word}/back", phone, ct);
    }

    /// <summary>The payer comes back from the provider: it is asked at once, and if it does not answer, later.</summary>
    public async Task<IResult> Back(string word, Guid? checkoutId, string? address, CancellationToken ct)
    {
        await limits.Take(settings.PayLimit, RateLimits.Address(address));
        var link = Invoice(word);
        if (checkoutId is { } id)
        {
            await Own(link, id, ct);
            try { await online.Look(link.Organisation, id, ct); }
            catch (Refusal refusal) when (refusal.Status == 503) { } // the page says that it is not paid yet, and it is looked at again
        }
        return Results.LocalRedirect($"/pay/{word}");
    }

    public async Task<string> Confirm(string word, Guid checkoutId, string code, string? address, CancellationToken ct)
    {
        // A code has five letters: nobody may try many.
        await limits.Take(settings.PayLimit, RateLimits.Address(address));
        var link = Invoice(word);
        await Own(link, checkoutId, ct);
        await online.Confirm(link.Organisation, checkoutId, code, ct);
        return $"/pay/{word}";
    }

    public async Task<string> Cancel(string word, Guid checkoutId, CancellationToken ct)
    {
        var link = Invoice(word);
        await Own(link, checkoutId, ct);
        await online.Cancel(link.Organisation, checkoutId, ct);
        return $"/pay/{word}";
    }

    /// <summary>Takes a provider's notice in: its signature is checked, and what it is about is asked of the provider later, so that neither order nor repetition matters.</summary>
    public async Task Notice(string word, HttpContext http, CancellationToken ct)
    {
        var provider = providers.Find(word) ?? throw Refusal.NotFound();
        await limits.Take(Notices, RateLimits.Address(http.Connection.RemoteIpAddress?.ToString()));
        using var reader = new StreamReader(http.Request.Body, new UTF8Encoding(false));
        ReadNotice? notice;
        try { notice = await provider.Read(http.Request.Headers, await reader.ReadToEndAsync(ct), ct); }
        catch (Refusal refusal) when (refusal.Code == "webhook.signature")
        {
            await Traces.Leave(http, refusal.Code);
            throw;
        }
        catch (JsonException) { throw new Refusal(400, "malformed", "This is not what the provider sends."); }
        catch (ProviderFault) { throw OnlineDesk.Unavailable(); }
        if (notice is null) return;
        Checkout? checkout;
        await using (var db = database.Open())
        {
            var own = notice.CheckoutId;
            checkout = await db.Checkouts.IgnoreQueryFilters().AsNoTracking().FirstOrDefaultAsync(c => c.Method == provider.Method && ((c.ProviderId != "" && c.ProviderId == notice.ProviderId) || (own != null && c.Id == own)), ct);
        }
        if (checkout is null) return;
        try { await database.Write(checkout.OrganisationId, db => Keep(db, provider.Method, notice, checkout, ct), ct); }
        catch (DbUpdateException error) when (database.IsUniqueViolation(error)) { } // it was taken in already
    }

    private async Task<int> Keep(SalusDb db, PaymentMethod method, ReadNotice notice, Checkout checkout, CancellationToken ct)
    {
        db.Add(new ProviderNotice { Method = method, EventId = notice.EventId.Length > 200 ? notice.EventId[..200] : notice.EventId, At = clock.Now() });
        // The program may have ended before it was written down what the provider calls it.
        if (checkout.ProviderId.Length == 0 && notice.ProviderId.Length is > 0 and <= 100) await db.Checkouts.Where(c => c.Id == checkout.Id && c.ProviderId == "").ExecuteUpdateAsync(set => set.SetProperty(c => c.ProviderId, notice.ProviderId), ct);
        db.Enqueue(CheckoutJob.LookKind, new CheckoutJob.Command(checkout.Id), clock.Now());
        return await db.SaveChangesAsync(ct);
    }

    private PayLink Invoice(string word) => links.Read(word) is { Paper: LinkedPaper.Invoice } link ? link : throw Refusal.NotFound();

    private async Task Own(PayLink link, Guid checkoutId, CancellationToken ct)
    {
        await using var db = database.Open(link.Organisation);
        if (!await db.Checkouts.AnyAsync(c => c.Id == checkoutId && c.InvoiceId == link.Id, ct)) throw Refusal.NotFound();
    }
}
