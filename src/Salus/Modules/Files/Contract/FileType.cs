using System.IO.Compression;
using System.Text;

namespace Salus.Modules.Files.Contract;

/// <summary>A kind of file that can be taken: its endings, the type it may be declared as, and how its content is told.</summary>
/// <param name="Key">Stable word, which is also how rows keep it.</param>
/// <param name="Title">How people call it; no text that is translated.</param>
/// <param name="Mime">The type it is served as. The first of the types it may be declared as.</param>
/// <param name="IsPicture">It is decoded and written anew, without what cameras write beside a picture.</param>
public sealed record FileType(string Key, string Title, string Mime, bool IsPicture, params string[] Endings)
{
    private string[] AlsoDeclared { get; init; } = [];

    public static readonly FileType Pdf = new("pdf", "PDF", "application/pdf", false, "pdf");
    public static readonly FileType Jpeg = new("jpeg", "JPEG", "image/jpeg", true, "jpg", "jpeg", "jpe") { AlsoDeclared = ["image/jpg", "image/pjpeg"] };
    public static readonly FileType Png = new("png", "PNG", "image/png", true, "png") { AlsoDeclared = ["image/x-png"] };
    public static readonly FileType Webp = new("webp", "WebP", "image/webp", true, "webp");
    public static readonly FileType Tiff = new("tiff", "TIFF", "image/tiff", true, "tif", "tiff") { AlsoDeclared = ["image/tif", "image/x-tiff"] };
    public static readonly FileType Docx = new("docx", "DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", false, "docx") { AlsoDeclared = ["application/zip", "application/x-zip-compressed"] };
    public static readonly FileType Doc = new("doc", "DOC", "application/msword", false, "doc") { AlsoDeclared = ["application/x-ole-storage"] };
    public static readonly FileType Dcm = new("dcm", "DICOM", "application/dicom", false, "dcm", "dicom");

    public static IReadOnlyList<FileType> All { get; } = [Pdf, Jpeg, Png, Webp, Tiff, Docx, Doc, Dcm];

    public static FileType Of(string key) => All.First(t => t.Key == key);

    /// <summary>Whether a sender may call it so. Programs that know no type say nothing, or "octets".</summary>
    public bool MayBeDeclared(string? type) => string.IsNullOrEmpty(type) || type == "application/octet-stream" || type == Mime || AlsoDeclared.Contains(type);

    /// <summary>How much of a file its signature needs.</summary>
    public const int HeadBytes = 512;

    /// <summary>What the content says it is, whatever its name; null: none of these.</summary>
    /// <param name="head">The first <see cref="HeadBytes"/> of it, or all.</param>
    /// <param name="open">Opens the whole for kinds whose signature says too little.</param>
    public static FileType? Sniff(ReadOnlySpan<byte> head, Func<Stream> open)
    {
        if (head.StartsWith("%PDF-"u8)) return Pdf;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return Jpeg;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])) return Png;
        if (head.Length >= 12 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8)) return Webp;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x49, 0x49, 0x2A, 0]) || head.StartsWith((ReadOnlySpan<byte>)[0x4D, 0x4D, 0, 0x2A])) return Tiff;
        if (head.Length >= 132 && head[128..].StartsWith("DICM"u8)) return Dcm;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x50, 0x4B, 3, 4])) return IsDocx(open) ? Docx : null;
        return head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) && Holds(open, Encoding.Unicode.GetBytes("WordDocument")) ? Doc : null;
    }

    // Every office file is a zip, and so is a jar: only the parts inside tell. Nothing is unpacked. A document with macros is none.
    private static bool IsDocx(Func<Stream> open)
    {
        try
        {
            using var file = open();
            using var zip = new ZipArchive(file, ZipArchiveMode.Read);
            var names = zip.Entries.Take(5000).Select(e => e.FullName).ToList();
            return names.Contains("[Content_Types].xml") && names.Contains("word/document.xml") && !names.Any(n => n.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase));
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException) { return false; }
    }

    private static bool Holds(Func<Stream> open, byte[] words)
    {
        using var file = open();
        var buffer = new byte[64 * 1024];
        for (var kept = 0; ;)
        {
            var read = file.Read(buffer, kept, buffer.Length - kept);
            if (read == 0) return false;
            var filled = kept + read;
            if (buffer.AsSpan(0, filled).IndexOf(words) >= 0) return true;
            kept = Math.Min(words.Length - 1, filled);
            buffer.AsSpan(filled - kept, kept).CopyTo(buffer);
        }
    }
}
