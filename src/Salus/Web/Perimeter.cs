using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Salus.Kernel;

namespace Salus.Web;

/// <summary>What every request passes before routing, and what every answer carries.</summary>
public static class Perimeter
{
    private const string Csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; media-src 'self'";

    public static void AddHeaders(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Csp;
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["X-XSS-Protection"] = "0";
        if (http.RequestServices.GetRequiredService<Settings>().IsProduction) headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains; preload";
    }

    /// <summary>Headers on every answer; path tricks and null bytes are refused before anything else looks at them.</summary>
    public static void UsePerimeter(this IApplicationBuilder app)
    {
        app.Use((http, next) =>
        {
            AddHeaders(http);
            if (!http.Request.Path.StartsWithSegments("/lib") && !http.Request.Path.StartsWithSegments("/css") && !http.Request.Path.StartsWithSegments("/js")) http.Response.Headers.CacheControl = "no-store";
            return next(http);
        });
    }

    /// <summary>Pages of the listed sites may call the API; no others, and nothing but the API.</summary>
    public static void UseListedOrigins(this WebApplication app) => app.UseWhen(http => http.Request.IsApi(), api => api.UseCors());

    public static void RefusePathTricks(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var raw = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        if (IsTrick(raw)) throw new Refusal(400, "malformed", "The request could not be understood.");
        return next(http);
    });

    /// <summary>Parent folders, backslashes, null bytes and control characters, plain or encoded up to three times.</summary>
    public static bool IsTrick(string target)
    {
        var text = target;
        for (var round = 0; round < 4; round++)
        {
            var path = text.Split('?')[0];
            if (text.Any(char.IsControl) || path.Contains('\\', StringComparison.Ordinal) || path.Split('/').Any(part => part is ".." or ".")) return true;
            var next = Uri.UnescapeDataString(text);
            if (next == text) return false;
            text = next;
        }
        return true;
    }

    /// <summary>Believes X-Forwarded-* from the listed proxies only, and answers only to the listed hosts.</summary>
    public static void AddPerimeter(this IServiceCollection services, Settings settings)
    {
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            // With no proxy listed the framework would believe everybody.
            if (string.IsNullOrWhiteSpace(settings.Proxies)) return;
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.KnownIPNetworks.Clear();
            options.KnownProxies.Clear();
            foreach (var proxy in settings.Proxies.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                if (IPAddress.TryParse(proxy, out var address)) options.KnownProxies.Add(address);
        });
        services.AddCors(options => options.AddDefaultPolicy(policy => policy
            .WithOrigins(settings.Origins.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).AllowCredentials()
            .WithMethods("GET", "POST", "PUT", "DELETE").WithHeaders("Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key")
            .WithExposedHeaders("ETag", "Location", "Retry-After").SetPreflightMaxAge(TimeSpan.FromMinutes(10))));
        services.AddHostFiltering(options =>
        {
            options.AllowedHosts = settings.Hosts.Length > 0 ? settings.Hosts.Split(',', StringSplitOptions.TrimEntries)
                : settings.PublicUrl.Length > 0 ? [new Uri(settings.PublicUrl).Host, "localhost", "127.0.0.1"] : ["*"];
            options.IncludeFailureMessage = false;
        });
    }
}
