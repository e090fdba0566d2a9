using System.Security.Cryptography;
using Salus.Kernel;
using Salus.Kernel.Audit;

namespace Salus.Modules.Files.Storage;

/// <summary>The keys of files, wrapped with the keys of the installation (<see cref="KeyRing"/>), and the key that signs links.</summary>
public sealed class FileKeys(KeyRing ring, Settings settings)
{
    private const int NonceBytes = 12, TagBytes = 16, IdBytes = KeyRing.IdBytes;
    public const int KeyBytes = KeyRing.KeyBytes;

    /// <summary>A key for one new blob, and for nothing else: chunks are numbered, and a number must never come twice under one key.</summary>
    public static byte[] Fresh() => RandomNumberGenerator.GetBytes(KeyBytes);

    /// <summary>Signs links.</summary>
    public byte[] Links { get; } = Convert.FromBase64String(KeyFile.ReadOrCreate(Path.Combine(settings.KeysFolder, "file-links.key"), () => Convert.ToBase64String(Fresh())).Trim());

    /// <summary>The file's key as its row keeps it; only for this file.</summary>
    public string Wrap(byte[] key, Guid file)
    {
        var (id, wrapping) = ring.Newest;
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
        var wrapping = ring.Find(id)?.Secret ?? throw new CryptographicException($"The key {id} is not in the keys folder.");
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
}
