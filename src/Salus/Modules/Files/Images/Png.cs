using System.Buffers.Binary;

namespace Salus.Modules.Files.Images;

/// <summary>
/// Looks whether a PNG is whole, which its reader does not: it fills what is missing with black. A picture is a row of chunks, each with its
/// length, its name and a checksum, and the last is called IEND.
/// </summary>
internal static class Png
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (crc, _) => (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320u))];

    public static bool IsWhole(Func<Stream> open)
    {
        using var file = open();
        var buffer = new byte[64 * 1024];
        if (file.ReadAtLeast(buffer.AsSpan(0, 8), 8, throwOnEndOfStream: false) < 8) return false;
        while (file.ReadAtLeast(buffer.AsSpan(0, 8), 8, throwOnEndOfStream: false) == 8)
        {
            var (left, isEnd, crc) = (BinaryPrimitives.ReadUInt32BigEndian(buffer), buffer.AsSpan(4, 4).SequenceEqual("IEND"u8), Add(uint.MaxValue, buffer.AsSpan(4, 4)));
            while (left > 0)
            {
                var read = file.Read(buffer, 0, (int)Math.Min(left, (uint)buffer.Length));
                if (read == 0) return false;
                crc = Add(crc, buffer.AsSpan(0, read));
                left -= (uint)read;
            }
            if (file.ReadAtLeast(buffer.AsSpan(0, 4), 4, throwOnEndOfStream: false) < 4 || BinaryPrimitives.ReadUInt32BigEndian(buffer) != ~crc) return false;
            if (isEnd) return true;
        }
        return false;
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) crc = Table[(crc ^ b) & 0xFF] ^ (crc >> 8);
        return crc;
    }
}
