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
