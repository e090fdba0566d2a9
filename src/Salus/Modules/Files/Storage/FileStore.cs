using Salus.Modules.Files.Contract;

namespace Salus.Modules.Files.Storage;

/// <param name="Id">Under which the store knows it.</param>
/// <param name="Link">Where it shows it to people; empty when it does not.</param>
public sealed record RemoteFile(string Id, string Link = "");

/// <summary>Somewhere that keeps blobs. What it gets is encrypted already.</summary>
public abstract class FileStore
{
    /// <summary><c>local</c>, <c>s3</c> or <c>drive</c>.</summary>
    public abstract string Key { get; }

    /// <summary>What is needed to reach it is set.</summary>
    public abstract bool IsSet { get; }

    /// <summary>Stores the blob and makes sure, by its size and hash, that the store has all of it. Done twice, it is there once.</summary>
    /// <param name="open">Opens the blob's bytes; may be called again for another try.</param>
    /// <exception cref="StoreFault">It is not there.</exception>
    public abstract Task<RemoteFile> Put(StoredFile file, Func<Stream> open, CancellationToken ct);

    /// <summary>The blob's bytes from an offset to the end.</summary>
    /// <exception cref="StoreFault">The store cannot be reached, or does not have it (kind <c>missing</c>).</exception>
    public abstract Task<Stream> Open(StoredFile file, long from, CancellationToken ct);

    /// <summary>Removes it; one that is not there is removed already.</summary>
    /// <exception cref="StoreFault">It may still be there.</exception>
    public abstract Task Delete(StoredFile file, CancellationToken ct);

    /// <summary>Whether it answers and takes files with the credentials that are set.</summary>
    /// <exception cref="StoreFault">Why not.</exception>
    public abstract Task Check(CancellationToken ct);
}

/// <summary>A store did not do what it was asked.</summary>
/// <param name="kind">A word for people and pages: <c>away</c>, <c>slow</c>, <c>credentials</c>, <c>quota</c>, <c>busy</c>, <c>missing</c>, <c>broken</c>, <c>elsewhere</c>.</param>
/// <param name="concernsStore">The next file would fail the same way.</param>
public sealed class StoreFault(string kind, bool concernsStore = true, TimeSpan? retryAfter = null, Exception? because = null) : Exception(kind, because)
{
    public string Kind { get; } = kind;
    public bool ConcernsStore { get; } = concernsStore;

    /// <summary>How long the store asked to be left alone.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
