using System.Net;
using Salus.Tests.Payments;

namespace Salus.Tests.Billing;

/// <summary>The pages of claims, used without script.</summary>
public sealed class ClaimPageTests(SalusServer server)
{
    private static async Task<string> Text(Browser browser, string path)
    {
        using var answer = await browser.Get(path);
        var text = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode} {text}");
        return text.Replace('\u00a0', ' ');
    }

    private static async Task Submit(Browser browser, string page, string action, Dictionary<string, string> fields)
    {
        using var answer = await browser.Submit(page, action, new(fields) { ["once"] = Guid.NewGuid().ToString("N") });
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, $"{action}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    private static async Task<string> Version(Clinic clinic, Guid claim) => (await clinic.Claim(claim))["claim"].Str("version");

    [Fact]
    public async Task the_desk_submits_a_claim_from_the_bill_writes_the_answer_and_books_a_transfer_for_two()
    {
        var clinic = await server.NewClinic();
        var (one, two) = (await clinic.Covered(name: "Anna Rossi"), await clinic.Claimed(name: "Bruno Verdi"));
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "receptionist");
        string at(string path) => $"/{clinic.Slug}/{path}";
        var page = at($"claims/{one.Claim}");
        Assert.Contains($"href=\"{page}\"", await Text(browser, at($"visits/{one.Visit}/bill")), StringComparison.Ordinal);
        Assert.Contains("The visit is still open.", await Text(browser, page), StringComparison.Ordinal);
        await Submit(browser, page, page + "/submission", new() { ["version"] = await Version(clinic, one.Claim), ["reference"] = "Letter 5", ["on"] = "" });
        Assert.Contains("Letter 5", await Text(browser, page), StringComparison.Ordinal);
        await Submit(browser, page, page + "/answer", new() { ["version"] = await Version(clinic, one.Claim), ["approves"] = "true", ["amount"] = "60,00", ["reference"] = "ANS-9", ["reason"] = "Deductible" });
        Assert.Contains("Deductible", await Text(browser, page), StringComparison.Ordinal);
        Assert.Contains("40.00 EUR is owed", await Text(browser, at($"visits/{one.Visit}/bill")), StringComparison.Ordinal);
        await Submit(browser, at($"claims/{two.Claim}"), at($"claims/{two.Claim}/answer"), new() { ["version"] = await Version(clinic, two.Claim), ["approves"] = "true", ["amount"] = "", ["reference"] = "ANS-10" });
        var list = await Text(browser, at("claims?state=Approved"));
        Assert.Contains($"name=\"claims\" value=\"{one.Claim}\"", list, StringComparison.Ordinal);
        Assert.Contains("140.00 EUR", list, StringComparison.Ordinal);
        using (var wrong = await browser.Post(at("claims/payments"), new() { ["__RequestVerificationToken"] = await browser.TokenOf(at("claims")), ["claims"] = one.Claim.ToString(), ["amount"] = "50", ["reference"] = "TRN-1" }))
            Assert.Equal(HttpStatusCode.Conflict, wrong.StatusCode);
        var token = await browser.TokenOf(at("claims?state=Approved"));
        using (var paid = await browser.Send(at("claims/payments"), new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("once", "t1"), new("claims", one.Claim.ToString()), new("claims", two.Claim.ToString()), new("amount", "140.00"), new("reference", "TRN-1")])))
            Assert.Equal(HttpStatusCode.Redirect, paid.StatusCode);
        Assert.Equal(("paid", "paid"), (await clinic.StateOf(one.Claim), await clinic.StateOf(two.Claim)));
        Assert.Contains("data-state=\"Paid\"", await Text(browser, page), StringComparison.Ordinal);
        Assert.Contains("TRN-1", await Text(browser, page), StringComparison.Ordinal);
        foreach (var path in (string[])["claims", "claims?q=rossi&insurer=Aurora+Vita&state=Paid", "claims/export?state=Paid"]) Assert.Contains("Aurora Vita", await Text(browser, at(path)), StringComparison.Ordinal);
        await clinic.Proven();
    }

    [Fact]
    public async Task the_parts_that_refresh_themselves_show_what_a_new_page_shows_and_leave_one_row()
    {
        var clinic = await server.NewClinic();
        var (one, two) = (await clinic.Claimed(name: "Anna Rossi"), await clinic.Claimed(name: "Bruno Verdi", insurer: "Borealis"));
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "receptionist");
        string at(string path) => $"/{clinic.Slug}/{path}";
        async Task Same(string page, string part, string begin)
        {
            var (whole, alone) = (Plain(await Text(browser, at(page))), Plain(await Text(browser, at(part))));
            Assert.Contains(begin, alone, StringComparison.Ordinal);
            Assert.Contains(alone.Trim(), whole, StringComparison.Ordinal);
        }
        await Same("claims?insurer=Borealis", "claims/list?insurer=Borealis", "Bruno Verdi");
        Assert.DoesNotContain("Anna Rossi", await Text(browser, at("claims/list?insurer=Borealis")), StringComparison.Ordinal);
        Assert.DoesNotContain("Bruno Verdi", await Text(browser, at($"claims/list?after={two.Claim}")), StringComparison.Ordinal);
        await Same($"claims/{one.Claim}", $"claims/{one.Claim}/part", "data-state=\"Submitted\"");
        (await clinic.Reject(one.Claim)).Is(200);
        for (var i = 0; i < 3; i++) Assert.Contains("data-state=\"Rejected\"", await Text(browser, at($"claims/{one.Claim}/part")), StringComparison.Ordinal);
        var reads = (await clinic.Audit(Modules.Clinic.Billing.Claims.ReadClaim.Action)).Where(a => a.ActorId == clinic.Account("receptionist").Id).ToList();
        Assert.Single(reads);
    }

    // Each form has a token and a word of its own.
    private static string Plain(string text) => System.Text.RegularExpressions.Regex.Replace(text, "name=\"(__RequestVerificationToken|once)\" value=\"[^\"]*\"", "");

    [Fact]
    public async Task a_rejection_is_written_on_the_page_and_who_only_reads_bills_has_no_forms()
    {
        var clinic = await server.NewClinic();
        var (visit, claim, _, _) = await clinic.Claimed();
        using var browser = new Browser(clinic.Salus);
        await browser.SignIn(clinic, "receptionist");
        var page = $"/{clinic.Slug}/claims/{claim}";
        await Submit(browser, page, page + "/answer", new() { ["version"] = await Version(clinic, claim), ["amount"] = "80.00", ["reason"] = "Policy lapsed" });
        Assert.Contains("data-state=\"Rejected\"", await Text(browser, page), StringComparison.Ordinal);
        Assert.Contains("Ask the insurer", await Text(browser, $"/{clinic.Slug}/visits/{visit}/bill"), StringComparison.Ordinal);
        using var nurse = new Browser(clinic.Salus);
        await nurse.SignIn(clinic, "nurse");
        var other = (await clinic.Claimed()).Claim;
        Assert.DoesNotContain("/answer\"", await Text(nurse, $"/{clinic.Slug}/claims/{other}"), StringComparison.Ordinal);
        Assert.DoesNotContain("claims/export", await Text(nurse, $"/{clinic.Slug}/claims"), StringComparison.Ordinal);
    }
}
