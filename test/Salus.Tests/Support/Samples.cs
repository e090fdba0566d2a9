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

    /// <summary>Sixteen points wide and eight high, its left half red.</summary>
    public static byte[] Jpeg { get; } = Convert.FromBase64String("/9j/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wAARCAAIABADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDnK8/oorjwP2vkfRcU/wDLr/t79D//2Q==");
    public static byte[] Tiff { get; } = Convert.FromBase64String("SUkqACIAAAB4nDthY8OADSRgFWVgODGqHgyoFT4ArHYNARAAAAEDAAEAAAAQAAAAAQEDAAEAAAAIAAAAAgEDAAMAAAD4AAAAAwEDAAEAAAAIAAAABgEDAAEAAAACAAAAEQEEAAEAAAAIAAAAEgEDAAEAAAABAAAAFQEDAAEAAAADAAAAFgEDAAEAAACAAAAAFwEEAAEAAAAaAAAAGgEFAAEAAADoAAAAGwEFAAEAAADwAAAAHAEDAAEAAAABAAAAKAEDAAEAAAACAAAAPQEDAAEAAAACAAAAUwEDAAMAAAD+AAAAAAAAADMzywAAAAgAMzPLAAAACAAIAAgACAABAAEAAQA=");
    public static byte[] Webp { get; } = Convert.FromBase64String("UklGRjgAAABXRUJQVlA4ICwAAABwAQCdASoQAAgAAUAmJaACdAFAAAD+8sH//F3P/C8+uM/9pZ0t//pUsAAAAA==");

    /// <summary>The same as a camera writes it when it is held upright: with words about where and when, and a note that it must be turned.</summary>
    public static byte[] JpegWithExif(string words)
    {
        var text = Encoding.ASCII.GetBytes(words + "\0");
        byte[] tiff = [.. "II"u8, 42, 0, 8, 0, 0, 0, 2, 0, .. Entry(0x010E, 2, text.Length, 38), .. Entry(0x0112, 3, 1, 6), 0, 0, 0, 0, .. text];
        byte[] body = [.. "Exif\0\0"u8, .. tiff];
        return [0xFF, 0xD8, 0xFF, 0xE1, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body, .. Jpeg[2..]];
    }

    private static byte[] Entry(ushort tag, ushort type, int count, int value)
    {
        var entry = new byte[12];
        BinaryPrimitives.WriteUInt16LittleEndian(entry, tag);
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(2), type);
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(4), count);
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(8), value);
        return entry;
    }

    /// <summary>Width and height as the head of a JPEG or PNG tells them.</summary>
    public static (int Width, int Height) SizeOf(byte[] picture)
    {
        if (picture[0] == 0x89) return (BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(20)));
        for (var at = 2; ; at += 2 + BinaryPrimitives.ReadUInt16BigEndian(picture.AsSpan(at + 2)))
            if (picture[at + 1] is >= 0xC0 and <= 0xC2) return (BinaryPrimitives.ReadUInt16BigEndian(picture.AsSpan(at + 7)), BinaryPrimitives.ReadUInt16BigEndian(picture.AsSpan(at + 5)));
    }
}
