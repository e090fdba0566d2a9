using System.Globalization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

namespace Salus.Cli;

/// <param name="StopsStart">Production refuses to start with it.</param>
public sealed record Fault(string What, string Mend, bool StopsStart);

/// <summary>What would be wrong in production.</summary>
public static class Check
{
    public static async Task<int> Run(Settings settings, CancellationToken ct)
    {
        var faults = Faults(settings).ToList();
        if (await DatabaseFault(settings, ct) is { } away) faults.Add(away);
        foreach (var fault in faults) Console.WriteLine($"{(fault.StopsStart ? "FAULT  " : "advice ")} {fault.What}\n        mend: {fault.Mend}");
        if (faults.Count == 0) Console.WriteLine("Nothing was found wrong.");
        return faults.Any(f => f.StopsStart) ? 1 : 0;
    }

    public static IEnumerable<Fault> Faults(Settings settings)
    {
        if (settings.Clock.Length > 0) yield return new("SALUS_CLOCK moves the clock.", "Unset it; it is for tests.", true);
        if (settings.PublicUrl.Length == 0) yield return new("SALUS_PUBLIC_URL is not set: links in mails and QR codes would lead nowhere.", "Set it to the https address that people use.", true);
        else if (!settings.PublicUrl.StartsWith("https://", StringComparison.Ordinal)) yield return new("SALUS_PUBLIC_URL is not https: health data and passwords would travel in the clear.", "Put a proxy with a certificate before Salus; docs/nginx.conf is one.", true);
        if (settings.Hosts.Contains('*', StringComparison.Ordinal)) yield return new("SALUS_HOSTS holds a wildcard.", "Name the hosts.", true);
        if (settings.Origins.Contains('*', StringComparison.Ordinal)) yield return new("SALUS_ORIGINS holds a wildcard.", "Name the sites whose pages may call the API.", true);
        if (settings.SmtpHost.Length == 0) yield return new("SALUS_SMTP_HOST is not set: invitations wait in the outbox.", "Name a mail server.", false);
        else if (!settings.SmtpTls && settings.SmtpHost is not ("localhost" or "127.0.0.1" or "::1")) yield return new("Mail travels without TLS.", "Set SALUS_SMTP_TLS=true.", false);
        if (settings.IsSqlite) yield return new("The database is SQLite: one machine, one program.", "Fine for one clinic; for more, set SALUS_DATABASE to a PostgreSQL connection string.", false);
        if (settings.Keys.Length == 0) yield return new("The keys lie beside the database.", "Set SALUS_KEYS to a folder that is backed up apart from it.", false);
        if (settings.Proxies.Length == 0) yield return new("SALUS_PROXIES is not set: behind a proxy everybody would have its address, in the log and before the limits for signing in.", "Name the proxy's address.", false);
        if (!Argon2.IsThere) yield return new($"Passwords are kept with {Passwords.Method}: the library libargon2 is not on this machine.", "Install libargon2-1; passwords change over as people sign in.", false);
        if (settings.AuditYears < 7) yield return new($"Audit rows are kept {settings.AuditYears.ToString(CultureInfo.InvariantCulture)} years.", "Health records ask for 7 in most places.", false);
    }

    private static async Task<Fault?> DatabaseFault(Settings settings, CancellationToken ct)
    {
        if (settings.IsSqlite) return null;
        try
        {
            await using var database = new PostgresDatabase(settings.Database);
            await using var connection = await database.Source.OpenConnectionAsync(ct);
            return null;
        }
        catch (Exception error) when (error is Npgsql.NpgsqlException or System.Net.Sockets.SocketException or TimeoutException or ArgumentException)
        {
            return new($"The database cannot be reached ({error.GetType().Name}).", "Look at SALUS_DATABASE and at the server.", true);
        }
    }
}
