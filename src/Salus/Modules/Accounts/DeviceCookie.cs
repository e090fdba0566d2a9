using Salus.Kernel;

namespace Salus.Modules.Accounts;

/// <summary>The secret by which a browser is known again; it signs nobody in.</summary>
public static class DeviceCookie
{
    private const int Length = 26;
    private static string Name(HttpContext http) => http.RequestServices.GetRequiredService<Settings>().IsProduction ? "__Host-salus-device" : "salus-device";

    /// <summary>The browser's secret; a new one when it has none.</summary>
    public static string Of(HttpContext http) => http.Request.Cookies[Name(http)] is { Length: Length } secret ? secret : Text.Secret();

    public static void Keep(HttpContext http, string secret) => http.Response.Cookies.Append(Name(http), secret, new CookieOptions
    {
        HttpOnly = true, Secure = http.Request.IsHttps || Name(http)[0] == '_', SameSite = SameSiteMode.Lax, Path = "/", MaxAge = TimeSpan.FromDays(365), IsEssential = true,
    });
}
