using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Resources;

namespace Salus.Web;

/// <summary>
/// The one place where "no" is said: RFC 9457 problem details under /api, a fragment for htmx, a page elsewhere. What is
/// no <see cref="Refusal"/> is a bug: logged with its request id, shown without internals.
/// </summary>
public sealed class RefusalMiddleware(RequestDelegate next, ILogger<RefusalMiddleware> log)
{
    public async Task Invoke(HttpContext http, Database database)
    {
        Refusal refusal;
        try
        {
            await next(http);
            if (http.Response.HasStarted || http.Response.StatusCode < 400 || http.Response.ContentType is not null || http.Response.ContentLength > 0) return;
            refusal = OfStatus(http.Response.StatusCode);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested) { return; }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            refusal = Of(error, database, http);
            // Its kind only, for whoever watches the log.
            if (refusal.Code == "bug") await http.RequestServices.GetRequiredService<Traces>().Leave(http, Traces.Failed, refusal.Code, error.GetType().Name);
        }
        await Write(http, refusal);
    }

    private Refusal Of(Exception error, Database database, HttpContext http)
    {
        switch (error)
        {
            case Refusal refusal: return refusal;
            case BadHttpRequestException { InnerException: AntiforgeryValidationException }: return OfStatus(419);
            case AntiforgeryValidationException: return OfStatus(419);
            case BadHttpRequestException bad: return OfStatus(bad.StatusCode);
        }
        if (database.IsUnavailable(error))
        {
            log.LogWarning("The database cannot be reached: {Reason}", error.GetType().Name);
            return Refusal.Busy();
        }
        // The type and the place, but not the message: messages can carry what people typed.
        log.LogError("Request {RequestId} {Method} {Route} failed: {Kind} at {Stack}", http.TraceIdentifier, http.Request.Method,
            (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText, error.GetType().FullName, error.StackTrace);
        return OfStatus(500);
    }

    private static Refusal OfStatus(int status) => status switch
    {
        400 => new(400, "malformed", "The request could not be understood."),
        401 => Refusal.Unknown(),
        403 => Refusal.Forbidden(),
        404 => Refusal.NotFound(),
        405 => new(405, "method", "This address does not do that."),
        408 => new(408, "slow", "The request took too long."),
        413 => new(413, "too-large", "This is too large."),
        414 or 431 => new(status, "too-large", "This is too large."),
        415 => new(415, "media-type", "This kind of content is not understood here."),
        419 => new(403, "form-expired", "This form is too old or was not made here.") { Unlock = "Reload the page and try again." },
        >= 500 => new(500, "bug", "Something went wrong on our side. It was noted."),
        _ => new(status, "refused", "The request was refused."),
    };

    private static async Task Write(HttpContext http, Refusal refusal)
    {
        http.Response.Clear();
        http.Response.StatusCode = refusal.Status;
        http.Response.Headers.CacheControl = "no-store";
        if (refusal.RetryAfter is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Perimeter.AddHeaders(http);
        if (http.Request.IsFhir()) await OperationOutcome.Write(http, refusal);
        else if (http.Request.IsApi()) await WriteProblem(http, refusal);
        else if (refusal.Status == 401 && refusal.Code == "sign-in") SignIn(http);
        else if (http.Request.IsHtmx()) await WriteFragment(http, refusal);
        else await new RazorComponentResult<RefusalPage>(new { Refusal = refusal }) { StatusCode = refusal.Status }.ExecuteAsync(http);
    }

    private static Task WriteProblem(HttpContext http, Refusal refusal)
    {
        var texts = http.RequestServices.GetRequiredService<IStringLocalizer<Texts>>();
        if (refusal.Status == 401) http.Response.Headers.WWWAuthenticate = "Bearer";
        var problem = new ProblemDetails
        {
            Type = "/problems/" + refusal.Code, Title = refusal.Code, Status = refusal.Status, Detail = texts.Say(refusal),
            Extensions = { ["code"] = refusal.Code, ["requestId"] = http.TraceIdentifier },
        };
        if (refusal.Errors.Count > 0) problem.Extensions["errors"] = refusal.Errors.ToDictionary(e => e.Key, e => e.Value.Select(s => texts[s].Value).ToArray());
        if (refusal.Unlock is not null) problem.Extensions["unlock"] = texts[refusal.Unlock].Value;
        return http.Response.WriteAsJsonAsync(problem, (System.Text.Json.JsonSerializerOptions?)null, "application/problem+json");
    }

    // The alert goes into the page's own place for it, whatever element the request came from.
    private static Task WriteFragment(HttpContext http, Refusal refusal)
    {
        http.Response.Headers["HX-Retarget"] = "#refusal";
        http.Response.Headers["HX-Reswap"] = "innerHTML";
        return new RazorComponentResult<RefusalAlert>(new { Refusal = refusal }) { StatusCode = refusal.Status }.ExecuteAsync(http);
    }

    private static void SignIn(HttpContext http)
    {
        var back = http.Request.Method == "GET" && !http.Request.IsHtmx() ? "?back=" + Uri.EscapeDataString(http.Request.Path + http.Request.QueryString) : "";
        if (http.Request.IsHtmx()) { http.Response.Headers["HX-Redirect"] = "/account/sign-in"; return; }
        http.Response.Redirect("/account/sign-in" + back);
    }
}
