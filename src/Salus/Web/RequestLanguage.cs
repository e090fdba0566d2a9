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
        options.DefaultRequestCulture = new RequestCulture(Formats("en"), "en");
        options.AddSupportedCultures([.. codes.Select(Formats)]).AddSupportedUICultures(codes);
        options.RequestCultureProviders = [new CustomRequestCultureProvider(http =>
        {
            var chosen = http.Request.Cookies[Cookie];
            var code = codes.Contains(chosen) ? chosen : http.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(l => l.Quality ?? 1)
                .Select(l => l.Value.ToString().Split('-')[0].ToLowerInvariant()).FirstOrDefault(codes.Contains);
            return Task.FromResult(code is null ? null : new ProviderCultureResult(Formats(code), code));
        })];
    }

    /// <summary>Speaks, until disposed, the language for what is printed: the reader's; the organisation's when the request named none.</summary>
    public static IDisposable? ForPaper(HttpContext http, string organisationLanguage) =>
        http.Features.Get<IRequestCultureFeature>()?.Provider is null ? Language.Use(Formats(organisationLanguage)) : null;

    // Day before month and 24 hours for everybody: in a clinic nobody should have to guess what 3/11 means.
    private static string Formats(string language) => language == "en" ? "en-GB" : language;

    public static void Remember(HttpContext http, string language)
    {
        if (language.Length == 0) http.Response.Cookies.Delete(Cookie);
        else http.Response.Cookies.Append(Cookie, language, new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, HttpOnly = true, Secure = http.Request.IsHttps });
    }
}
