using Microsoft.EntityFrameworkCore;
using Salus.Modules.Clinic.Documents;
using Salus.Modules.Clinic.Fhir.Model;
using Salus.Modules.Clinic.Fhir.Search;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Clinic.Fhir.Types;

internal sealed record FhirDocument(string Status, string DocStatus, Concept Type, Ref Subject, DateTime Date, IReadOnlyList<Ref>? Author, IReadOnlyList<DocumentContent> Content, DocumentContext Context) : Resource;

internal sealed record DocumentContent(Attachment Attachment);

internal sealed record DocumentContext(IReadOnlyList<Ref> Encounter, IReadOnlyList<Ref>? Related);

/// <summary>A document with its file.</summary>
internal sealed record DocumentFile(Document Document, StoredFile File)
{
    /// <summary>Where its bytes are: the API's own door for files, with its guard, its log and its limits. What the scanner refused has no address.</summary>
    public Attachment Written(Scope scope)
    {
        var view = FileView.Of(File);
        return new(File.Kind.Mime, view.IsOpen ? $"{scope.Files}/{File.Id}/content" : null, File.Bytes, Elements.Some(File.Name), Document.AddedAt);
    }

    public static async Task<ILookup<Guid, DocumentFile>> OfOrders(Scope scope, IReadOnlyList<Guid> orders, CancellationToken ct)
    {
        var ids = DocumentPlaces.MayRead(scope.Actor, DocumentKind.Result) ? orders.Select(o => (Guid?)o).ToList() : [];
        var files = scope.Db.Files;
        var found = await (from d in scope.Db.Documents.AsNoTracking().Where(d => ids.Contains(d.OrderId))
                           from f in files.Where(f => f.Id == d.FileId && f.DeletedAt == null && f.ErasedAt == null)
                           orderby d.Id
                           select new DocumentFile(d, f)).ToListAsync(ct);
        return found.ToLookup(f => f.Document.OrderId!.Value);
    }
}

/// <summary>Files of visits, of the kinds that the actor may see; what is in the trash is left out.</summary>
internal sealed class DocumentSource : RecordSource<Document>
{
    private static Coding Of(DocumentKind kind) => kind switch
    {
        DocumentKind.Prescription => new(Codes.Loinc, "57833-6", "Prescription for medication"), DocumentKind.Result => new(Codes.Loinc, "30954-2", "Relevant diagnostic tests/laboratory data"), _ => new(Codes.Loinc, "34109-9", "Note"),
    };

    protected override IEnumerable<Param<Document>> Own =>
    [
        new("_lastUpdated", "date", (rows, ask) => rows.At(ask, d => d.AddedAt)),
        new("date", "date", (rows, ask) => rows.At(ask, d => d.AddedAt)),
        new("type code", "token", (rows, ask) => { var kinds = ask.Pick<DocumentKind>(Of); return rows.Where(d => kinds.Contains(d.Kind)); }),
        new("status", "token", (rows, ask) => { var isMeant = ask.Term.Values.Contains("current"); return rows.Where(_ => isMeant); }),
        new("related", "reference", (rows, ask) => { var ids = ask.Ids("ServiceRequest"); return rows.Where(d => d.OrderId != null && ids.Contains(d.OrderId.Value)); }),
    ];

    protected override IQueryable<Document> Rows(Scope scope)
    {
        var kinds = Enum.GetValues<DocumentKind>().Where(k => DocumentPlaces.MayRead(scope.Actor, k)).ToList();
        var files = scope.Db.Files;
        return Visible(scope, scope.Db.Documents).Where(d => kinds.Contains(d.Kind) && files.Any(f => f.Id == d.FileId && f.DeletedAt == null && f.ErasedAt == null));
    }

    protected override async Task<IReadOnlyList<Piece>> Read(Scope scope, IQueryable<Document> sorted, CancellationToken ct)
    {
        var files = scope.Db.Files;
        var found = await sorted.Select(d => new DocumentFile(d, files.First(f => f.Id == d.FileId))).ToListAsync(ct);
        return [.. found.Select(f => Piece(f.Document.Id, f.Document.PatientId, names => Written(scope, f, names), f.Document.AddedBy))];
    }

    private static FhirDocument Written(Scope scope, DocumentFile found, Names names)
    {
        var d = found.Document;
        return new("current", "final", new([Of(d.Kind)]), Ref.To("Patient", d.PatientId), d.AddedAt, Elements.List(names.Of(d.AddedBy)), [new(found.Written(scope))],
            new([Ref.To("Encounter", d.EncounterId)], Elements.List(Ref.To("ServiceRequest", d.OrderId))))
        {
            Id = d.Id.ToString(), Meta = Meta(found.File.Version, d.AddedAt),
        };
    }
}
