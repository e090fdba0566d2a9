using System.Security.Cryptography;
using Salus.Kernel;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Files.Storage;

/// <summary>The content of files, wherever their blobs are.</summary>
public sealed class Blobs(LocalFolder folder, FileStores stores, FileKeys keys, ILogger<Blobs> log)
{
    /// <summary>Opens the content; a reader can start anywhere in it. What is here is read here, also when a copy is far away.</summary>
    public Stream Open(StoredFile file) =>
        new SealedReader((from, ct) => OpenSealed(file, from, ct), keys.Unwrap(file.Key, file.Id), file.Id, file.Bytes);

    /// <summary>The same for whoever asked for it, after its first bytes could be read.</summary>
    /// <exception cref="Refusal">503 while its store is away, 500 when it is damaged.</exception>
    public async Task<Stream> OpenForReader(StoredFile file, CancellationToken ct)
    {
        Stream? stream = null;
        try
        {
            stream = Open(file);
            var first = new byte[1];
            await stream.ReadExactlyAsync(first, ct);
            stream.Position = 0;
            return stream;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            if (stream is not null) await stream.DisposeAsync();
            throw Refuse(file, error);
        }
    }

    private Refusal Refuse(StoredFile file, Exception error)
    {
        if (error is StoreFault { Kind: not "missing" } fault)
        {
            log.LogWarning("File {Id} cannot be fetched from {Store}: {Reason}", file.Id, file.Store, fault.Kind);
            return new Refusal(503, "file.away", "The store that holds this file cannot be reached just now.") { RetryAfter = 30, Unlock = "Try again in a moment." };
        }
        log.LogError("File {Id} in {Store} cannot be read: {Reason}", file.Id, file.Store, error is StoreFault missing ? missing.Kind : error.GetType().Name);
        return new Refusal(500, "file.damaged", "This file is damaged or lost. It was noted.") { Unlock = "Tell whoever runs this installation; a backup may hold it." };
    }

    /// <summary>The blob itself, as it is stored.</summary>
    /// <exception cref="StoreFault">It cannot be reached.</exception>
    public Task<Stream> OpenSealed(StoredFile file, long from, CancellationToken ct)
    {
        if (folder.Has(file.Id) || file.StoreState == StoreState.Here) return folder.Open(file, from, ct);
        // Another node took it in and has not handed it on yet.
        if (file.StoreState == StoreState.WaitingForRemote) throw new StoreFault("elsewhere", concernsStore: false);
        return stores[file.Store].Open(file, from, ct);
    }

    public byte[] OpenPreview(StoredFile file, byte[] box) => FileKeys.OpenSmall(keys.Unwrap(file.Key, file.Id), box);

    /// <summary>The hash of the content; throws what <see cref="Open"/> would.</summary>
    public async Task<string> HashOf(StoredFile file, CancellationToken ct)
    {
        await using var content = Open(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct));
    }
}
