using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Clinic.Documents;

/// <summary>A file of a visit.</summary>
public sealed record DocumentLine(Guid Id, DocumentKind Kind, Guid? OrderId, Guid AddedBy, DateTime AddedAt, FileView File)
{
    /// <summary>Those of a visit that the actor may see, in the order in which they came; what is in the trash is left out.</summary>
    public static async Task<IReadOnlyList<DocumentLine>> Of(SalusDb db, Actor actor, Guid encounterId, CancellationToken ct)
    {
        var kinds = Enum.GetValues<DocumentKind>().Where(k => DocumentPlaces.MayRead(actor, k)).ToList();
        var files = db.Files;
        var rows = await db.Documents.AsNoTracking().Where(d => d.EncounterId == encounterId && kinds.Contains(d.Kind)).OrderBy(d => d.Id).Take(200)
            .Select(d => new { Document = d, File = files.First(f => f.Id == d.FileId) }).ToListAsync(ct);
        return [.. rows.Where(r => r.File.DeletedAt is null && r.File.ErasedAt is null).Select(r => new DocumentLine(r.Document.Id, r.Document.Kind, r.Document.OrderId, r.Document.AddedBy, r.Document.AddedAt, FileView.Of(r.File)))];
    }
}

/// <param name="IsOpen">Whether the visit still takes files.</param>
public sealed record VisitDocuments(bool IsOpen, IReadOnlyList<DocumentLine> Items);

/// <summary>Lists the files of one visit.</summary>
public sealed class DocumentList(Tools tools) : ReadModel<DocumentList.Query, VisitDocuments>(tools)
{
    public const string Action = "document.list";

    public sealed record Query : IRefreshable
    {
        public Guid EncounterId { get; init; }

        /// <summary>True when an open page fetches its part again: opening it stands in the log.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadEncounters);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, VisitDocuments result) => result.Items.Count == 0 ? null : ("encounter", [query.EncounterId]);

    protected override async Task<VisitDocuments> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var visible = db.PatientsVisibleTo(Actor, Clock.Now());
        var state = await db.Encounters.Where(e => e.Id == query.EncounterId && visible.Any(p => p.Id == e.PatientId)).Select(e => (EncounterState?)e.State).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        return new(state == EncounterState.Open, await DocumentLine.Of(db, Actor, query.EncounterId, ct));
    }
}
