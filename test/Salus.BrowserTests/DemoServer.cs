using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Salus.Tests.Payments;

[assembly: AssemblyFixture(typeof(Salus.BrowserTests.DemoServer))]

namespace Salus.BrowserTests;

/// <summary>The real program with its demo clinic, as a process of its own, and one Chromium for all tests.</summary>
public sealed partial class DemoServer : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";
    private readonly string folder = Directory.CreateTempSubdirectory("salus-browser-").FullName;
    private readonly string executable = Environment.GetEnvironmentVariable("CHROMIUM") ?? Chromium;
    private IPlaywright? playwright;
    private IBrowser? browser;
    private Process? program;
    private FakeProviders? provider;
    private readonly List<(string? Test, IBrowserContext Context)> open = [];

    public string Url { get; private set; } = "";

    /// <summary>The path that makes a browser the waiting-room screen.</summary>
    public string DisplayPath { get; private set; } = "";

    /// <summary>Where the screenshots go, to be looked at.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "salus-screenshots")).FullName;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(executable)) return; // each test says aloud that it was left out
        Url = $"http://localhost:{FreePort()}"; // a name, because passkeys belong to a domain
        provider = await FakeProviders.Start();
        await Start();
        Assertions.SetDefaultExpectTimeout(20_000);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = executable,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>A new browser of its own: cookies, language, size.</summary>
    public async Task<IBrowserContext> Browser(BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(browser is null, $"LEFT OUT: no Chromium at {executable}. eng/setup installs it.");
        options ??= new();
        options.Locale ??= "en-GB";
        options.ViewportSize ??= new() { Width = 1280, Height = 850 };
        options.BaseURL = Url;
        var test = TestContext.Current.Test?.UniqueID;
        await CloseLeftOpen(test);
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(20_000);
        open.Add((test, context));
        return context;
    }

    // An open page goes on listening and fetching its parts; a hundred of them would slow every test after them.
    private async Task CloseLeftOpen(string? test)
    {
        foreach (var left in open.Where(o => o.Test != test).ToList())
        {
            await left.Context.CloseAsync();
            open.Remove(left);
        }
    }

    public async Task<IPage> SignedIn(string who, BrowserNewContextOptions? options = null)
    {
        var page = await (await Browser(options)).NewPageAsync();
        await page.GotoAsync("/account/sign-in");
        await page.FillAsync("[name=email]", $"{who}@aurora.example");
        await page.FillAsync("[name=password]", "Sunrise-Clinic-7");
        await page.ClickAsync("form[action='/account/sign-in'] button[type=submit]");
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
        return page;
    }

    public async Task Start()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "salus.dll"), "demo"]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        (start.Environment["SALUS_DATA"], start.Environment["SALUS_URLS"]) = (folder, Url);
        (start.Environment["SALUS_STRIPE_KEY"], start.Environment["SALUS_STRIPE_WEBHOOK_SECRET"], start.Environment["SALUS_STRIPE_URL"]) = ("sk_test_none", FakeProviders.StripeSecret, provider!.Url);
        program = Process.Start(start)!;
        program.BeginErrorReadLine();
        var text = "";
        while (!text.Contains("Ctrl+C", StringComparison.Ordinal))
            text += await program.StandardOutput.ReadLineAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token) ?? throw new InvalidOperationException("The demo ended: " + text);
        DisplayPath = Display().Match(text).Value;
        _ = program.StandardOutput.ReadToEndAsync();
    }

    /// <summary>What a command of the program says about the same data, and its exit code.</summary>
    public async Task<(int Code, string Text)> Command(params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "salus.dll"), .. words]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment["SALUS_DATA"] = folder;
        using var command = Process.Start(start)!;
        var text = await Task.WhenAll(command.StandardOutput.ReadToEndAsync(), command.StandardError.ReadToEndAsync());
        await command.WaitForExitAsync();
        return (command.ExitCode, string.Concat(text));
    }

    /// <summary>Asks the program to end, as systemd or Docker would; returns its exit code.</summary>
    public async Task<int> Stop()
    {
        using (var kill = Process.Start("kill", ["-TERM", program!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await program.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
        return program.ExitCode;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("/display/[0-9a-z]{26}")]
    private static partial Regex Display();

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        if (program is { HasExited: false }) { program.Kill(); await program.WaitForExitAsync(); }
        if (provider is not null) await provider.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
