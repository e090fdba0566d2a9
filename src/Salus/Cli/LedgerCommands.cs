using System.Globalization;
using Salus.Kernel;
using Salus.Modules.Payments.Ledger;

namespace Salus.Cli;

/// <summary>The ledger at the command line.</summary>
public static class LedgerCommands
{
    public static async Task<int> Verify(Settings settings, TextWriter output, CancellationToken ct)
    {
        await using var app = SalusApp.Build(settings);
        var proof = await app.Services.GetRequiredService<LedgerVerifier>().Run(ct);
        foreach (var fault in proof.Faults) await output.WriteLineAsync($"FAULT {fault}");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{proof.Entries} entries of {proof.Transactions} transactions, {proof.Charges} charges, {proof.Payments} payments and {proof.Wallets} wallets checked, {proof.Faults.Count} faults"));
        return proof.Faults.Count == 0 ? 0 : 1;
    }
}
