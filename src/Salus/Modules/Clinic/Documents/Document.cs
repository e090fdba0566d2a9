using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Clinic.Documents;

/// <summary>What a file in a visit is: the photograph of a prescription on paper, a document, or what belongs to a result.</summary>
public enum DocumentKind { Prescription, Document, Result }

/// <summary>A file that belongs to a visit (FHIR DocumentReference).</summary>
public sealed class Document : IOfEncounter
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public DocumentKind Kind { get; set; }
    public Guid FileId { get; set; }

    /// <summary>The order whose result it belongs to.</summary>
    public Guid? OrderId { get; set; }
    public Guid AddedBy { get; set; }
    public DateTime AddedAt { get; set; }
}

public static class DocumentTables
{
    extension(SalusDb db)
    {
        public DbSet<Document> Documents => db.Set<Document>();
    }
}

internal sealed class DocumentTable : IEntityTypeConfiguration<Document>
{
    public void Configure(EntityTypeBuilder<Document> table)
    {
        table.ToTable("clinic_documents");
        table.IsOfEncounter();
        table.HasIndex(d => d.FileId).IsUnique();
        table.HasIndex(d => d.OrderId);
        table.HasOne<StoredFile>().WithMany().HasForeignKey(d => d.FileId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Order>().WithMany().HasForeignKey(d => d.OrderId).OnDelete(DeleteBehavior.Restrict);
    }
}

/// <summary>The places of a clinic where files hang.</summary>
public static class DocumentPlaces
{
    private static readonly IReadOnlyList<FileType> Papers = [FileType.Pdf, FileType.Jpeg, FileType.Png, FileType.Doc, FileType.Docx, FileType.Tiff, FileType.Dcm];

    public static readonly FilePlace Prescriptions = new("prescription-image", [FileType.Jpeg, FileType.Png], ImagePixels: 1200, MostFiles: 10);
    public static readonly FilePlace Documents = new("visit-document", Papers, MostFiles: 10);
    public static readonly FilePlace Results = new("result-attachment", Papers, MostFiles: 10);

    public static FilePlace Of(DocumentKind kind) => kind switch { DocumentKind.Prescription => Prescriptions, DocumentKind.Result => Results, _ => Documents };

    /// <summary>The act as which a file of this kind is added.</summary>
    public static CareAct Act(DocumentKind kind, OrderKind? order) => kind switch
    {
        DocumentKind.Prescription => CareAct.PrescriptionImage,
        DocumentKind.Result => order == OrderKind.Imaging ? CareAct.ImagingReport : CareAct.LabResult,
        _ => CareAct.Document,
    };

    /// <summary>Who may see files of this kind.</summary>
    public static bool MayRead(Actor actor, DocumentKind kind) => kind switch
    {
        DocumentKind.Prescription => actor.May(ClinicPermissions.ReadRecord) || actor.May(ClinicPermissions.Dispense),
        DocumentKind.Result => actor.May(ClinicPermissions.ReadRecord) || actor.May(ClinicPermissions.ReadLabList) || actor.May(ClinicPermissions.ReadImagingList),
        _ => actor.May(ClinicPermissions.ReadDocuments),
    };
}

/// <summary>Who sees a visit's files: by their kind, and only of patients whose record is open to the reader.</summary>
public abstract class DocumentGuard(DocumentKind kind, TimeProvider clock) : IFileGuard
{
    public string Place => DocumentPlaces.Of(kind).Key;

    public async Task<bool> MayRead(SalusDb db, Actor actor, StoredFile file, CancellationToken ct)
    {
        if (!DocumentPlaces.MayRead(actor, kind)) return false;
        var visible = db.PatientsVisibleTo(actor, clock.Now());
        return await db.Documents.AnyAsync(d => d.FileId == file.Id && visible.Any(p => p.Id == d.PatientId), ct);
    }

    /// <summary>Who added it, as long as the visit is open: a slip can be mended, the record of a closed visit stays.</summary>
    public Task<bool> MayTrash(SalusDb db, Actor actor, StoredFile file, CancellationToken ct)
    {
        var visits = db.Encounters;
        return db.Documents.AnyAsync(d => d.FileId == file.Id && d.AddedBy == actor.Id && visits.Any(e => e.Id == d.EncounterId && e.State == EncounterState.Open), ct);
    }
}

public sealed class PrescriptionImageGuard(TimeProvider clock) : DocumentGuard(DocumentKind.Prescription, clock);

public sealed class VisitDocumentGuard(TimeProvider clock) : DocumentGuard(DocumentKind.Document, clock);

public sealed class ResultAttachmentGuard(TimeProvider clock) : DocumentGuard(DocumentKind.Result, clock);
