using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Modules.Payments.Ledger;
using Salus.Modules.Payments.Online;

namespace Salus.Tests.Payments;

/// <summary>A clinic whose payers pay by links, and the providers that are simulated by what they publish.</summary>
public abstract class OnlineBase : IAsyncLifetime
{
    private protected FakeProviders fake = null!;
    private protected OwnServer own = null!;
    private protected Clinic clinic = null!;

    /// <summary>How often one address may begin to pay; null: as often as it likes.</summary>
    private protected virtual Kernel.RateLimit? Limit => null;

    /// <summary>After how many seconds a provider that hangs is given up.</summary>
    private protected virtual int Patience => 20;

    public async ValueTask InitializeAsync()
    {
        fake = await FakeProviders.Start();
        own = await OwnServer.Start(s => fake.Settings(s) with { PayLimit = Limit ?? s.PayLimit, ProviderTimeout = Patience });
        clinic = await Clinic.Make(own.Salus);
    }

    public async ValueTask DisposeAsync()
    {
        await own.DisposeAsync();
        await fake.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>An issued invoice that was mailed, and the path of its link.</summary>
    private protected async Task<(Guid Patient, Guid Charge, Guid Invoice, string Path)> Mailed(string amount = "50.00", Clinic? at = null, string currency = "EUR")
    {
        var place = at ?? clinic;
        var patient = (await place.Register("Anna Rossi", new { name = "Anna Rossi", email = $"anna.{Guid.NewGuid():N}@example.org" })).Id;
        var charge = (await place.Receptionist.Post("charges", new { payerKind = "patient", payerId = patient, title = "X-ray", lines = new[] { new { unitPrice = new { amount, currency } } } })).Is(201).Id;
        var invoice = (await place.Receptionist.Post("invoices", new { charges = new[] { charge } })).Is(201).Id;
        (await place.Receptionist.Post($"invoices/{invoice}/sending", new { })).Is(204);
        var mail = (await place.Salus.Mailbox((await place.Receptionist.Get($"patients/{patient}"))["email"].GetString()!, 1))[^1];
        return (patient, charge, invoice, new Uri(Regex.Match(mail.Text, "http\\S+/pay/\\S+").Value).AbsolutePath);
    }

    protected async Task<Uri> Start(string path, string method = "stripe", string phone = "")
    {
        using var browser = new Browser(own.Salus);
        using var answer = await browser.Submit(path, path + "/start", new() { ["method"] = method, ["phone"] = phone });
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        // The page that follows sends the browser on: a form of ours may not lead elsewhere, also not by a redirect.
        var next = answer.Headers.Location!;
        Assert.StartsWith(path, next.ToString(), StringComparison.Ordinal);
        using var page = await browser.Get(next.ToString());
        return page.Headers.TryGetValues("Refresh", out var where) ? new Uri(where.Single()["0; url=".Length..]) : next;
    }

    private protected async Task<Answer> Notify(string type, FakeProviders.Sale sale, string eventId = "evt_1", DateTimeOffset? at = null, string? header = null)
    {
        var payload = JsonSerializer.Serialize(new { id = eventId, type, data = new { @object = new { id = sale.Id, @object = "checkout.session", client_reference_id = sale.Own } } });
        return await clinic.Anonymous.Send("POST", "/api/v1/payments/webhooks/stripe", payload, ("Stripe-Signature", header ?? await FakeProviders.StripeHeader(payload, at ?? DateTimeOffset.UtcNow)));
    }

    /// <summary>A payment that was made through a provider and is booked.</summary>
    private protected async Task<(Guid Patient, Guid Charge, Guid Payment)> Paid(string method, string amount = "50.00")
    {
        var (patient, charge, _, path) = await Mailed(amount);
        await Start(path, method);
        fake.Only.Status = method == "paypal" ? "APPROVED" : "paid";
        using var browser = new Browser(own.Salus);
        using (await browser.Get($"{path}/back?checkout={fake.Only.Own}")) { }
        Assert.Equal("paid", await State(charge));
        return (patient, charge, (await clinic.Receptionist.Get($"payments?method={(method == "paypal" ? "pay-pal" : method)}")).Is(200).Items[0].Id());
    }

    /// <summary>The time has come at which the provider is asked without a notice.</summary>
    protected async Task<int> Poll()
    {
        await own.Salus.Sql("UPDATE payments_checkouts SET \"LookAt\" = \"CreatedAt\" WHERE \"LookAt\" IS NOT NULL");
        var asked = await own.Salus.Services.GetRequiredService<CheckoutCare>().AskAgain(default);
        await own.Salus.RunJobs();
        return asked;
    }

    protected async Task<string> State(Guid charge) => (await clinic.Charge(charge)).Str("state");

    protected async Task Proven() => Assert.Empty((await own.Salus.Services.GetRequiredService<LedgerVerifier>().Run(default)).Faults);

    protected async Task<T> Checkout<T>(Func<Checkout, T> read)
    {
        await using var db = clinic.Open();
        return read(await db.Checkouts.AsNoTracking().OrderByDescending(c => c.Id).FirstAsync());
    }
}
