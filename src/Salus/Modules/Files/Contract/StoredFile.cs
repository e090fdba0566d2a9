using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel.Data;

namespace Salus.Modules.Files.Contract;

/// <summary>What the virus scanner says. "Not scanned": none is set, or it could not look at this one; it is never taken for clean.</summary>
public enum ScanState { Pending, Clean, Rejected, NotScanned }

/// <summary>Where the content is: in the folder of this installation for good, there until the remote store has it, or in the remote store.</summary>
public enum StoreState { Here, WaitingForRemote, Stored }

/// <summary>One uploaded file. Its content is an encrypted blob beside the database; this row says what it is and who may have it.</summary>
public sealed class StoredFile : IOwned, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }

    /// <summary>Key of the <see cref="FilePlace"/>.</summary>
    public string Place { get; set; } = "";

    /// <summary>What it belongs to: <c>patient</c>, <c>visit</c>, …</summary>
    public string SubjectKind { get; set; } = "";
    public Guid SubjectId { get; set; }

    /// <summary>As it was called where it came from, cleaned.</summary>
    public string Name { get; set; } = "";

    /// <summary>Key of the <see cref="FileType"/>, as its content showed.</summary>
    public string Type { get; set; } = "";
    public long Bytes { get; set; }

    /// <summary>SHA-256 of the content, hexadecimal.</summary>
    public string Sha256 { get; set; } = "";

    /// <summary>Size and SHA-256 of the blob, by which a copy is checked without any key.</summary>
    public long SealedBytes { get; set; }
    public string SealedSha256 { get; set; } = "";

    /// <summary>The key of this file, wrapped with a key of the installation. Empty once it is erased, and while its copies are being removed: none of them can be read any more.</summary>
    public string Key { get; set; } = "";
    public int? Width { get; set; }
    public int? Height { get; set; }

    public ScanState ScanState { get; set; }

    /// <summary>What the scanner found, or why it did not look: a word such as a signature's name.</summary>
    public string ScanDetail { get; set; } = "";
    public DateTime? ScannedAt { get; set; }

    /// <summary><c>local</c>, <c>s3</c> or <c>drive</c>: where it belongs.</summary>
    public string Store { get; set; } = "local";
    public StoreState StoreState { get; set; }

    /// <summary>Why the last try to store it remotely failed: a word such as <c>quota</c>; empty when none failed.</summary>
    public string StoreFault { get; set; } = "";
    public string RemoteId { get; set; } = "";

    /// <summary>Where the remote store shows it to people, if it does.</summary>
    public string RemoteLink { get; set; } = "";

    /// <summary>When scanner or store are tried next; null: nothing is left to do.</summary>
    public DateTime? WorkAt { get; set; }
    public int Tries { get; set; }

    public DateTime CreatedAt { get; set; }
    public Guid? CreatedBy { get; set; }

    /// <summary>In the trash since then; after the days that are set the content is erased and this row stays.</summary>
    public DateTime? DeletedAt { get; set; }
    public Guid? DeletedBy { get; set; }
    public string DeletedReason { get; set; } = "";
    public DateTime? ErasedAt { get; set; }

    /// <summary>Nothing erases it while this is set, whatever the rules say.</summary>
    public bool LegalHold { get; set; }
    public Guid Version { get; set; }

    public FileType Kind => FileType.Of(Type);
    public bool IsThere => DeletedAt is null && ErasedAt is null;

    /// <summary>The visit that it belongs to, by which the log finds what was done with it; null: it belongs to something else.</summary>
    public Guid? VisitId => SubjectKind == "encounter" ? SubjectId : null;

    /// <summary>Erased, or so far on the way that nothing brings it back.</summary>
    public bool IsErased => Key.Length == 0;
}

/// <summary>A small picture of a picture for lists, encrypted under the file's key: lists stay quick when the store is far or away.</summary>
public sealed class FilePreview : IOwned
{
    public Guid FileId { get; set; }
    public Guid OrganisationId { get; set; }
    public byte[] Sealed { get; set; } = [];
}

/// <summary>Which store an organisation chose for a place, or for all (an empty place).</summary>
public sealed class StoreChoice : IOwned
{
    public Guid OrganisationId { get; set; }
    public string Place { get; set; } = "";
    public string Store { get; set; } = "";
}

public static class FileTables
{
    extension(SalusDb db)
    {
        public DbSet<StoredFile> Files => db.Set<StoredFile>();
    }
}

internal sealed class StoredFileTable : IEntityTypeConfiguration<StoredFile>
{
    public void Configure(EntityTypeBuilder<StoredFile> table)
    {
        table.ToTable("files_files");
        table.Property(f => f.Place).HasMaxLength(40);
        table.Property(f => f.SubjectKind).HasMaxLength(30);
        table.Property(f => f.Name).HasMaxLength(FileNames.Most);
        table.Property(f => f.Type).HasMaxLength(10);
        table.Property(f => f.Sha256).HasMaxLength(64);
        table.Property(f => f.SealedSha256).HasMaxLength(64);
        table.Property(f => f.Key).HasMaxLength(160);
        table.Property(f => f.ScanDetail).HasMaxLength(100);
        table.Property(f => f.Store).HasMaxLength(10);
        table.Property(f => f.StoreFault).HasMaxLength(40);
        table.Property(f => f.RemoteId).HasMaxLength(200);
        table.Property(f => f.RemoteLink).HasMaxLength(400);
        table.Property(f => f.DeletedReason).HasMaxLength(200);
        table.Ignore(f => f.Kind).Ignore(f => f.IsThere).Ignore(f => f.IsErased).Ignore(f => f.VisitId);
        table.HasIndex(f => new { f.OrganisationId, f.SubjectKind, f.SubjectId });
        table.HasIndex(f => new { f.OrganisationId, f.Id });
        table.HasIndex(f => f.WorkAt).HasFilter("\"WorkAt\" IS NOT NULL");
        table.HasIndex(f => f.DeletedAt).HasFilter("\"DeletedAt\" IS NOT NULL AND \"ErasedAt\" IS NULL");
    }
}

internal sealed class FilePreviewTable : IEntityTypeConfiguration<FilePreview>
{
    public void Configure(EntityTypeBuilder<FilePreview> table)
    {
        table.ToTable("files_previews");
        table.HasKey(p => p.FileId);
        table.HasOne<StoredFile>().WithOne().HasForeignKey<FilePreview>(p => p.FileId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class StoreChoiceTable : IEntityTypeConfiguration<StoreChoice>
{
    public void Configure(EntityTypeBuilder<StoreChoice> table)
    {
        table.ToTable("files_store_choices");
        table.HasKey(c => new { c.OrganisationId, c.Place });
        table.Property(c => c.Place).HasMaxLength(40);
        table.Property(c => c.Store).HasMaxLength(10);
    }
}
