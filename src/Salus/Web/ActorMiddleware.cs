using Microsoft.AspNetCore.Authentication;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;

namespace Salus.Web;

/// <summary>
/// Builds the actor once per request and keeps the gate of the endpoint: who is unknown is asked to sign in (401), an
/// organisation one does not belong to does not exist (404), what one may not do, or not from there, is refused (403) and logged.
/// </summary>
public sealed class ActorMiddleware(RequestDelegate next, Settings settings)
{
    public async Task Invoke(HttpContext http, ActorSlot slot, OrganisationSlot organisation, MembershipReader members, AuditLog audit, Database database)
    {
        var gate = http.GetEndpoint()?.Metadata.GetMetadata<Gate>();
        var slug = http.Request.RouteValues["org"] as string;
        if (gate is null && slug is null) { await next(http); return; }
        try
        {
            var standing = await members.Find(http.User, slug, http.RequestAborted);
            if (standing is null && http.User.Identity?.IsAuthenticated == true && !http.Request.IsApi()) await http.SignOutAsync();
            slot.Actor = ActorOf(http, standing);
            if (standing?.Organisation is { } found) organisation.Current = found;
            if (standing?.LacksSecondFactor == true && gate?.IsPublic != true) throw await SecondFactorDemanded(slot.Actor, http);
        }
        catch (Exception error) when (database.IsUnavailable(error)) { throw Refusal.Busy(); }
        await Check(gate ?? new Gate(null), slug, slot.Actor, organisation, audit, http);
        await next(http);
    }

    private static async Task<Refusal> SecondFactorDemanded(Actor actor, HttpContext http)
    {
        var refusal = new Refusal(403, "second-factor.demanded", "This organisation asks for a second factor in your role.") { Unlock = "Add an authenticator app or a passkey to your account, or show its code." };
        await http.RequestServices.GetRequiredService<Traces>().LeaveOnce(actor, refusal.Code);
        return refusal;
    }

    private static Actor ActorOf(HttpContext http, Standing? standing)
    {
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length > 100) throw new Refusal(400, "malformed", "An Idempotency-Key has at most 100 characters.");
        var actor = new Actor
        {
            Kind = ActorKind.Anonymous,
            Ip = http.Connection.RemoteIpAddress?.MapToIPv4Text(),
            UserAgent = http.Request.Headers.UserAgent.ToString(),
            RequestId = http.TraceIdentifier,
            IdempotencyKey = key.Length > 0 ? key : null,
        };
        return standing is null ? actor : actor with
        {
            Kind = standing.Kind,
            Id = standing.Id,
            SessionId = standing.SessionId,
            Name = standing.Name,
            ProvedAt = standing.ProvedAt,
            HasSecondFactor = standing.HasSecondFactor,
            OrganisationId = standing.IsMember ? standing.Organisation?.Id : null,
            Roles = standing.Roles,
            Permissions = standing.Permissions,
            IsPlatformOwner = standing.IsPlatformOwner,
            IsPlatformSupport = standing.IsPlatformSupport,
            Acting = standing.Acting,
            OwnTitles = standing.OwnTitles,
        };
    }

    private async Task Check(Gate gate, string? slug, Actor actor, OrganisationSlot organisation, AuditLog audit, HttpContext http)
    {
        if (gate.IsPublic) return;
        if (!actor.IsKnown)
        {
            if (http.Request.Headers.Authorization.Count > 0 && http.User.Identity?.IsAuthenticated != true) await Traces.Leave(http, "token.invalid");
            throw Refusal.Unknown();
        }
        Refusal? refusal =
            gate.PlatformOwner && !actor.IsPlatformOwner ? Refusal.NotFound()
            : gate.PlatformSupport && !actor.IsPlatformOwner && !actor.IsPlatformSupport ? Refusal.NotFound()
            // A key belongs to its organisation: what is a person's own is nothing for it.
            : slug is null && actor.Kind == ActorKind.Program ? Refusal.Forbidden()
            : slug is not null && (!organisation.IsSet || actor.OrganisationId is null) ? Refusal.NotFound()
            : gate.Permission is not null && !actor.May(gate.Permission) ? Refusal.Forbidden()
            : !settings.AdminAddresses.Contains(actor.Ip) && gate.IsAdminArea ? new(403, "admin.address", "This is not open from where you are.") { Unlock = "Come from an address that is listed for the administration." }
            : null;
        if (refusal is null) return;
        await audit.Refused(actor, gate.Permission ?? "route", refusal, "route");
        throw refusal;
    }
}

public static class AddressExtensions
{
    public static string MapToIPv4Text(this System.Net.IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
