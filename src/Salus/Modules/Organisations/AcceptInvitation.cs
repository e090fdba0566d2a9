using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

/// <summary>Takes the offered place: with a new account and its password, or with the password of the account one already has.</summary>
public sealed class AcceptInvitation(Tools tools, RateLimits limits) : UseCase<AcceptInvitation.Command, AcceptInvitation.Accepted>(tools)
{
    public const string Action = "staff.accept-invitation";
    private string hash = "";

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(40, ErrorMessage = "This is too long.")]
        public string Secret { get; init; } = "";

        [Required(ErrorMessage = "Please fill this in."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Password { get; init; } = "";
    }

    /// <param name="Session">Null: the account has a second factor, and signs in as always.</param>
    public sealed record Accepted(Guid AccountId, Session? Session, string Slug);

    private static readonly RateLimit Tries = new("accept-invitation", [(5, TimeSpan.FromMinutes(30))]);

    protected override string Name => Action;

    // The secret in the link is the authority.
    protected override Task Authorize(Command command, CancellationToken ct) => Task.CompletedTask;

    protected override async Task Prepare(Command command, CancellationToken ct)
    {
        await using var db = OpenForReading();
        var open = await InvitationView.Find(db, command.Secret, Clock.Now(), ct);
        if (open.Account is { } account)
        {
            await limits.Take(Tries, open.Invitation.Id.ToString("N"));
            if (!Passwords.Matches(account, command.Password)) throw Refusal.Field("password", "This is not the password of your account.");
            return;
        }
        Passwords.Check(command.Password, open.Invitation.Name, open.Invitation.Email);
        hash = Passwords.Hash(command.Password);
    }

    protected override async Task<Accepted> Handle(Command command, CancellationToken ct)
    {
        var (invitation, organisation, account) = await InvitationView.Find(Db, command.Secret, Now, ct);
        Within(organisation.Id);
        // Of two browsers that accept at once, one changes the row.
        if (await Db.Invitations.Where(i => i.Id == invitation.Id && i.AcceptedAt == null).ExecuteUpdateAsync(set => set.SetProperty(i => i.AcceptedAt, Now), ct) == 0)
            throw InvitationView.Gone();
        if (account?.DeactivatedAt is not null) throw InvitationView.Gone();
        if (account is null) Db.Add(account = NewAccount.Make(invitation.Email, invitation.Name, hash, Now));
        var membership = await Db.Memberships.FirstOrDefaultAsync(m => m.AccountId == account.Id, ct);
        if (membership is null) Db.Add(membership = new Membership { AccountId = account.Id, CreatedAt = Now });
        // Who works here already keeps their roles: several unite. A suspended person comes back with the new ones only.
        membership.Roles = membership.Status == MembershipStatus.Suspended ? invitation.Roles : Union(membership.Roles, invitation.Roles);
        membership.Status = MembershipStatus.Active;
        Subject("account", account.Id, invitation.Roles);
        Changed($"staff:{organisation.Id}");
        if (!account.IsVerified) await Db.Accounts.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.EmailConfirmed, true), ct); // the link came to the address
        if (account.TwoFactorEnabled) return new Accepted(account.Id, null, organisation.Slug);
        var session = Session.Begin(account.Id, SessionKind.Browser, Actor, Now);
        Db.Add(session);
        return new Accepted(account.Id, session, organisation.Slug);
    }

    private static string Union(string roles, string more) => string.Join(' ', Role.Split(roles).Union(Role.Split(more)));
}

/// <summary>An open invitation as its link shows it.</summary>
public sealed record InvitationView(Invitation Invitation, Organisation Organisation, Account? Account)
{
    /// <exception cref="Refusal">404 for an unknown secret, 409 when it was used or its time is over.</exception>
    public static async Task<InvitationView> Find(SalusDb db, string secret, DateTime now, CancellationToken ct)
    {
        var hash = Text.Hash(secret);
        var invitation = await db.Invitations.IgnoreQueryFilters([SalusDb.OrganisationFilter]).AsNoTracking().FirstOrDefaultAsync(i => i.SecretHash == hash, ct)
            ?? throw Refusal.NotFound();
        if (invitation.AcceptedAt is not null || invitation.RevokedAt is not null || invitation.ExpiresAt <= now) throw Gone();
        var organisation = await db.Organisations.AsNoTracking().SingleAsync(o => o.Id == invitation.OrganisationId, ct);
        var normal = invitation.Email.ToUpperInvariant();
        return new(invitation, organisation, await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.NormalizedUserName == normal, ct));
    }

    public static Refusal Gone() => new(409, "invitation.gone", "This invitation was used already, or its time is over.") { Unlock = "Ask for a new one." };
}
