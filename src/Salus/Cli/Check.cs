using System.Globalization;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Web.Printing;

namespace Salus.Cli;

/// <param name="StopsStart">Production refuses to start with it.</param>
public sealed record Fault(string What, string Mend, bool StopsStart);

/// <summary>What would be wrong in production.</summary>
public static class Check
{
    public static async Task<int> Run(Settings settings, CancellationToken ct)
    {
        var faults = Faults(settings).Concat(await CheckDatabase.Faults(settings, ct)).Concat(await FileCommands.Faults(settings, ct)).Concat(await LedgerCommands.Faults(settings, ct)).ToList();
        foreach (var fault in faults) Console.WriteLine($"{(fault.StopsStart ? "FAULT  " : "advice ")} {fault.What}\n        mend: {fault.Mend}");
        if (faults.Count == 0) Console.WriteLine("Nothing was found wrong.");
        if (!settings.IsProduction) Console.WriteLine($"The mode is {settings.Mode.ToString().ToLowerInvariant()}: no fault stops the start. With --production this is judged as in production.");
        return settings.IsProduction && faults.Any(f => f.StopsStart) ? 1 : 0;
    }

    public static IEnumerable<Fault> Faults(Settings settings) => OfSettings(settings).Concat(OfMachine(settings));

    /// <summary>What this machine lacks: advice only, and looking for letters of every script takes a good part of a second, so the start does not ask.</summary>
    private static IEnumerable<Fault> OfMachine(Settings settings)
    {
        if (!Argon2.IsThere) yield return new($"Passwords are kept with {Passwords.Method}: the library libargon2 is not on this machine.", "Install libargon2-1; passwords change over as people sign in.", false);
        foreach (var fault in PrintFaults(new(PrintLibrary.Load))) yield return fault;
        if (Places.Fault(settings) is { } places) yield return new($"The table of places cannot be read: {places}", "Look at SALUS_PLACES; the table must be in the MMDB format.", false);
    }

    /// <summary>Whatever may stop the start is among these.</summary>
    public static IEnumerable<Fault> OfSettings(Settings settings)
    {
        if (settings.Clock.Length > 0) yield return new("SALUS_CLOCK moves the clock.", "Unset it; it is for tests.", true);
        if (settings.PublicUrl.Length == 0) yield return new("SALUS_PUBLIC_URL is not set: links in mails and QR codes would lead nowhere.", "Set it to the https address that people use.", true);
        else if (!settings.PublicUrl.StartsWith("https://", StringComparison.Ordinal)) yield return new("SALUS_PUBLIC_URL is not https: health data and passwords would travel in the clear.", "Put a proxy with a certificate before Salus; docs/nginx.conf is one.", true);
        foreach (var fault in HostFaults(settings).Concat(AlertFaults(settings)).Concat(OutsideFaults(settings)).Concat(KeyFaults(settings)).Concat(LedgerCommands.ProviderFaults(settings))) yield return fault;
        if (settings.Origins.Contains('*', StringComparison.Ordinal)) yield return new("SALUS_ORIGINS holds a wildcard.", "Name the sites whose pages may call the API.", true);
        if (settings.SmtpHost.Length == 0) yield return new("SALUS_SMTP_HOST is not set: invitations wait in the outbox.", "Name a mail server.", false);
        else if (!settings.SmtpTls && settings.SmtpHost is not ("localhost" or "127.0.0.1" or "::1")) yield return new("Mail travels without TLS.", "Set SALUS_SMTP_TLS=true.", false);
        if (settings.IsSqlite) yield return new("The database is SQLite: one machine, one program.", "Fine for one clinic; for more, set SALUS_DATABASE to a PostgreSQL connection string.", false);
        else if (CheckDatabase.PasswordFault(settings) is { } weak) yield return weak;
        if (settings.Proxies.Length == 0) yield return new("SALUS_PROXIES is not set: what a proxy passes on is refused, because it is not known.", "Name the proxy's address, unless Salus itself answers over https.", false);
        if (settings.AuditYears < 7) yield return new($"Audit rows are kept {settings.AuditYears.ToString(CultureInfo.InvariantCulture)} years.", "Health records ask for 7 in most places.", false);
    }

    /// <summary>What of paper this machine cannot make.</summary>
    public static IEnumerable<Fault> PrintFaults(PrintLibrary library)
    {
        if (!library.IsThere) yield return new($"No PDF is made: {library.Fault}. Documents are shown as pages that the browser prints.", "Install libpangocairo-1.0-0 and a font such as fonts-dejavu-core.", false);
        if (library.MissingScripts() is { Count: > 0 } missing) yield return new($"There is no font for {string.Join(", ", missing)}: names in them are printed as boxes.", "Install fonts-noto-core and fonts-noto-cjk.", false);
    }

    private static IEnumerable<Fault> AlertFaults(Settings settings)
    {
        if (settings.AlertMail.Length == 0 && settings.AlertWebhook.Length == 0) yield return new("Nobody is told of attacks and errors.", "Set SALUS_ALERT_MAIL or SALUS_ALERT_WEBHOOK.", false);
        if (settings.AlertMail.Length > 0 && !System.Net.Mail.MailAddress.TryCreate(settings.AlertMail, out _)) yield return new("SALUS_ALERT_MAIL is not an e-mail address: nobody is told of attacks and errors.", "Name one address.", false);
        if (settings.AlertWebhook.Length == 0) yield break;
        if (!settings.AlertWebhook.StartsWith("https://", StringComparison.Ordinal)) yield return new("SALUS_ALERT_WEBHOOK is not https.", "Name an https address.", true);
        if (settings.AlertSecret.Length < 32) yield return new("SALUS_ALERT_SECRET is missing or shorter than 32 characters: anybody could send alerts that look like ours.", "Set it to what `openssl rand -hex 32` prints.", true);
    }

    private static IEnumerable<Fault> OutsideFaults(Settings settings)
    {
        if (settings.PaqSsoSecret.Length is > 0 and < 32) yield return new("SALUS_PAQ_SSO_SECRET is shorter than 32 characters: who guesses it signs in as anybody.", "Agree with PAQ on what `openssl rand -hex 32` prints.", true);
        if (settings.OidcIssuer.Length == 0) yield break;
        if (!settings.OidcIssuer.StartsWith("https://", StringComparison.Ordinal)) yield return new("SALUS_OIDC_ISSUER is not https: who stands between signs in as anybody.", "Name the provider's https address.", true);
        if (settings.OidcClient.Length == 0) yield return new("SALUS_OIDC_CLIENT is not set: the provider does not know who asks.", "Register this installation at the provider and name its client id.", true);
    }

    private static IEnumerable<Fault> HostFaults(Settings settings)
    {
        if (settings.Hosts.Contains('*', StringComparison.Ordinal)) yield return new("SALUS_HOSTS holds a wildcard.", "Name the hosts.", true);
        else if (settings.Hosts.Length > 0 && Uri.TryCreate(settings.PublicUrl, UriKind.Absolute, out var address) && !settings.Hosts.Split(',', StringSplitOptions.TrimEntries).Contains(address.Host, StringComparer.OrdinalIgnoreCase))
            yield return new("SALUS_HOSTS does not hold the host of SALUS_PUBLIC_URL: nobody would get in.", $"Add {address.Host}.", true);
    }

    // What others on the machine can read there signs tokens and cookies, and what they can write is believed.
    private static IEnumerable<Fault> KeyFaults(Settings settings)
    {
        if (settings.Keys.Length == 0) yield return new("The keys lie beside the database.", "Set SALUS_KEYS to a folder that is backed up apart from it.", false);
        if (OperatingSystem.IsWindows() || !Directory.Exists(settings.KeysFolder)) yield break;
        var open = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.GroupWrite;
        if ((File.GetUnixFileMode(settings.KeysFolder) & open) != 0) yield return new("Others on this machine can read or change the folder of the keys.", $"chmod 700 {settings.KeysFolder}", true);
    }
}
