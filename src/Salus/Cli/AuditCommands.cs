using Salus.Kernel;
using Salus.Modules.Operations;

namespace Salus.Cli;

/// <summary>The audit log at the command line. Output is the data and nothing else; sentences go to standard error.</summary>
public static class AuditCommands
{
    public static async Task<int> Verify(Settings settings, CancellationToken ct)
    {
        await using var app = SalusApp.Build(settings);
        await using var scope = app.Services.CreateAsyncScope();
        var verdict = await scope.ServiceProvider.GetRequiredService<AuditVerifier>().Run(ct);
        foreach (var fault in verdict.Faults) Console.WriteLine($"FAULT {fault}");
        Console.WriteLine($"{verdict.Seals} seals, {verdict.Rows} rows checked, {verdict.Unsealed} not yet sealed, {verdict.Erased} seals whose rows were erased by rule, {verdict.Faults.Count} faults");
        return verdict.Faults.Count == 0 ? 0 : 1;
    }

    public static async Task<int> Export(Settings settings, int days, string format, string? organisation, Stream output, CancellationToken ct)
    {
        await using var app = SalusApp.Build(settings);
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ActorSlot>().Actor = Actor.System(requestId: "audit-export");
        await scope.ServiceProvider.GetRequiredService<AuditExport>().Run(organisation, days, format, output, ct);
        return 0;
    }

    public static async Task<int> VerifyFile(string path)
    {
        await using var file = File.OpenRead(path);
        var faults = await AuditFile.Verify(file);
        foreach (var fault in faults) Console.WriteLine($"FAULT {fault}");
        Console.WriteLine(faults.Count == 0 ? "The file is whole and unchanged." : $"{faults.Count} faults");
        return faults.Count == 0 ? 0 : 1;
    }
}
