using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Kernel.Jobs;
using Salus.Modules.Organisations.Contract;
using Salus.Resources;

namespace Salus.Modules.Organisations;

/// <summary>Offers somebody a place in the organisation by mail. The link works once, for three days.</summary>
public sealed class InviteStaff(Tools tools, Granting granting, Settings settings, IStringLocalizer<Texts> texts) : UseCase<InviteStaff.Command, InviteStaff.Invited>(tools)
{
    public const string Action = "staff.invite";
    public static readonly TimeSpan Life = TimeSpan.FromDays(3);

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(120, ErrorMessage = "This is too long.")]
        public string Name { get; init; } = "";

        [Required(ErrorMessage = "Please fill this in."), StringLength(254, ErrorMessage = "This is too long.")]
        public string Email { get; init; } = "";

        /// <summary>Role keys such as <c>clinic.doctor</c>.</summary>
        [Required(ErrorMessage = "Choose at least one role."), MinLength(1, ErrorMessage = "Choose at least one role."), MaxLength(10, ErrorMessage = "This is too long.")]
        public string[] Roles { get; init; } = [];
    }

    public sealed record Invited(Guid Id, DateTime ExpiresAt);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequireProven(OrganisationPermissions.ManageStaff);

    protected override async Task<Invited> Handle(Command command, CancellationToken ct)
    {
        await ChangeMember.Hold(Db, ct);
        var roles = await granting.Roles(Db, Actor, command.Roles, ct);
        var organisation = await Db.Organisations.SingleAsync(o => o.Id == Db.OrganisationId, ct);
        var (email, secret) = (NewAccount.Email(command.Email), Text.Secret());
        // A new invitation replaces an open one to the same address.
        var open = await Db.Invitations.Where(i => i.Email == email && i.AcceptedAt == null && i.RevokedAt == null).ToListAsync(ct);
        foreach (var old in open)
        {
            await granting.DemandRoles(Db, Actor, old.Roles, ct);
            old.RevokedAt = Now;
        }
        var invitation = new Invitation
        {
            Email = email, Name = Text.Clean(command.Name), Roles = roles, SecretHash = Text.Hash(secret), CreatedAt = Now, ExpiresAt = Now + Life,
        };
        Db.Add(invitation);
        Db.Post(MailOf(organisation, invitation, secret), Now);
        Subject("invitation", invitation.Id, invitation.Roles);
        Changed($"staff:{organisation.Id}");
        return new Invited(invitation.Id, invitation.ExpiresAt);
    }

    private Mail MailOf(Organisation organisation, Invitation invitation, string secret)
    {
        using var _ = Language.Use(organisation.Language);
        return new Mail(invitation.Email, texts["Your invitation to {0}", organisation.Name],
            texts["Hello {0},\n\nyou are invited to work with {1} in Salus. Open this link within three days and choose a password:\n\n{2}\n\nIf you did not expect this mail, you can ignore it.",
                invitation.Name, organisation.Name, $"{settings.BaseUrl}/invitations/{secret}"]);
    }
}
