using System.Security.Cryptography;

namespace Salus.BrowserTests;

/// <summary>What a person does to protect the own account, and what saves it when the phone is lost or somebody else got in.</summary>
public sealed class IdentityTests(DemoServer demo)
{
    [Fact]
    public async Task A_doctor_adds_a_passkey_and_signs_in_without_a_password()
    {
        var page = await demo.SignedIn("pietro");
        var complaints = page.Complaints();
        await Authenticator(page);
        await page.GotoAsync("/account/second-factor");
        await page.IsAccessible("second-factor");
        await page.ClickAsync("[data-passkey=new]");
        await Assertions.Expect(page.Locator(".codes code")).ToHaveCountAsync(10);
        await page.IsAccessible("recovery-codes");
        await page.GotoAsync("/account");
        await SignOut(page);
        await page.ClickAsync("form[action='/account/sign-in/passkey'] [data-passkey]");
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
        await page.GotoAsync("/account/second-factor");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("last used");
        await page.ClickAsync("form[action$='/remove'] button");
        await page.WaitForURLAsync(url => url.Contains("saved", StringComparison.Ordinal));
        await SignOut(page);
        await page.ClickAsync("form[action='/account/sign-in/passkey'] [data-passkey]");
        await Assertions.Expect(page.Locator("#refusal")).ToContainTextAsync("not accepted");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Who_lost_the_phone_gets_in_with_a_recovery_code_and_only_once()
    {
        var page = await demo.SignedIn("sara");
        await page.GotoAsync("/account/second-factor");
        await page.ClickAsync("form[action='/account/second-factor/authenticator'] button");
        var secret = (await page.Text("[data-secret]")).Replace(" ", "", StringComparison.Ordinal);
        await page.IsAccessible("authenticator");
        await page.FillAsync("[name=code]", Code(secret));
        await page.ClickAsync("form[action$='/confirm'] button");
        await Assertions.Expect(page.Locator(".codes code")).ToHaveCountAsync(10);
        var recovery = await page.Text(".codes code");
        var lost = await Password(demo, "sara");
        await lost.IsAccessible("sign-in-code");
        await lost.FillAsync("[name=code]", recovery);
        await lost.ClickAsync("form[action='/account/sign-in/code'] button");
        await lost.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
        var thief = await Password(demo, "sara");
        await thief.FillAsync("[name=code]", recovery);
        await thief.ClickAsync("form[action='/account/sign-in/code'] button");
        await Assertions.Expect(thief.Locator("#refusal")).ToContainTextAsync("used already");
        await lost.GotoAsync("/account/second-factor");
        await Assertions.Expect(lost.Locator("main")).ToContainTextAsync("9 of 10");
        await lost.ClickAsync("form[action='/account/second-factor/authenticator/remove'] button");
        await lost.WaitForURLAsync(url => url.Contains("saved", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stolen_session_is_ended_and_its_browser_is_out()
    {
        var (owner, thief) = (await demo.SignedIn("chiara"), await demo.SignedIn("chiara", new() { UserAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0" }));
        await thief.GotoAsync("/account");
        await owner.GotoAsync("/account");
        await owner.Locator("li", new() { HasText = "Firefox, Windows" }).Locator("button").ClickAsync();
        await owner.WaitForURLAsync(url => url.Contains("saved", StringComparison.Ordinal));
        await thief.GotoAsync("/account");
        Assert.Contains("/account/sign-in", thief.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_registers_opens_the_mailed_link_and_adds_a_passkey()
    {
        var email = $"rosa.{Guid.NewGuid():N}@mail.example";
        var page = await (await demo.Browser()).NewPageAsync();
        var complaints = page.Complaints();
        await Authenticator(page);
        await page.GotoAsync("/account/sign-in");
        await page.ClickAsync("a[href='/account/register']");
        await page.IsAccessible("register");
        await page.FillAsync("[name=name]", "Rosa Bruni");
        await page.FillAsync("[name=email]", email);
        await page.FillAsync("[name=password]", "short");
        await page.ClickAsync("form[action='/account/register'] button");
        await Assertions.Expect(page.Locator("#refusal")).ToContainTextAsync("at least 12 characters");
        await page.FillAsync("[name=password]", "Green-Lantern-88!");
        await page.ClickAsync("form[action='/account/register'] button");
        await page.WaitForURLAsync(url => url.EndsWith("/sent", StringComparison.Ordinal));
        await page.GotoAsync(await Mailed(page, email));
        await page.IsAccessible("verify");
        await page.ClickAsync("form[action='/account/verify'] button");
        await page.WaitForURLAsync(url => url.Contains("verified", StringComparison.Ordinal));
        await page.FillAsync("[name=email]", email);
        await page.FillAsync("[name=password]", "Green-Lantern-88!");
        await page.ClickAsync("form[action='/account/sign-in'] button[type=submit]");
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
        await page.GotoAsync("/account/second-factor");
        await page.ClickAsync("[data-passkey=new]");
        await Assertions.Expect(page.Locator(".codes code")).ToHaveCountAsync(10);
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_nurse_of_whom_a_second_factor_is_demanded_is_shown_how_and_goes_on()
    {
        var email = $"nurse.{Guid.NewGuid():N}@mail.example";
        var admin = await demo.SignedIn("admin");
        await admin.GotoAsync("/aurora/manage/staff");
        await admin.FillAsync("form[action$='/manage/invitations'] [name=name]", "Nora Lang");
        await admin.FillAsync("form[action$='/manage/invitations'] [name=email]", email);
        await admin.CheckAsync("form[action$='/manage/invitations'] [value='clinic.nurse']");
        await admin.ClickAsync("form[action$='/manage/invitations'] button[type=submit]");
        var nurse = await (await demo.Browser()).NewPageAsync();
        await Authenticator(nurse);
        await nurse.GotoAsync(await Mailed(nurse, email));
        await nurse.FillAsync("[name=password]", "Green-Lantern-88!");
        await nurse.ClickAsync("form[action^='/invitations/'] button");
        await nurse.WaitForURLAsync(url => url.EndsWith("/aurora/", StringComparison.Ordinal));
        await admin.GotoAsync("/aurora/manage/settings");
        await admin.CheckAsync("[name=secondFactorRoles][value='clinic.nurse']");
        await admin.ClickAsync("form[action$='/manage/settings'] button[type=submit]");
        await admin.WaitForURLAsync(url => url.Contains("saved", StringComparison.Ordinal));
        await nurse.GotoAsync("/aurora/");
        await Assertions.Expect(nurse.Locator("main")).ToContainTextAsync("asks for a second factor");
        await nurse.IsAccessible("second-factor-demanded");
        await nurse.ClickAsync("main a[href='/account/second-factor']");
        await nurse.ClickAsync("[data-passkey=new]");
        await Assertions.Expect(nurse.Locator(".codes code")).ToHaveCountAsync(10);
        await nurse.GotoAsync("/aurora/");
        await Assertions.Expect(nurse.Locator("h1")).ToBeVisibleAsync();
        await Assertions.Expect(nurse.Locator("main")).Not.ToContainTextAsync("asks for a second factor");
        await admin.UncheckAsync("[name=secondFactorRoles][value='clinic.nurse']");
        await admin.ClickAsync("form[action$='/manage/settings'] button[type=submit]");
    }

    /// <summary>The path of the link that was mailed to an address, as soon as it is there.</summary>
    private static async Task<string> Mailed(IPage page, string email)
    {
        var link = (await page.MailTo(email)).Locator("a[href*='/account/verify/'], a[href*='/invitations/']").First;
        return new Uri((await link.GetAttributeAsync("href"))!).PathAndQuery;
    }

    private static async Task<IPage> Password(DemoServer demo, string who)
    {
        var page = await (await demo.Browser()).NewPageAsync();
        await page.GotoAsync("/account/sign-in");
        await page.FillAsync("[name=email]", $"{who}@aurora.example");
        await page.FillAsync("[name=password]", "Sunrise-Clinic-7");
        await page.ClickAsync("form[action='/account/sign-in'] button[type=submit]");
        await page.WaitForURLAsync(url => url.EndsWith("/account/sign-in/code", StringComparison.Ordinal));
        return page;
    }

    private static async Task SignOut(IPage page)
    {
        await page.ClickAsync(".account-menu summary");
        await page.ClickAsync("form[action='/account/sign-out'] button");
        await page.WaitForURLAsync(url => url.Contains("sign-in", StringComparison.Ordinal));
    }

    /// <summary>Gives the page an authenticator that says yes, as a phone does after a fingerprint.</summary>
    private static async Task Authenticator(IPage page)
    {
        var debugger = await page.Context.NewCDPSessionAsync(page);
        await debugger.SendAsync("WebAuthn.enable");
        await debugger.SendAsync("WebAuthn.addVirtualAuthenticator", new() { ["options"] = new Dictionary<string, object>
        {
            ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
        } });
    }

    private static string Code(string secret)
    {
        var bits = string.Concat(secret.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var key = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        var step = BitConverter.GetBytes(DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // what authenticator apps do
        Array.Reverse(step);
        var hash = HMACSHA1.HashData(key, step);
#pragma warning restore CA5350
        var at = hash[^1] & 15;
        var number = ((hash[at] & 127) << 24) | (hash[at + 1] << 16) | (hash[at + 2] << 8) | hash[at + 3];
        return (number % 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }
}
