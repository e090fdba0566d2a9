using Microsoft.AspNetCore.Localization;
using Salus.Resources;

namespace Salus.Web;

/// <summary>The language of a request: the person's choice, kept in a cookie, else the browser's, else English.</summary>
public static class RequestLanguage
{
    public const string Cookie = "salus-language";

    public static void Configure(RequestLocalizationOptions options)
    {
        var codes = Language.All.Select(l => l.Code).ToArray();
        options.SetDefaultCulture("en").AddSupportedCultures(codes).AddSupportedUICultures(codes);
        options.RequestCultureProviders = [new CustomRequestCultureProvider(http =>
        {
            var chosen = http.Request.Cookies[Cookie];
            return Task.FromResult(codes.Contains(chosen) ? new ProviderCultureResult(chosen) : null);
        }), new AcceptLanguageHeaderRequestCultureProvider()];
    }

    public static void Remember(HttpContext http, string language)
    {
        if (language.Length == 0) http.Response.Cookies.Delete(Cookie);
        else http.Response.Cookies.Append(Cookie, language, new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, HttpOnly = true, Secure = http.Request.IsHttps });
    }
}
