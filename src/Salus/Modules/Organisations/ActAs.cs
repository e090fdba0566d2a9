using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

/// <summary>An administrator looks at the organisation as another role sees it. A role one does not hold is for looking only.</summary>
public sealed class SeeAs(Tools tools, Granting granting) : UseCase<SeeAs.Command, SeeAs.Seeing>(tools)
{
    public const string Action = "acting.see-as";

    public sealed record Command
    {
        [Required(ErrorMessage = "Choose one of the list."), StringLength(40, ErrorMessage = "This is too long.")]
        public string Role { get; init; } = "";
    }

    public sealed record Seeing(string Role, DateTime EndsAt);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(OrganisationPermissions.ManageStaff);

    protected override async Task<Seeing> Handle(Command command, CancellationToken ct)
    {
        if (Actor.SessionId is not { } session) throw Refusal.Unknown();
        var role = await granting.Roles(Db, Actor, [command.Role], ct);
        var acting = await Begin(Db, session, Db.OrganisationId, ActingKind.SeeAs, role, Now + ActingSession.Life, Now, ct);
        Subject("organisation", Db.OrganisationId, role);
        Changed(LiveTopics.Cut + session);
        return new(role, acting.EndsAt);
    }

    /// <summary>A new stretch of acting; what the session acted in before ends.</summary>
    public static async Task<ActingSession> Begin(SalusDb db, Guid session, Guid organisation, ActingKind kind, string role, DateTime until, DateTime now, CancellationToken ct)
    {
        foreach (var old in await db.ActingSessions.Where(a => a.SessionId == session && a.EndedAt == null).ToListAsync(ct)) old.EndedAt = now;
        var acting = new ActingSession { SessionId = session, OrganisationId = organisation, Kind = kind, Role = role, StartedAt = now, EndsAt = until };
        db.Add(acting);
        return acting;
    }
}

/// <summary>Support enters an organisation that let it in, in the role that the administrator chose.</summary>
public sealed class EnterForSupport(Tools tools) : UseCase<EnterForSupport.Command, EnterForSupport.Entered>(tools)
{
    public const string Action = "acting.support";

    public sealed record Command { public Guid OrganisationId { get; init; } }

    public sealed record Entered(string Slug, string Role, DateTime EndsAt);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Actor.IsPlatformOwner || Actor.IsPlatformSupport ? RequireProof() : throw Refusal.Forbidden();

    protected override async Task<Entered> Handle(Command command, CancellationToken ct)
    {
        if (Actor.SessionId is not { } session) throw Refusal.Unknown();
        var organisation = await Db.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == command.OrganisationId && o.SupportUntil > Now, ct) ?? throw Refusal.NotFound();
        Within(organisation.Id);
        var end = Now + ActingSession.Life;
        var acting = await SeeAs.Begin(Db, session, organisation.Id, ActingKind.Support, organisation.SupportRole, end < organisation.SupportUntil ? end : organisation.SupportUntil!.Value, Now, ct);
        Subject("organisation", organisation.Id, acting.Role);
        Changed(LiveTopics.Cut + session);
        return new(organisation.Slug, acting.Role, acting.EndsAt);
    }
}

/// <summary>Back to one's own role, wherever one acted.</summary>
public sealed class StopActing(Tools tools) : UseCase<StopActing.Command, Guid?>(tools)
{
    public const string Action = "acting.stop";

    public sealed record Command;

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequirePerson();

    protected override async Task<Guid?> Handle(Command command, CancellationToken ct)
    {
        var open = await Db.ActingSessions.Where(a => a.SessionId == Actor.SessionId && a.EndedAt == null && a.EndsAt > Now).ToListAsync(ct);
        foreach (var acting in open)
        {
            acting.EndedAt = Now;
            Within(acting.OrganisationId);
            Subject("organisation", acting.OrganisationId, acting.Role);
        }
        Changed(LiveTopics.Cut + Actor.SessionId);
        return open.Count > 0 ? open[0].OrganisationId : null;
    }
}
