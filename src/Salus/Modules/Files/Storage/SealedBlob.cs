using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Salus.Modules.Files.Storage;

/// <summary>
/// How a blob is written (docs/adr/0024): eight letters and the file's id, then chunks of 64 KiB, each AES-256-GCM under the file's own key with
/// its number in the nonce and a mark on the last. A chunk that is changed, moved, left out or cut off does not open.
/// </summary>
public static class SealedBlob
{
    public const int Chunk = 64 * 1024, Tag = 16, Header = 24;
    private static ReadOnlySpan<byte> Magic => "SALUSF01"u8;

    internal static byte[] HeaderOf(Guid file)
    {
        var header = new byte[Header];
        Magic.CopyTo(header);
        file.TryWriteBytes(header.AsSpan(8), bigEndian: true, out _);
        return header;
    }

    internal static void Nonce(Span<byte> nonce, long number, bool isLast)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(nonce[7..], checked((uint)number));
        nonce[11] = isLast ? (byte)1 : (byte)0;
    }

    /// <summary>How many chunks a content of this length has; an empty one has none.</summary>
    public static long Chunks(long plain) => (plain + Chunk - 1) / Chunk;

    public static long LengthOf(long plain) => Header + plain + (Chunks(plain) * Tag);
}

/// <summary>Encrypts what is written to it. <see cref="Finish"/> writes the last chunk; without it the blob does not open.</summary>
public sealed class SealedWriter(Stream to, byte[] key, Guid file) : IDisposable
{
    private readonly AesGcm aes = new(key, SealedBlob.Tag);
    private readonly byte[] header = SealedBlob.HeaderOf(file), plain = new byte[SealedBlob.Chunk], box = new byte[SealedBlob.Chunk + SealedBlob.Tag];
    private readonly IncrementalHash content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256), blob = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private int filled;
    private long number;

    /// <summary>How much was written, before encryption.</summary>
    public long Bytes { get; private set; }
    public long SealedBytes { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        content.AppendData(bytes);
        Bytes += bytes.Length;
        while (bytes.Length > 0)
        {
            // Only when more comes is a full chunk known not to be the last.
            if (filled == plain.Length) Seal(isLast: false);
            var part = Math.Min(bytes.Length, plain.Length - filled);
            bytes[..part].CopyTo(plain.AsSpan(filled));
            filled += part;
            bytes = bytes[part..];
        }
    }

    /// <summary>The hashes of content and blob.</summary>
    public (string Content, string Blob) Finish()
    {
        if (filled > 0) Seal(isLast: true);
        return (Convert.ToHexStringLower(content.GetHashAndReset()), Convert.ToHexStringLower(blob.GetHashAndReset()));
    }

    private void Seal(bool isLast)
    {
        if (SealedBytes == 0) Put(header);
        Span<byte> nonce = stackalloc byte[12];
        SealedBlob.Nonce(nonce, number++, isLast);
        aes.Encrypt(nonce, plain.AsSpan(0, filled), box.AsSpan(0, filled), box.AsSpan(filled, SealedBlob.Tag), header);
        Put(box.AsSpan(0, filled + SealedBlob.Tag));
        filled = 0;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        to.Write(bytes);
        blob.AppendData(bytes);
        SealedBytes += bytes.Length;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(plain);
        aes.Dispose();
        content.Dispose();
        blob.Dispose();
    }
}

/// <summary>Reads a blob as the content it holds, from any place in it.</summary>
/// <param name="open">Opens the blob's bytes from an offset to the end.</param>
/// <param name="length">The content's length.</param>
public sealed class SealedReader(Func<long, CancellationToken, Task<Stream>> open, byte[] key, Guid file, long length) : Stream
{
    private readonly AesGcm aes = new(key, SealedBlob.Tag);
    private readonly byte[] header = SealedBlob.HeaderOf(file), plain = new byte[SealedBlob.Chunk], box = new byte[SealedBlob.Chunk + SealedBlob.Tag];
    private Stream? source;
    private long chunk = -1, next = -1, position;
    private bool isOver;

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => length;

    public override long Position
    {
        get => position;
        set => position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (position >= length || buffer.Length == 0) return 0;
        var wanted = position / SealedBlob.Chunk;
        if (wanted != chunk) await Load(wanted, cancellationToken);
        var (from, size) = ((int)(position % SealedBlob.Chunk), SizeOf(wanted));
        var part = Math.Min(buffer.Length, size - from);
        plain.AsMemory(from, part).CopyTo(buffer);
        position += part;
        return part;
    }

    private int SizeOf(long number) => (int)Math.Min(SealedBlob.Chunk, length - (number * SealedBlob.Chunk));

    private async Task Load(long number, CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(isOver, this);
        if (source is null || next != number)
        {
            var from = number == 0 ? 0 : SealedBlob.Header + (number * (SealedBlob.Chunk + SealedBlob.Tag));
            // A local blob that is open stays readable, also when it was moved to its remote store meanwhile.
            if (source is FileStream file) file.Position = from;
            else
            {
                if (source is not null) await source.DisposeAsync();
                source = null;
                source = await open(from, ct);
            }
            if (number == 0) await CheckHeader(source, ct);
        }
        var size = SizeOf(number);
        chunk = -1;
        try { await source.ReadExactlyAsync(box.AsMemory(0, size + SealedBlob.Tag), ct); }
        catch (EndOfStreamException) { throw new InvalidDataException("The blob is cut off."); }
        Open(number, size);
        (chunk, next) = (number, number + 1);
    }

    private async Task CheckHeader(Stream from, CancellationToken ct)
    {
        var found = new byte[SealedBlob.Header];
        try { await from.ReadExactlyAsync(found, ct); }
        catch (EndOfStreamException) { throw new InvalidDataException("The blob is cut off."); }
        if (!found.AsSpan().SequenceEqual(header)) throw new InvalidDataException("This is not the blob of this file.");
    }

    private void Open(long number, int size)
    {
        Span<byte> nonce = stackalloc byte[12];
        SealedBlob.Nonce(nonce, number, isLast: number == SealedBlob.Chunks(length) - 1);
        try { aes.Decrypt(nonce, box.AsSpan(0, size), box.AsSpan(size, SealedBlob.Tag), plain.AsSpan(0, size), header); }
        catch (AuthenticationTagMismatchException) { throw new InvalidDataException("The blob was changed."); }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // For libraries that know no other way; only ever over a local file.
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset, SeekOrigin.Current => position + offset, _ => length + offset,
    };

    protected override void Dispose(bool disposing)
    {
        if (disposing && !isOver)
        {
            isOver = true;
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(plain);
            aes.Dispose();
            source?.Dispose();
        }
        base.Dispose(disposing);
    }

    public override void Flush() { }
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
