using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

/// <summary>A platform owner opens a new clinic and becomes its first administrator, to invite the people who will run it.</summary>
public sealed class CreateOrganisation(Tools tools) : UseCase<CreateOrganisation.Command, CreateOrganisation.Created>(tools)
{
    public const string Action = "organisation.create";
    private static readonly string[] Reserved =
        ["account", "api", "clinics", "help", "t", "lib", "css", "js", "live", "setup", "platform", "mailbox", "invitations", "display", "health", "language", "problems", "favicon", "files", "fhir"];

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(120, ErrorMessage = "This is too long.")]
        public string Name { get; init; } = "";

        /// <summary>The word in the address: lower-case letters, digits and hyphens.</summary>
        [Required(ErrorMessage = "Please fill this in."), RegularExpression("[a-z0-9](-?[a-z0-9]){1,38}", ErrorMessage = "Use 2 to 39 lower-case letters, digits and hyphens.")]
        public string Slug { get; init; } = "";

        [Required(ErrorMessage = "Please fill this in."), StringLength(60, ErrorMessage = "This is too long.")]
        public string TimeZone { get; init; } = "Europe/Rome";

        [Required(ErrorMessage = "Choose one of the languages."), RegularExpression("en|fr|es|it", ErrorMessage = "Choose one of the languages.")]
        public string Language { get; init; } = "en";

        [Required(ErrorMessage = "Please fill this in."), RegularExpression("[1-9][0-9]{0,3}", ErrorMessage = "Use the digits of the calling code, such as 39.")]
        public string CallingCode { get; init; } = "39";
    }

    public sealed record Created(Guid Id, string Slug, string Name);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) =>
        Actor.IsPlatformOwner || Actor.Kind == ActorKind.System ? Task.CompletedTask : throw Refusal.Forbidden();

    protected override async Task<Created> Handle(Command command, CancellationToken ct)
    {
        if (Reserved.Contains(command.Slug)) throw Refusal.Field("slug", "This word is taken by the program itself.");
        CheckZone(command.TimeZone);
        if (await Db.Organisations.AnyAsync(o => o.Slug == command.Slug, ct)) throw Refusal.Field("slug", "This word is already taken.");
        var organisation = new Organisation
        {
            Name = Text.Clean(command.Name), Slug = command.Slug, TimeZone = command.TimeZone, Language = command.Language,
            CallingCode = command.CallingCode, CreatedAt = Now,
        };
        Db.OrganisationId = organisation.Id;
        Db.Add(organisation);
        if (Actor.Id is { } owner)
            Db.Add(new Membership { OrganisationId = organisation.Id, AccountId = owner, Roles = Role.Admin, CreatedAt = Now });
        Subject("organisation", organisation.Id);
        return new Created(organisation.Id, organisation.Slug, organisation.Name);
    }

    public static void CheckZone(string zone)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)) throw Refusal.Field("timeZone", "This is not a time zone.");
    }
}
