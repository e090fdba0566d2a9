using Microsoft.EntityFrameworkCore;
using Npgsql;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

namespace Salus.Cli;

/// <summary>What would be wrong with the database in production: how it is reached, and what is in it.</summary>
public static class CheckDatabase
{
    private const int LeastPassword = 12;
    private static readonly string[] Guessed = ["postgres", "salus", "password", "passwort", "changeme", "secret", "admin", "root", "123456", "12345678"];

    /// <summary>A password that others guess. An empty one may be right on this machine, or where a certificate or a password file stands for it.</summary>
    public static Fault? PasswordFault(Settings settings)
    {
        NpgsqlConnectionStringBuilder text;
        try { text = new(settings.Database); }
        catch (ArgumentException) { return new("SALUS_DATABASE is not a PostgreSQL connection string.", "Write it as Host=…;Database=…;Username=…;Password=…", true); }
        var password = text.Password ?? "";
        if (Guessed.Contains(password, StringComparer.OrdinalIgnoreCase)) return new("The password of the database is one that everybody tries first.", Mend, true);
        if (IsHere(text.Host) || (password.Length == 0 && (text.Passfile ?? text.SslCertificate) is not null)) return null;
        return password.Length < LeastPassword ? new($"The password of the database is missing or shorter than {LeastPassword} characters.", Mend, true) : null;
    }

    private const string Mend = "Choose a long random one: ALTER ROLE … PASSWORD '…' in the database, then SALUS_DATABASE or SALUS_DATABASE_FILE.";

    private static bool IsHere(string? hosts) => (hosts ?? "").Split(',').All(h => h.Split(':')[0] is "localhost" or "127.0.0.1" || h is "::1" or "[::1]" || h.StartsWith('/'));

    /// <summary>Asks the database itself.</summary>
    public static async Task<IReadOnlyList<Fault>> Faults(Settings settings, CancellationToken ct)
    {
        if (settings.IsSqlite && !File.Exists(Path.Combine(settings.Data, "salus.db"))) return [];
        try
        {
            if (settings.IsSqlite)
            {
                await using var file = new SqliteDatabase(Path.Combine(settings.Data, "salus.db"));
                return await Inside(file, settings, ct);
            }
            await using var server = new PostgresDatabase(settings.Database);
            await using (await server.Source.OpenConnectionAsync(ct)) { }
            return await Inside(server, settings, ct);
        }
        catch (Exception error) when (error is NpgsqlException or System.Net.Sockets.SocketException or TimeoutException or ArgumentException or Microsoft.Data.Sqlite.SqliteException)
        {
            return [new($"The database cannot be reached ({error.GetType().Name}).", "Look at SALUS_DATABASE and at the server.", true)];
        }
    }

    private static async Task<IReadOnlyList<Fault>> Inside(Database database, Settings settings, CancellationToken ct)
    {
        await using var db = database.Open();
        if ((await db.Database.GetPendingMigrationsAsync(ct)).Any()) return [new("The database is not up to date; what is in it was not looked at.", "salus migrate", false)];
        var lost = await TextCare.Lost(db, settings.KeysFolder, ct);
        return [.. await TestAccounts(db, ct), .. lost.Select(id => new Fault($"The key {id}, with which texts of the medical record were encrypted, is not in the folder of the keys: they cannot be read.", "Put the file-wrapping*.key files back from the backup of the keys; look at SALUS_KEYS.", true))];
    }

    // Their passwords stand in manuals. Addresses below .example reach nobody (RFC 2606).
    private static async Task<IReadOnlyList<Fault>> TestAccounts(SalusDb db, CancellationToken ct)
    {
        var count = await db.Accounts.CountAsync(a => a.DeactivatedAt == null && a.NormalizedEmail!.EndsWith(".EXAMPLE"), ct);
        return count == 0 ? [] : [new($"Accounts of a demo or a test can sign in ({count}): their addresses end in .example.", "Deactivate them, or begin with an empty database.", true)];
    }
}
