using Salus.Kernel;
using Salus.Kernel.Audit;

namespace Salus.Web;

/// <summary>
/// Leaves a row in the audit log about what is refused before anybody knows who asks, and about bugs. One a minute for each kind and
/// address: whoever sends a flood fills no log with it.
/// </summary>
public sealed class Traces(AuditLog audit, NodeLimits limits, TimeProvider clock, ILogger<Traces> log)
{
    public const string Refused = "request.refused", Failed = "request.failed";
    private static readonly RateLimit OnceAMinute = RateLimit.Parse("trace", "1/min"), OnceAnHour = RateLimit.Parse("trace-session", "1/h");

    /// <param name="detail">The kind of an error; never anything that was sent.</param>
    public async Task Leave(HttpContext http, string action, string result, string detail = "")
    {
        var ip = http.Connection.RemoteIpAddress?.MapToIPv4Text();
        if (limits.Count(OnceAMinute, $"{result} {detail} {RateLimits.Address(ip)}") is not null) return;
        var actor = http.RequestServices.GetRequiredService<ActorSlot>().Actor with { Ip = ip, UserAgent = http.Request.Headers.UserAgent.ToString(), RequestId = http.TraceIdentifier };
        var row = AuditEvent.By(actor, clock.Now(), action);
        (row.Result, row.Detail) = (result, detail.Length > 400 ? detail[..400] : detail);
        await Write(row);
    }

    /// <summary>A row about what each request of a session is refused for until its person does something about it: one an hour, for an open page asks every few seconds.</summary>
    public async Task LeaveOnce(Actor actor, string result)
    {
        if (limits.Count(OnceAnHour, $"{result} {actor.SessionId} {actor.OrganisationId}") is not null) return;
        var row = AuditEvent.By(actor, clock.Now(), Refused);
        row.Result = result;
        await Write(row);
    }

    // The answer is a refusal already; that its trace could not be written changes nothing about it.
    private async Task Write(AuditEvent row)
    {
        try { await audit.Write([row]); }
        catch (Exception error) { log.LogWarning("A trace of {Result} could not be written: {Reason}", row.Result, error.GetType().Name); }
    }

    public static Task Leave(HttpContext http, string result) => http.RequestServices.GetRequiredService<Traces>().Leave(http, Refused, result);
}
