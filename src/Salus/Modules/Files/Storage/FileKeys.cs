using System.Security.Cryptography;
using Salus.Kernel;
using Salus.Kernel.Audit;

namespace Salus.Modules.Files.Storage;

/// <summary>
/// The keys of the installation that wrap the keys of files, and the one that signs links: files in the keys folder, outside the database. A
/// newer <c>file-wrapping*.key</c> (by name) wraps from then on; older ones go on unwrapping as long as they are there.
/// </summary>
public sealed class FileKeys
{
    private const string First = "file-wrapping.key", Pattern = "file-wrapping*.key";
    private const int NonceBytes = 12, TagBytes = 16, IdBytes = 4;
    public const int KeyBytes = 32;
    private readonly string folder;
    private volatile IReadOnlyList<(string Id, byte[] Key)> keys;

    public FileKeys(Settings settings)
    {
        folder = settings.KeysFolder;
        KeyFile.ReadOrCreate(Path.Combine(folder, First), FreshText);
        keys = Read();
        Links = Convert.FromBase64String(KeyFile.ReadOrCreate(Path.Combine(folder, "file-links.key"), FreshText).Trim());
    }

    /// <summary>A key for one new blob, and for nothing else: chunks are numbered, and a number must never come twice under one key.</summary>
    public static byte[] Fresh() => RandomNumberGenerator.GetBytes(KeyBytes);

    /// <summary>Signs links.</summary>
    public byte[] Links { get; }

    /// <summary>The file's key as its row keeps it; only for this file.</summary>
    public string Wrap(byte[] key, Guid file)
    {
        var (id, wrapping) = keys[^1];
        var box = new byte[IdBytes + NonceBytes + KeyBytes + TagBytes];
        Convert.FromHexString(id).CopyTo(box, 0);
        RandomNumberGenerator.Fill(box.AsSpan(IdBytes, NonceBytes));
        using var aes = new AesGcm(wrapping, TagBytes);
        aes.Encrypt(box.AsSpan(IdBytes, NonceBytes), key, box.AsSpan(IdBytes + NonceBytes, KeyBytes), box.AsSpan(IdBytes + NonceBytes + KeyBytes), file.ToByteArray());
        return Convert.ToBase64String(box);
    }

    /// <exception cref="CryptographicException">The wrapping key is not in the folder, or the text is not what was written for this file.</exception>
    public byte[] Unwrap(string wrapped, Guid file)
    {
        var box = Convert.FromBase64String(wrapped);
        if (box.Length != IdBytes + NonceBytes + KeyBytes + TagBytes) throw new CryptographicException("This is no wrapped key.");
        var id = Convert.ToHexStringLower(box.AsSpan(0, IdBytes));
        // Another node may have been given a newer one.
        if (keys.All(k => k.Id != id)) keys = Read();
        var wrapping = keys.FirstOrDefault(k => k.Id == id).Key ?? throw new CryptographicException($"The key {id} is not in the keys folder.");
        var key = new byte[KeyBytes];
        using var aes = new AesGcm(wrapping, TagBytes);
        aes.Decrypt(box.AsSpan(IdBytes, NonceBytes), box.AsSpan(IdBytes + NonceBytes, KeyBytes), box.AsSpan(IdBytes + NonceBytes + KeyBytes), key, file.ToByteArray());
        return key;
    }

    /// <summary>A few bytes under the file's key, such as its preview.</summary>
    public static byte[] SealSmall(byte[] key, ReadOnlySpan<byte> plain)
    {
        var box = new byte[NonceBytes + plain.Length + TagBytes];
        // Random, and never the shape of a chunk's nonce: those begin with zeros.
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        box[0] |= 0x80;
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(box.AsSpan(0, NonceBytes), plain, box.AsSpan(NonceBytes, plain.Length), box.AsSpan(NonceBytes + plain.Length));
        return box;
    }

    public static byte[] OpenSmall(byte[] key, ReadOnlySpan<byte> box)
    {
        var plain = new byte[box.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(box[..NonceBytes], box.Slice(NonceBytes, plain.Length), box[(NonceBytes + plain.Length)..], plain);
        return plain;
    }

    private List<(string, byte[])> Read() =>
        [.. Directory.EnumerateFiles(folder, Pattern).OrderBy(path => Path.GetFileName(path) != First).ThenBy(path => path, StringComparer.Ordinal).Select(path => Convert.FromBase64String(File.ReadAllText(path).Trim())).Where(k => k.Length == KeyBytes)
            .Select(k => (Convert.ToHexStringLower(SHA256.HashData(k).AsSpan(0, IdBytes)), k))];

    private static string FreshText() => Convert.ToBase64String(Fresh());
}
