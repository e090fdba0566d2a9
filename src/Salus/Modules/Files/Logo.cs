using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Files;

/// <summary>The organisation's logo: a public picture. A new one sends the one before to the trash.</summary>
public static class Logo
{
    public static readonly FilePlace Place = new("logo", [FileType.Png, FileType.Jpeg, FileType.Webp], MostBytes: 2 * 1024 * 1024, ImagePixels: 600, IsPublic: true, MostFiles: 1);

    /// <summary>The present one; null when there is none.</summary>
    public static Task<StoredFile?> Of(SalusDb db, CancellationToken ct) =>
        db.Files.Where(f => f.SubjectKind == "organisation" && f.SubjectId == db.OrganisationId && f.Place == Place.Key && f.DeletedAt == null && f.ErasedAt == null && f.ScanState != ScanState.Rejected).OrderByDescending(f => f.Id).FirstOrDefaultAsync(ct);

    public static string PathOf(StoredFile file) => $"/files/open/{file.OrganisationId}/{file.Id}";
}

/// <summary>Members see it; who manages files may remove it.</summary>
public sealed class LogoGuard : IFileGuard
{
    public string Place => Logo.Place.Key;
    public Task<bool> MayRead(SalusDb db, Actor actor, StoredFile file, CancellationToken ct) => Task.FromResult(actor.IsKnown);
    public Task<bool> MayTrash(SalusDb db, Actor actor, StoredFile file, CancellationToken ct) => Task.FromResult(actor.May(FilePermissions.Manage));
}

/// <summary>Sets the logo, or takes it away.</summary>
public sealed class SetLogo(Tools tools, FileRows rows) : UseCase<SetLogo.Command, FileView?>(tools)
{
    public const string Action = "organisation.set-logo";

    /// <param name="Picture">Null: none from now on.</param>
    public sealed record Command(ReceivedFile? Picture);

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(FilePermissions.Manage);

    protected override async Task<FileView?> Handle(Command command, CancellationToken ct)
    {
        Subject("organisation", Db.OrganisationId, command.Picture is null ? "removed" : "set");
        if (await Logo.Of(Db, ct) is { } old) (old.DeletedAt, old.DeletedBy) = (Now, Actor.Id);
        return command.Picture is null ? null : FileView.Of(await rows.Keep(Db, command.Picture, "organisation", Db.OrganisationId, Now, ct));
    }
}
