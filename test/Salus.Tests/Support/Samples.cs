using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Salus.Tests.Support;

/// <summary>Small files of every kind, made here.</summary>
public static class Samples
{
    /// <summary>Words that a test looks for where nothing may lie in the clear.</summary>
    public const string Plain = "Amoxicillin 500 mg three times a day";

    public static byte[] Pdf { get; } = Encoding.ASCII.GetBytes($"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n% {Plain}\ntrailer<</Root 1 0 R>>\n%%EOF\n");
    public static byte[] Exe { get; } = [.. "MZ"u8, .. new byte[510]];

    /// <summary>A PDF of exactly so many bytes.</summary>
    public static byte[] PdfOf(int bytes)
    {
        var file = new byte[bytes];
        new Random(7).NextBytes(file);
        Pdf.CopyTo(file, 0);
        return file;
    }

    public static byte[] Zip(params string[] names)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var name in names) { using var entry = zip.CreateEntry(name).Open(); entry.Write("<x/>"u8); }
        return memory.ToArray();
    }

    public static byte[] Docx { get; } = Zip("[Content_Types].xml", "word/document.xml");

    /// <summary>A picture of one noisy colour.</summary>
    public static byte[] Png(int width = 40, int height = 30)
    {
        var rows = new byte[(width * 3 + 1) * height];
        var random = new Random(3);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width * 3; x++) rows[y * (width * 3 + 1) + 1 + x] = (byte)(120 + random.Next(20));
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(rows);
        return PngOf(width, height, packed.ToArray());
    }

    /// <summary>A PNG that claims a size, whatever its content.</summary>
    public static byte[] PngOf(int width, int height, byte[] data)
    {
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        (head[8], head[9]) = (8, 2);
        Chunk(file, "IHDR", head);
        Chunk(file, "IDAT", data);
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>The same with words hidden in a text chunk, and more of them behind its end.</summary>
    public static byte[] PngWithSecrets(string words, byte[] tail)
    {
        var plain = Png();
        using var file = new MemoryStream();
        file.Write(plain.AsSpan(0, 33));
        Chunk(file, "tEXt", [.. "Comment\0"u8, .. Encoding.ASCII.GetBytes(words)]);
        file.Write(plain.AsSpan(33));
        file.Write(tail);
        return file.ToArray();
    }

    private static void Chunk(Stream to, string name, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        to.Write(number);
        byte[] body = [.. Encoding.ASCII.GetBytes(name), .. data];
        to.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        to.Write(number);
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320u;
        }
        return ~crc;
    }
}
