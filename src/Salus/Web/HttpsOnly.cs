using System.Net;
using Salus.Kernel;

namespace Salus.Web;

/// <summary>
/// In production nothing is answered over plain HTTP: a page is sent to the https address; anything else is refused, because what it
/// carries has already travelled in the clear. Left alone are the health check, which tells and takes nothing, and what comes straight
/// from this machine, which no network has seen.
/// </summary>
public static class HttpsOnly
{
    public static void DemandHttps(this WebApplication app, Settings settings)
    {
        if (!settings.IsProduction) return;
        var (log, told) = (app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Salus.Web.HttpsOnly"), 0);
        app.Use((http, next) =>
        {
            if (http.Request.IsHttps || IsStraightFromHere(http) || IsHealth(http.Request)) return next(http);
            // What is still in the header was not believed. A redirect would come back here for ever.
            if (string.Equals(http.Request.Headers["X-Forwarded-Proto"], "https", StringComparison.OrdinalIgnoreCase))
            {
                if (Interlocked.Exchange(ref told, 1) == 0) log.LogWarning("A proxy at {Address} passes requests on, but SALUS_PROXIES does not name it.", http.Connection.RemoteIpAddress);
                throw new Refusal(403, "https.proxy", "This server does not know the proxy before it.") { Unlock = "Tell your administrator to name the proxy in SALUS_PROXIES." };
            }
            if (!IsPage(http.Request)) throw new Refusal(403, "https.needed", "This address answers over https only.") { Unlock = "Use the https address. What was sent in the clear, such as a password or a token, should be replaced." };
            http.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
            http.Response.Headers.Location = settings.BaseUrl + http.Request.Path.ToUriComponent() + http.Request.QueryString;
            return Task.CompletedTask;
        });
    }

    private static readonly string[] PassedOn = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Original-For", "X-Original-Proto", "Forwarded"];

    // Behind a proxy on this machine every visitor would look local; what a proxy passed on says so in one of these headers, believed or not.
    private static bool IsStraightFromHere(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) && !Array.Exists(PassedOn, http.Request.Headers.ContainsKey);

    private static bool IsHealth(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Path.Value is "/api/health" or "/api/v1/health";

    private static bool IsPage(HttpRequest request) => (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && !request.IsApi();
}
