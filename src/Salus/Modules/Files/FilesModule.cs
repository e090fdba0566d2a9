using Salus.Kernel;
using Salus.Modules.Files.Contract;
using Salus.Modules.Files.Scanning;
using Salus.Modules.Files.Storage;
using Salus.Modules.Organisations.Contract;
using Salus.Web.Printing;

namespace Salus.Modules.Files;

/// <summary>Uploaded files: taken in, checked, scanned, encrypted, kept here or in a remote store, and given out to whom their place says.</summary>
public sealed class FilesModule : Module
{
    public override string Title => "Files";

    public override IEnumerable<Permission> Permissions => [new(FilePermissions.Open, "Open files that belong to what one may see", Role.InOrganisation), new(FilePermissions.Manage, "Manage files, stores and the logo", Role.Admin)];

    public override IEnumerable<AuditAction> AuditActions =>
    [
        new(FileRecord.Action, "looked at what is known about a file"),
        new(ReadFile.Action, "opened a file"),
        new(ReadPreview.Action, "saw the preview of a picture"),
        new(ReadLinkedFile.Action, "opened a file by a link"),
        new(LinkToFile.Action, "made a link to a file"),
        new(TrashFile.Action, "moved a file to the trash"),
        new(RestoreFile.Action, "took a file back out of the trash"),
        new(HoldFile.Action, "held a file or let it go"),
        new(SetLogo.Action, "set the logo"),
        new(ChooseStore.Action, "chose a store for files"),
        new(FileOverview.Action, "looked at the state of files and stores"),
        new(FileWork.Rejected, "found a virus in a file"),
        new(FileCare.Erased, "erased files whose time in the trash was over"),
    ];

    public override IEnumerable<MenuItem> Menu => [new("manage/files", "Files", "folder", FilePermissions.Manage, 82)];

    public override void AddServices(IServiceCollection services)
    {
        services.AddSingleton<FileKeys>().AddSingleton<LocalFolder>().AddSingleton<FileStore>(s => s.GetRequiredService<LocalFolder>()).AddSingleton<FileStore, S3Store>().AddSingleton<FileStore, DriveStore>().AddSingleton<FileStores>().AddSingleton<Blobs>();
        services.AddSingleton<FilePlaces>().AddSingleton<FileLinks>().AddSingleton<FileRows>().AddScoped<FileScope>().AddScoped<Uploads>();
        services.AddSingleton<Clamd>().AddSingleton<FileWork>().AddHostedService(s => s.GetRequiredService<FileWork>());
        services.AddSingleton<FileHealth>().AddSingleton<IHealthSource>(s => s.GetRequiredService<FileHealth>()).AddSingleton<FileCare>().AddHostedService(s => s.GetRequiredService<FileCare>()).AddSingleton<FileVerifier>();
        services.AddSingleton(new SettingsPart(typeof(LogoPart), FilePermissions.Manage));
        services.AddSingleton(Logo.Place).AddScoped<IFileGuard, LogoGuard>().AddSingleton<ILogos, PaperLogos>();
    }

    public override void MapRoutes(IEndpointRouteBuilder routes) => FileDoors.Map(routes);
}
