using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Modules.Files.Contract;
using Salus.Modules.Files.Storage;

namespace Salus.Modules.Files;

/// <param name="Faults">One line for each file that is not what its row says.</param>
public sealed record FileVerdict(long Files, long Bytes, long Erased, long Faults);

/// <summary>Reads every blob, here and in remote stores, and compares it with its row. Holds one chunk of one file at a time.</summary>
public sealed class FileVerifier(Database database, Blobs blobs, LocalFolder folder)
{
    private const int Batch = 100;

    /// <param name="tell">Gets each fault as a line.</param>
    public async Task<FileVerdict> Run(Action<string> tell, CancellationToken ct)
    {
        var (verdict, after) = (new FileVerdict(0, 0, 0, 0), Guid.Empty);
        while (true)
        {
            List<StoredFile> batch;
            await using (var db = database.Open())
                batch = await db.Files.IgnoreQueryFilters().AsNoTracking().Where(f => f.Id > after).OrderBy(f => f.Id).Take(Batch).ToListAsync(ct);
            if (batch.Count == 0) return verdict;
            foreach (var file in batch)
            {
                if (file.IsErased) { verdict = verdict with { Erased = verdict.Erased + 1 }; continue; }
                var fault = await FaultOf(file, ct);
                if (fault is not null) tell($"{file.Id} {file.Place} in {file.Store}: {fault}");
                verdict = verdict with { Files = verdict.Files + 1, Bytes = verdict.Bytes + file.Bytes, Faults = verdict.Faults + (fault is null ? 0 : 1) };
            }
            after = batch[^1].Id;
        }
    }

    private async Task<string?> FaultOf(StoredFile file, CancellationToken ct)
    {
        try
        {
            // Something behind the last chunk is read by nobody, and was not put there by us.
            if (folder.Has(file.Id) && new FileInfo(folder.PathOf(file.Id)).Length > file.SealedBytes) return "something was added to it";
            return await blobs.HashOf(file, ct) == file.Sha256 ? null : "its hash is another";
        }
        catch (StoreFault fault) { return fault.Kind == "missing" ? "it is missing" : $"it cannot be fetched ({fault.Kind})"; }
        catch (Exception error) when (error is InvalidDataException or IOException or System.Security.Cryptography.CryptographicException or FormatException) { return error.Message; }
    }
}
