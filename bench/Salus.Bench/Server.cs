using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Salus.Bench;

/// <summary>The real program as a child process, in production mode.</summary>
public sealed class Server(string program, string data, string database) : IAsyncDisposable
{
    public const string Password = "Grand-Garden-2026!", Email = "desk@bench.example";
    private Process? process;
    private Task<string>? said;
    private string token = "";
    private DateTime tokenAt;

    public int Port { get; private set; }
    public int Pid => process!.Id;

    private ProcessStartInfo Command(params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. words]) { RedirectStandardOutput = true };
        foreach (var (name, value) in new[] { ("SALUS_DATA", data), ("SALUS_DATABASE", database), ("SALUS_MODE", "production"), ("SALUS_PUBLIC_URL", "https://bench.example"),
            ("SALUS_URLS", $"http://127.0.0.1:{Port}"), ("SALUS_ADMIN_PASSWORD", Password), ("SALUS_LIMIT_SEARCH", "1000000000/min"), ("SALUS_LIMIT_SIGN_IN", "1000000000/min"), ("SALUS_LIMIT_UPLOAD", "1000000000/min") }) start.Environment[name] = value;
        return start;
    }

    /// <summary>Starts the program and does not wait for it.</summary>
    public void Launch()
    {
        Port = FreePort();
        process = Process.Start(Command("serve"))!;
        said = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Kills the program as nothing can be caught or put off (SIGKILL), and returns what it had logged.</summary>
    public async Task<string> Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
        return await said!;
    }

    /// <summary>Starts the program and returns the milliseconds until it first answers.</summary>
    public async Task<double> Start()
    {
        var watch = Stopwatch.StartNew();
        Launch();
        while (watch.Elapsed.TotalSeconds < 60)
        {
            if (process!.HasExited) throw new InvalidOperationException($"The server ended with {process.ExitCode}.");
            try
            {
                using var wire = new Wire(Port);
                if (await wire.Send(Wire.Get("/api/v1/health", "none")) == 200) return watch.Elapsed.TotalMilliseconds;
            }
            catch (SocketException) { }
            await Task.Delay(10);
        }
        throw new TimeoutException("The server does not answer.");
    }

    public async Task CreateOwner()
    {
        using var create = Process.Start(Command("admin", "create", "--email", Email, "--name", "Bench Person"))!;
        await create.StandardOutput.ReadToEndAsync();
        await create.WaitForExitAsync();
        if (create.ExitCode != 0) throw new InvalidOperationException("admin create failed");
    }

    public async Task<string> Verify()
    {
        using var verify = Process.Start(Command("audit", "verify"))!;
        var said = await verify.StandardOutput.ReadToEndAsync();
        await verify.WaitForExitAsync();
        return said.Trim();
    }

    /// <summary>What <c>ledger verify</c> says, after how many seconds, and the most megabytes its process held.</summary>
    public async Task<(string Said, double Seconds, double Megabytes)> VerifyLedger()
    {
        var watch = Stopwatch.StartNew();
        using var verify = Process.Start(Command("ledger", "verify"))!;
        var said = verify.StandardOutput.ReadToEndAsync();
        var (ended, most) = (verify.WaitForExitAsync(), 0.0);
        while (!ended.IsCompleted)
        {
            try { most = Math.Max(most, Load.Memory(verify.Id).Most); }
            catch (Exception error) when (error is IOException or InvalidOperationException) { } // it has just ended
            await Task.WhenAny(ended, Task.Delay(10));
        }
        return ((await said).Trim(), watch.Elapsed.TotalSeconds, most);
    }

    /// <summary>A bearer token; fetched again before its 15 minutes are over.</summary>
    public async Task<string> Token()
    {
        if (DateTime.UtcNow - tokenAt < TimeSpan.FromMinutes(8)) return token;
        using var wire = new Wire(Port);
        var status = await wire.Send(Wire.Post("/api/v1/auth/token", "", JsonSerializer.Serialize(new { email = Email, password = Password })));
        if (status != 200) throw new InvalidOperationException($"Signing in gave {status}.");
        (token, tokenAt) = (JsonDocument.Parse(wire.Body).RootElement.GetProperty("accessToken").GetString()!, DateTime.UtcNow);
        return token;
    }

    /// <summary>Asks the program to end and returns the milliseconds it took.</summary>
    public async Task<double> Stop()
    {
        if (process is null || process.HasExited) return 0;
        var watch = Stopwatch.StartNew();
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString()])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
        tokenAt = default;
        return watch.Elapsed.TotalMilliseconds;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync() => await Stop();
}
