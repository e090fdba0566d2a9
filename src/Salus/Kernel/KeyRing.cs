using System.Collections.Concurrent;
using System.Security.Cryptography;
using Salus.Kernel.Audit;

namespace Salus.Kernel;

/// <param name="Id">The beginning of the hash of the key: what was encrypted says with which one.</param>
public sealed record RingKey(string Id, byte[] Secret);

/// <summary>
/// The keys of the installation that protect what lies elsewhere: files in the keys folder, outside the database. They wrap the keys of files, and the keys of texts are
/// derived from them. A newer <c>file-wrapping*.key</c> (by name) protects from then on; older ones go on opening as long as they are there.
/// </summary>
public sealed class KeyRing
{
    public const int KeyBytes = 32, IdBytes = 4;
    private const string First = "file-wrapping.key", Pattern = "file-wrapping*.key";

    /// <summary>How long an id that is not there is not looked for again: a page may hold a hundred texts of one lost key.</summary>
    private const int LookAgain = 1000;
    private readonly ConcurrentDictionary<string, long> missing = new();
    private volatile IReadOnlyList<RingKey> keys;

    public KeyRing(Settings settings)
    {
        Folder = settings.KeysFolder;
        KeyFile.ReadOrCreate(Path.Combine(Folder, First), () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        keys = Read(Folder);
        if (keys.Count == 0) throw new FormatException($"{Path.Combine(Folder, First)} holds no key of {KeyBytes} bytes in base64.");
    }

    public string Folder { get; }

    /// <summary>What is encrypted now is encrypted with this one.</summary>
    public RingKey Newest => keys[^1];

    /// <summary>Null: it is not in the folder. Another node may have been given it a moment ago, so the folder is looked at again.</summary>
    public RingKey? Find(string id)
    {
        if (Known(id) is { } key) return key;
        var now = Environment.TickCount64;
        if (missing.TryGetValue(id, out var looked) && now - looked < LookAgain) return null;
        if (Read(Folder) is { Count: > 0 } found) keys = found;
        if (Known(id) is { } late) return late;
        missing[id] = now;
        return null;
    }

    private RingKey? Known(string id) => keys.FirstOrDefault(k => k.Id == id);

    /// <summary>The keys that are in a folder, the newest last; makes none.</summary>
    public static IReadOnlyList<RingKey> Read(string folder) => !Directory.Exists(folder) ? [] :
        [.. Directory.EnumerateFiles(folder, Pattern).OrderBy(path => Path.GetFileName(path) != First).ThenBy(path => path, StringComparer.Ordinal).Select(Secret).Where(k => k.Length == KeyBytes)
            .Select(k => new RingKey(Convert.ToHexStringLower(SHA256.HashData(k).AsSpan(0, IdBytes)), k))];

    private static byte[] Secret(string path)
    {
        try { return Convert.FromBase64String(File.ReadAllText(path).Trim()); }
        catch (FormatException) { throw new FormatException($"{path} is not a key in base64."); }
    }
}
