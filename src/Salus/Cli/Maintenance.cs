using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Modules.Accounts;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Accounts.SecondFactor;

namespace Salus.Cli;

/// <summary>Commands that do one thing and stop.</summary>
public static class Maintenance
{
    public static async Task<int> Migrate(Settings settings, CancellationToken ct)
    {
        await using var app = SalusApp.Build(settings);
        await app.Services.GetRequiredService<Database>().Migrate(ct);
        Console.WriteLine("The database is up to date.");
        return 0;
    }

    public static async Task<int> CreateAdmin(Settings settings, string email, string name, CancellationToken ct)
    {
        var password = Settings.Value(Environment.GetEnvironmentVariable, "SALUS_ADMIN_PASSWORD") ?? Ask();
        await using var app = SalusApp.Build(settings);
        await app.Services.GetRequiredService<Database>().Migrate(ct);
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ActorSlot>().Actor = Actor.System(requestId: "admin-create");
        await scope.ServiceProvider.GetRequiredService<CreateOwner>().Run(new() { Email = email, Name = name, Password = password }, ct);
        Console.WriteLine($"{email} owns this installation now.");
        return 0;
    }

    /// <summary>The running nodes find the new key in the folder by themselves.</summary>
    public static async Task<int> RotateKeys(Settings settings, CancellationToken ct)
    {
        await using var app = SalusApp.Build(settings);
        await app.Services.GetRequiredService<Database>().Migrate(ct);
        var key = app.Services.GetRequiredService<TokenKeys>().Rotate();
        var row = AuditEvent.By(Actor.System(requestId: "keys-rotate"), app.Services.GetRequiredService<TimeProvider>().Now(), AccountsModule.RotateKeys);
        row.Detail = key.Id;
        await app.Services.GetRequiredService<AuditLog>().Write([row]);
        Console.WriteLine($"The key {key.Id} signs access tokens from two minutes on; those signed before stay valid until they end.");
        return 0;
    }

    public static async Task<int> DropFactors(Settings settings, string email, CancellationToken ct)
    {
        await using var app = SalusApp.Build(settings);
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ActorSlot>().Actor = Actor.System(requestId: "admin-drop-factors");
        await scope.ServiceProvider.GetRequiredService<DropFactors>().Run(new(email), ct);
        Console.WriteLine($"{email} signs in with the password alone now. Let them add a second factor at once.");
        return 0;
    }

    private static string Ask()
    {
        Console.Error.Write("Password: ");
        if (Console.IsInputRedirected) return Console.In.ReadLine() ?? "";
        var typed = new System.Text.StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key != ConsoleKey.Backspace) typed.Append(key.KeyChar);
            else if (typed.Length > 0) typed.Length--;
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
