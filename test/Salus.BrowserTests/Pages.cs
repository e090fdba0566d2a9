using System.Text.Json;

namespace Salus.BrowserTests;

/// <summary>Looking at a page: axe, screenshots, errors in the console.</summary>
public static class Pages
{
    private static readonly string Axe = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "axe.min.js"));

    /// <summary>Fails with every violation of WCAG 2.2 A and AA that axe finds.</summary>
    public static async Task IsAccessible(this IPage page, string name)
    {
        // A button that was just pressed fades for a moment.
        await page.WaitForFunctionAsync("() => !document.querySelector('.htmx-request') && document.getAnimations().every(a => a.playState !== 'running' || a.effect.getComputedTiming().iterations === Infinity)");
        await page.ScreenshotAsync(new() { Path = Path.Combine(DemoServer.Screenshots, name + ".png") });
        // The page's own policy forbids foreign script, so axe is brought in through the debugger.
        await page.EvaluateAsync(Axe + "; undefined");
        var found = await page.EvaluateAsync<JsonElement>("""
            async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations
              .map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' (' + n.failureSummary + ')').join('; '))
            """);
        Assert.True(found.GetArrayLength() == 0, $"{name}: {found}");
    }

    /// <summary>The same in light, in dark and on a phone, where it must not be too wide either.</summary>
    public static async Task LooksRight(this IPage page, string name)
    {
        await page.IsAccessible(name + "-light");
        await page.EvaluateAsync("() => document.documentElement.setAttribute('data-bs-theme', 'dark')");
        await page.IsAccessible(name + "-dark");
        await page.SetViewportSizeAsync(390, 800);
        await page.IsAccessible(name + "-phone");
        Assert.True(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, name + " is too wide on a phone");
        await page.EvaluateAsync("() => document.documentElement.setAttribute('data-bs-theme', 'light')");
        await page.SetViewportSizeAsync(1280, 850);
    }

    /// <summary>Collects what the browser complains about: script errors and broken policies.</summary>
    /// <remarks>A look-up that a newer one has replaced is called back on purpose; htmx writes both words about it to the console.</remarks>
    public static List<string> Complaints(this IPage page)
    {
        var complaints = new List<string>();
        page.PageError += (_, error) => complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("status of 4", StringComparison.Ordinal) && !message.Text.Contains("Response Status Error", StringComparison.Ordinal) && !IsCalledBack(message.Text)) complaints.Add(message.Text);
        };
        return complaints;
    }

    // Whatever else ends a request without an answer has a word of its own: sendError, timeout.
    private static bool IsCalledBack(string text) => text.StartsWith("htmx:sendAbort", StringComparison.Ordinal) || text.StartsWith("htmx:afterRequest", StringComparison.Ordinal);

    /// <summary>The mails to an address in the mailbox, as soon as there is one: the outbox works by itself, after the answer.</summary>
    public static async Task<ILocator> MailTo(this IPage page, string email)
    {
        await page.GotoAsync("/mailbox");
        // Not WaitForFunction: it takes the promise of an answer for a yes.
        await page.EvaluateAsync("async email => { while (!(await (await fetch('/mailbox')).text()).includes(email)) await new Promise(again => setTimeout(again, 100)); }", email)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await page.ReloadAsync();
        return page.Locator(".card", new() { HasText = email });
    }

    public static Task<string> Text(this IPage page, string selector) => page.Locator(selector).First.InnerTextAsync();
}
