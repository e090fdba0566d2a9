using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Primitives;
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

    /// <summary>Answers only to the listed hosts, and to no address that holds a trick. What is refused here leaves a row in the log.</summary>
    public static void RefuseTricks(this IApplicationBuilder app, Settings settings)
    {
        StringSegment[] hosts = [.. Hosts(settings).Select(h => new StringSegment(h))];
        var any = hosts.Contains("*");
        app.Use((http, next) =>
        {
            if (!any && http.Request.Host.HasValue && !HostString.MatchesAny(http.Request.Host.Host, hosts)) return Refuse(http, "host.unknown");
            return IsTrick(http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget) ? Refuse(http, "path.trick") : next(http);
        });
    }

    private static async Task Refuse(HttpContext http, string result)
    {
        await Traces.Leave(http, result);
        throw new Refusal(400, "malformed", "The request could not be understood.");
    }

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

    /// <summary>Believes X-Forwarded-* from the listed proxies only, and lets the listed sites call the API.</summary>
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
            .WithMethods("GET", "POST", "PUT", "DELETE").WithHeaders("Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "Prefer")
            .WithExposedHeaders("ETag", "Location", "Retry-After").SetPreflightMaxAge(TimeSpan.FromMinutes(10))));
    }

    private static string[] Hosts(Settings settings) =>
        settings.Hosts.Length > 0 ? settings.Hosts.Split(',', StringSplitOptions.TrimEntries)
            : settings.PublicUrl.Length > 0 ? [new Uri(settings.PublicUrl).Host, "localhost", "127.0.0.1"] : ["*"];
}
