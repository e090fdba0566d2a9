using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Files.Contract;
using Salus.Modules.Files.Images;
using Salus.Modules.Files.Storage;
using Salus.Web.Printing;

namespace Salus.Modules.Files;

/// <summary>The logos for papers. What could not be had is not asked for again for a while, so that a store that hangs does not hold up each paper.</summary>
public sealed class PaperLogos(Database database, Blobs blobs, TimeProvider clock) : ILogos
{
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(5), Patience = TimeSpan.FromSeconds(3);
    private readonly RecentlyRead<Guid, Kept> kept = new(Keep, most: 20, clock);

    private sealed record Kept(PrintLogo? Logo);

    public async Task<PrintLogo?> Of(Guid organisation, CancellationToken ct)
    {
        await using var db = database.Open(organisation);
        // What the scanner has not seen yet may be shown to staff, but is not sent to people.
        if (await Logo.Of(db, ct) is not { ScanState: not ScanState.Pending } file) return null;
        return (await kept.Get(file.Id, 0, async () => new(await Read(file, ct)))).Logo;
    }

    private async Task<PrintLogo?> Read(StoredFile file, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            await using var content = await blobs.OpenForReader(file, patience.Token);
            using var picture = new MemoryStream();
            await content.CopyToAsync(picture, patience.Token);
            return new(await Pictures.ForPaper(() => new MemoryStream(picture.ToArray(), writable: false), patience.Token), Logo.PathOf(file));
        }
        catch (Exception error) when (error is Refusal or IOException or InvalidDataException or StoreFault || (error is OperationCanceledException && !ct.IsCancellationRequested)) { return null; }
    }
}
