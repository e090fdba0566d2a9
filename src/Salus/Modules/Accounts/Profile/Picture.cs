using System.Buffers.Binary;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Accounts.Profile;

/// <summary>The picture of an account, without what cameras write beside it.</summary>
public sealed class Picture
{
    public const int MostBytes = 2 * 1024 * 1024, MostPixels = 4096;

    public Guid AccountId { get; set; }

    /// <summary><c>image/jpeg</c> or <c>image/png</c>.</summary>
    public string Type { get; set; } = "";
    public byte[] Bytes { get; set; } = [];
    public Guid Version { get; set; }

    /// <summary>
    /// The picture with only the parts that draw it: place, time, camera and comments are left out, and whatever follows its end. Null: it
    /// is no JPEG or PNG, is broken, or is larger than <see cref="MostPixels"/> on a side.
    /// </summary>
    public static (string Type, byte[] Bytes)? Clean(ReadOnlySpan<byte> file)
    {
        if (file.Length is 0 or > MostBytes) return null;
        if (file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])) return Png(file) is { } png ? ("image/png", png) : null;
        return file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) && Jpeg(file) is { } jpeg ? ("image/jpeg", jpeg) : null;
    }

    private static bool Fits(int width, int height) => width is > 0 and <= MostPixels && height is > 0 and <= MostPixels;

    // A PNG is a row of chunks: length, name, content, checksum. The first tells the size.
    private static byte[]? Png(ReadOnlySpan<byte> file)
    {
        var kept = new MemoryStream();
        kept.Write(file[..8]);
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file[at..]);
            if (length < 0 || length > file.Length - at - 12) return null;
            var name = System.Text.Encoding.ASCII.GetString(file.Slice(at + 4, 4));
            if (at == 8 && (name != "IHDR" || length != 13 || !Fits(BinaryPrimitives.ReadInt32BigEndian(file[(at + 8)..]), BinaryPrimitives.ReadInt32BigEndian(file[(at + 12)..])))) return null;
            if (name is "IHDR" or "PLTE" or "IDAT" or "IEND" or "tRNS" or "gAMA" or "sRGB") kept.Write(file.Slice(at, length + 12));
            if (name == "IEND") return kept.ToArray();
            at += length + 12;
        }
        return null;
    }

    // A JPEG is a row of segments up to the scan, which runs to the end mark. APP1 to APP15 carry EXIF, XMP and the like; Adobe's APP14 tells the colours.
    private static byte[]? Jpeg(ReadOnlySpan<byte> file)
    {
        var kept = new MemoryStream();
        kept.Write(file[..2]);
        var hasSize = false;
        for (var at = 2; at + 4 <= file.Length;)
        {
            if (file[at] != 0xFF) return null;
            var mark = file[at + 1];
            if (mark == 0xFF) { at++; continue; }
            if (mark is < 0xC0 or 0xD8 or 0xD9) return null;
            var length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length) return null;
            if (mark is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                if (length < 8 || !Fits(BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]))) return null;
                hasSize = true;
            }
            if (mark is not ((>= 0xE1 and <= 0xED) or 0xEF or 0xFE)) kept.Write(file.Slice(at, length + 2));
            at += length + 2;
            if (mark != 0xDA) continue;
            var end = file[at..].LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]);
            if (!hasSize || end < 0) return null;
            kept.Write(file.Slice(at, end + 2));
            return kept.ToArray();
        }
        return null;
    }
}

internal sealed class PictureTable : IEntityTypeConfiguration<Picture>
{
    public void Configure(EntityTypeBuilder<Picture> table)
    {
        table.ToTable("accounts_pictures");
        table.HasKey(p => p.AccountId);
        table.Property(p => p.Type).HasMaxLength(20);
        table.HasOne<Account>().WithOne().HasForeignKey<Picture>(p => p.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
