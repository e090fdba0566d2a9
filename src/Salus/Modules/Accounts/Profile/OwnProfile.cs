using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Accounts.Profile;

/// <param name="PictureVersion">Changes with the picture; null: there is none.</param>
/// <param name="MailsNewDevices">A message comes when a new device signs in.</param>
public sealed record ProfileView(string Name, string? Email, string? Phone, string Bio, string Language, bool MailsNewDevices, Guid? PictureVersion);

public sealed class OwnProfile(Tools tools) : ReadModel<OwnProfile.Query, ProfileView>(tools)
{
    public const string Action = "account.profile";

    public sealed record Query;

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => RequirePerson();

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, ProfileView result) => null;

    protected override Task<ProfileView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var pictures = db.Set<Picture>();
        return db.Accounts.Where(a => a.Id == Actor.Id).Select(a => new ProfileView(a.Name, a.Email, a.PhoneNumber, a.Bio, a.Language, !a.SkipsDeviceMail,
            pictures.Where(p => p.AccountId == a.Id).Select(p => (Guid?)p.Version).FirstOrDefault())).SingleAsync(ct);
    }
}

/// <summary>Changes what the person tells of itself, and which messages it wants.</summary>
public sealed class ChangeProfile(Tools tools) : UseCase<ChangeProfile.Command, Guid>(tools)
{
    public const string Action = "account.change-profile";

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(120, ErrorMessage = "This is too long.")]
        public string Name { get; init; } = "";

        [StringLength(500, ErrorMessage = "This is too long.")]
        public string Bio { get; init; } = "";

        /// <summary>With the country's code; empty: none. The number with which one registered stays.</summary>
        [StringLength(30, ErrorMessage = "This is too long.")]
        public string? Phone { get; init; }
        public bool MailsNewDevices { get; init; } = true;
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequirePerson();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        if (Text.Fold(command.Name).Length == 0) throw Refusal.Field("name", "A name has at least one letter.");
        var account = await Db.Accounts.SingleAsync(a => a.Id == Actor.Id, ct);
        (account.Name, account.Bio, account.SkipsDeviceMail) = (Text.Clean(command.Name), command.Bio.Trim(), !command.MailsNewDevices);
        if (account.Email is not null) account.PhoneNumber = string.IsNullOrWhiteSpace(command.Phone) ? null : NewAccount.Phone(command.Phone) ?? throw Refusal.Field("phone", "A phone number begins with + and the country’s code.");
        var fields = Db.Entry(account).Properties.Where(p => p.IsModified).Select(p => p.Metadata.Name);
        Subject("account", account.Id, string.Join(',', fields));
        return account.Id;
    }
}

/// <summary>Sets the own picture, or takes it away.</summary>
public sealed class ChangePicture(Tools tools) : UseCase<ChangePicture.Command, Guid>(tools)
{
    public const string Action = "account.change-picture";

    /// <param name="File">JPEG or PNG; null: none.</param>
    public sealed record Command(byte[]? File);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => RequirePerson();

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var row = await Db.Set<Picture>().FirstOrDefaultAsync(p => p.AccountId == Actor.Id, ct);
        Subject("account", Actor.Id!.Value, "picture");
        if (command.File is null)
        {
            if (row is not null) Db.Remove(row);
            return Actor.Id.Value;
        }
        var (type, bytes) = Picture.Clean(command.File) ?? throw Refusal.Field("picture", "Use a JPEG or PNG picture of at most 2 MB and 4096 points on a side.");
        if (row is null) Db.Add(row = new Picture { AccountId = Actor.Id.Value });
        (row.Type, row.Bytes, row.Version) = (type, bytes, Guid.NewGuid());
        return Actor.Id.Value;
    }
}
