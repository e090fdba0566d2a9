using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Accounts.SecondFactor;

/// <summary>A browser that showed the right password a moment ago and still owes a code: a sealed cookie, for ten minutes.</summary>
/// <param name="Stamp">The account's security stamp: with a new password it no longer fits.</param>
public sealed record PendingSignIn(Guid AccountId, string Stamp, string Back)
{
    private const string Cookie = "salus-second";
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    public static void Keep(HttpContext http, Account account, string back) =>
        SealedCookie.Keep(http, Cookie, JsonSerializer.Serialize(new PendingSignIn(account.Id, account.SecurityStamp ?? "", back)), Life);

    /// <exception cref="Refusal">401 when there is none, or it is too old.</exception>
    public static PendingSignIn Of(HttpContext http) => SealedCookie.Read(http, Cookie) is { } text ? JsonSerializer.Deserialize<PendingSignIn>(text)! : throw Refusal.Unknown();

    public static void Drop(HttpContext http) => SealedCookie.Drop(http, Cookie);
}

/// <summary>A word that a browser keeps for us for some minutes and can neither read nor change.</summary>
public static class SealedCookie
{
    public static void Keep(HttpContext http, string name, string value, TimeSpan life) =>
        http.Response.Cookies.Append(Name(http, name), Box(http, name).Protect($"{(Now(http) + life).UtcTicks} {value}"), Options(http, life));

    /// <summary>Null when there is none, when it was made elsewhere, or when its time is over.</summary>
    public static string? Read(HttpContext http, string name)
    {
        if (http.Request.Cookies[Name(http, name)] is not { Length: > 0 } text) return null;
        try
        {
            // Its end stands inside, by our own clock: the library's protector with a time limit would go by the machine's.
            var parts = Box(http, name).Unprotect(text).Split(' ', 2);
            return long.Parse(parts[0], CultureInfo.InvariantCulture) > Now(http).UtcTicks ? parts[1] : null;
        }
        catch (System.Security.Cryptography.CryptographicException) { return null; }
    }

    public static void Drop(HttpContext http, string name) => http.Response.Cookies.Delete(Name(http, name), Options(http, TimeSpan.Zero));

    private static IDataProtector Box(HttpContext http, string name) => http.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector("accounts.until." + name);

    private static DateTimeOffset Now(HttpContext http) => new(http.RequestServices.GetRequiredService<TimeProvider>().Now(), TimeSpan.Zero);

    private static bool IsProduction(HttpContext http) => http.RequestServices.GetRequiredService<Settings>().IsProduction;

    private static string Name(HttpContext http, string name) => IsProduction(http) ? "__Host-" + name : name;

    private static CookieOptions Options(HttpContext http, TimeSpan life) => new()
    {
        HttpOnly = true, Secure = http.Request.IsHttps || IsProduction(http), SameSite = SameSiteMode.Lax, Path = "/", MaxAge = life, IsEssential = true,
    };
}
