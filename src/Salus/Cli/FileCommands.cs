using Salus.Kernel;
using Salus.Modules.Files;
using Salus.Modules.Files.Scanning;
using Salus.Modules.Files.Storage;

namespace Salus.Cli;

/// <summary>Files at the command line.</summary>
public static class FileCommands
{
    public static async Task<int> Verify(Settings settings, TextWriter output, CancellationToken ct)
    {
        await using var app = SalusApp.Build(settings);
        var verdict = await app.Services.GetRequiredService<FileVerifier>().Run(fault => output.WriteLine($"FAULT {fault}"), ct);
        output.WriteLine($"{verdict.Files} files, {verdict.Bytes} bytes checked, {verdict.Erased} erased by rule, {verdict.Faults} faults");
        return verdict.Faults == 0 ? 0 : 1;
    }

    /// <summary>What would be wrong with files in production, asked of the stores and the scanner themselves.</summary>
    public static async Task<IReadOnlyList<Fault>> Faults(Settings settings, CancellationToken ct)
    {
        try { FileStores.Rules(settings.FilesStore); }
        catch (FormatException error) { return [new(error.Message, "Write it as: local prescription-image=drive rossi=s3", true)]; }
        using var s3 = new S3Store(settings);
        using var drive = new DriveStore(settings, TimeProvider.System);
        var parts = await FileHealth.Parts(new FileStores([new LocalFolder(settings), s3, drive], settings), new Clamd(settings), settings, ct);
        return [.. parts.Where(p => p.State != HealthPart.Ok).Select(FaultOf)];
    }

    private static Fault FaultOf(HealthPart part) => (part.Name, part.Reason) switch
    {
        ("pictures", _) => new("Pictures cannot be taken: libvips is not beside the program and not on this machine.", "Build with npm, or install libvips42.", false),
        ("scanner", "not-set") => new("Uploaded files are not scanned for viruses, and are marked so.", "Install clamav-daemon and set SALUS_CLAMD.", false),
        ("scanner", _) => new($"The virus scanner does not answer ({part.Reason}): files wait for it.", "Look at clamd and at SALUS_CLAMD.", false),
        ("files-local", _) => new($"Nothing can be written into the folder of files ({part.Reason}).", "Look at the disk and the rights of SALUS_FILES.", true),
        (var store, "not-set") => new($"SALUS_FILES_STORE names a store that is not set up ({store["files-".Length..]}): its files stay in the local folder.", "Set SALUS_S3_… or SALUS_DRIVE_….", true),
        var (store, reason) => new($"The remote store {store["files-".Length..]} does not take files ({reason}): they wait in the local folder.", "Look at its address, its credentials and its room.", false),
    };
}
