using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts;
using Salus.Modules.Accounts.Contract;

namespace Salus.Cli;

/// <summary>Migrates, checks what production must have, and serves until it is told to stop.</summary>
public static class Serve
{
    public static async Task<int> Run(Settings settings, CancellationToken ct)
    {
        if (settings.IsProduction && await Refused(settings)) return 3;
        await using var app = SalusApp.Build(settings);
        await Start(app, settings, ct);
        await app.WaitForShutdownAsync(ct);
        return 0;
    }

    public static async Task Start(WebApplication app, Settings settings, CancellationToken ct)
    {
        var database = app.Services.GetRequiredService<Database>();
        // What the first look at the routes loads and compiles is kept; it takes as long as the migration, and needs nothing of it.
        var routes = Task.Run(() => ((IEndpointRouteBuilder)app).DataSources.Sum(source => source.Endpoints.Count), ct);
        await Task.WhenAll(database.Migrate(ct), routes);
        await app.StartAsync(ct);
        Console.WriteLine($"Salus serves {string.Join(", ", app.Urls)} ({settings.Mode.ToString().ToLowerInvariant()}, {database.Name}, data in {settings.Data})");
        await using var db = database.Open();
        if (!await db.Accounts.AnyAsync(ct))
            Console.WriteLine($"This installation is empty. Open {settings.BaseUrl}/setup and enter the code {app.Services.GetRequiredService<SetupCode>().Value}");
    }

    private static async Task<bool> Refused(Settings settings)
    {
        var faults = Check.OfSettings(settings).Where(f => f.StopsStart).ToList();
        foreach (var fault in faults) await Console.Error.WriteLineAsync($"{fault.What}\n  mend: {fault.Mend}");
        return faults.Count > 0;
    }
}
