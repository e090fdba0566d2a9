using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Organisations;

/// <summary>Changes the organisation's own settings, among them the scheme of registration numbers. Numbers already given stay.</summary>
public sealed class ChangeSettings(Tools tools) : UseCase<ChangeSettings.Command, Guid>(tools)
{
    public const string Action = "organisation.change-settings";

    public sealed record Command
    {
        [Required(ErrorMessage = "Please fill this in."), StringLength(120, ErrorMessage = "This is too long.")]
        public string Name { get; init; } = "";

        [Required(ErrorMessage = "Please fill this in."), StringLength(60, ErrorMessage = "This is too long.")]
        public string TimeZone { get; init; } = "";

        [Required(ErrorMessage = "Choose one of the languages."), RegularExpression("en|fr|es|it", ErrorMessage = "Choose one of the languages.")]
        public string Language { get; init; } = "en";

        [Required(ErrorMessage = "Please fill this in."), RegularExpression("[1-9][0-9]{0,3}", ErrorMessage = "Use the digits of the calling code, such as 39.")]
        public string CallingCode { get; init; } = "39";

        [Required(ErrorMessage = "Please fill this in."), StringLength(15, ErrorMessage = "This is too long.")]
        public string NumberPattern { get; init; } = "xx-xx-xxx";

        public bool BoardShowsNames { get; init; }

        /// <summary>Whether a ticket opens a visit in the medical record; not given: as before.</summary>
        public bool? KeepsRecord { get; init; }

        /// <summary>Role keys whose holders must show a second factor; none given: as before.</summary>
        [MaxLength(40, ErrorMessage = "This is too long.")]
        public string[]? SecondFactorRoles { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(OrganisationPermissions.ManageSettings);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var row = await Db.Organisations.SingleAsync(o => o.Id == Db.OrganisationId, ct);
        if (command.Version is { } seen && seen != row.Version) throw Refusal.Stale();
        CreateOrganisation.CheckZone(command.TimeZone);
        if (NumberScheme.Parse(command.NumberPattern) is null)
            throw Refusal.Field("numberPattern", "Use x for digits, - or + between groups, and yy or mm for year and month: at least 4 x, at most 15 characters.");
        (row.Name, row.TimeZone, row.Language, row.CallingCode, row.NumberPattern, row.BoardShowsNames) =
            (Text.Clean(command.Name), command.TimeZone, command.Language, command.CallingCode, command.NumberPattern, command.BoardShowsNames);
        row.KeepsRecord = command.KeepsRecord ?? row.KeepsRecord;
        if (command.SecondFactorRoles is { } demanded && !Role.Split(row.SecondFactorRoles).ToHashSet().SetEquals(demanded))
        {
            await RequireProof();
            // What is demanded of others and of oneself at once must not shut out the one who demands it.
            if (demanded.Intersect(Actor.Roles).Any() && !(await Db.Sessions.SingleAsync(s => s.Id == Actor.SessionId, ct)).IsStrong)
                throw Refusal.Field("secondFactorRoles", "Add a second factor to your own account first: you would be shut out.");
            var own = await Db.OwnRoles.Select(r => r.Key).ToListAsync(ct);
            row.SecondFactorRoles = string.Join(' ', Role.ForPeople(row.Kind).Concat(own).Where(demanded.Contains));
        }
        var fields = Db.Entry(row).Properties.Where(p => p.IsModified).Select(p => p.Metadata.Name);
        Subject("organisation", row.Id, string.Join(',', fields));
        Changed($"board:{row.Id}");
        return row.Id;
    }
}
