using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Files.Storage;

namespace Salus.Modules.Files.Contract;

/// <summary>
/// A file that was taken in and checked, and belongs to nothing yet. <see cref="FileRows.Keep"/> makes a row of it in the caller's transaction;
/// what no row was committed for is deleted when this is disposed, or by the sweeper if the program stops before.
/// </summary>
/// <remarks>As a part of a command it counts by name and content, so that a repeated request is known by its Idempotency-Key.</remarks>
public sealed class ReceivedFile : IAsyncDisposable
{
    private readonly LocalFolder folder;
    private readonly Database database;

    internal ReceivedFile(LocalFolder folder, Database database, FilePlace place, string name, FileType type, Guid? by) =>
        (this.folder, this.database, Place, Name, Type, By) = (folder, database, place.Key, name, type, by);

    [JsonIgnore] public Guid Id { get; } = Guid.CreateVersion7();
    public string Place { get; }
    public string Name { get; }
    public string Sha256 { get; internal set; } = "";
    [JsonIgnore] public FileType Type { get; }
    [JsonIgnore] public long Bytes { get; internal set; }
    [JsonIgnore] public int? Width { get; internal set; }
    [JsonIgnore] public int? Height { get; internal set; }
    internal Guid? By { get; }
    internal long SealedBytes { get; set; }
    internal string SealedSha256 { get; set; } = "";
    internal string WrappedKey { get; set; } = "";
    internal byte[]? Preview { get; set; }

    /// <summary>The organisation whose row was added for it; null: none was.</summary>
    internal Guid? KeptFor { get; set; }

    public async ValueTask DisposeAsync()
    {
        if (KeptFor is { } organisation && await MayBeCommitted(organisation)) return;
        folder.Delete(Id);
    }

    // A database that does not answer just now may have committed it; then the sweeper decides later.
    private async Task<bool> MayBeCommitted(Guid organisation)
    {
        try
        {
            await using var db = database.Open(organisation);
            return await db.Files.AnyAsync(f => f.Id == Id);
        }
        catch (Exception error) when (database.IsUnavailable(error)) { return true; }
    }
}

/// <summary>What one request brought: its files, and the other fields of its form.</summary>
public sealed class Upload(IReadOnlyList<ReceivedFile> files, IReadOnlyDictionary<string, string> fields) : IAsyncDisposable
{
    public IReadOnlyList<ReceivedFile> Files { get; } = files;

    /// <summary>A field of the form; empty when it was not there.</summary>
    public string this[string field] => fields.GetValueOrDefault(field, "");

    /// <summary>The only file.</summary>
    /// <exception cref="Refusal">422 unless there is exactly one.</exception>
    public ReceivedFile One => Files.Count == 1 ? Files[0] : throw new Refusal(422, "file.one", "Send one file.");

    /// <summary>The key that the page made for this intention; the same form sent twice is done once.</summary>
    public void Once(ActorSlot slot)
    {
        if (this["once"] is { Length: > 0 and <= 100 } key) slot.Actor = slot.Actor with { IdempotencyKey = key };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var file in Files) await file.DisposeAsync();
    }
}
