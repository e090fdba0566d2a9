using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Files.Storage;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Files.Contract;

/// <summary>Makes rows of received files. Modules call it inside their own use case, so that file and clinical row appear together or not at all.</summary>
public sealed class FileRows(FileStores stores, Settings settings)
{
    /// <summary>Adds the row, and with it what is left to do: scanning, and moving to a remote store.</summary>
    public async Task<StoredFile> Keep(SalusDb db, ReceivedFile received, string subjectKind, Guid subjectId, DateTime now, CancellationToken ct = default)
    {
        var slug = await db.Organisations.Where(o => o.Id == db.OrganisationId).Select(o => o.Slug).SingleAsync(ct);
        var (store, scans) = (await stores.For(db, slug, received.Place, ct), settings.Clamd.Length > 0);
        var file = new StoredFile
        {
            Id = received.Id, OrganisationId = db.OrganisationId, Place = received.Place, SubjectKind = subjectKind, SubjectId = subjectId, Name = received.Name, Type = received.Type.Key,
            Bytes = received.Bytes, Sha256 = received.Sha256, SealedBytes = received.SealedBytes, SealedSha256 = received.SealedSha256, Key = received.WrappedKey, Width = received.Width, Height = received.Height,
            ScanState = scans ? ScanState.Pending : ScanState.NotScanned, ScanDetail = scans ? "" : ScanWords.NoScanner,
            Store = store, StoreState = store == LocalFolder.StoreKey ? StoreState.Here : StoreState.WaitingForRemote,
            WorkAt = scans || store != LocalFolder.StoreKey ? now : null, CreatedAt = now, CreatedBy = received.By,
        };
        db.Add(file);
        if (received.Preview is { } preview) db.Add(new FilePreview { FileId = file.Id, OrganisationId = db.OrganisationId, Sealed = preview });
        received.KeptFor = db.OrganisationId;
        return file;
    }
}

/// <summary>Why a scanner did not look.</summary>
public static class ScanWords
{
    public const string NoScanner = "no-scanner", TooLarge = "too-large";
}
