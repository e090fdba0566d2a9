using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Files.Contract;

/// <summary>
/// A place where files hang, such as the pictures of a prescription. The module that owns it registers it as a singleton, and an
/// <see cref="IFileGuard"/> for it, unless everybody may see what is there.
/// </summary>
/// <param name="Key">Stable word such as <c>prescription-image</c>, in lower case with hyphens.</param>
/// <param name="Types">The kinds that are taken.</param>
/// <param name="MostBytes">How large one file may be.</param>
/// <param name="ImagePixels">The longest side of a picture after it was written anew; null: as it came.</param>
/// <param name="IsPublic">Anybody may fetch it, also who is not signed in, and may keep it: logos, never anything about a person.</param>
/// <param name="MostFiles">How many files one request may bring.</param>
public sealed record FilePlace(string Key, IReadOnlyList<FileType> Types, long MostBytes = FilePlace.TenMegabytes, int? ImagePixels = null, bool IsPublic = false, int MostFiles = 20)
{
    public const long TenMegabytes = 10 * 1024 * 1024;

    /// <summary>The most one request may bring, all files together.</summary>
    public const long MostRequest = 50 * 1024 * 1024;

    /// <summary>For the <c>accept</c> of a form and for sentences.</summary>
    public string Accept => string.Join(',', Types.SelectMany(t => t.Endings).Select(e => "." + e));

    public string Titles => string.Join(", ", Types.Select(t => t.Title));
}

/// <summary>Decides about the files of one place. The module that owns the place knows who may see them.</summary>
public interface IFileGuard
{
    /// <summary>The key of the place.</summary>
    string Place { get; }

    /// <summary>Whether the actor may read it; if not, it does not exist for them (404).</summary>
    Task<bool> MayRead(SalusDb db, Actor actor, StoredFile file, CancellationToken ct);

    /// <summary>Whether who may read it may also move it to the trash and back (403 if not).</summary>
    Task<bool> MayTrash(SalusDb db, Actor actor, StoredFile file, CancellationToken ct) => Task.FromResult(false);
}

/// <summary>All places of the program and their guards.</summary>
public sealed class FilePlaces(IEnumerable<FilePlace> places)
{
    private readonly Dictionary<string, FilePlace> byKey = places.ToDictionary(p => p.Key);

    public IReadOnlyCollection<FilePlace> All => byKey.Values;

    public FilePlace this[string key] => byKey[key];

    /// <summary>Null when the module that owned it is no longer there: then nobody may read what hangs there.</summary>
    public FilePlace? Find(string key) => byKey.GetValueOrDefault(key);
}
