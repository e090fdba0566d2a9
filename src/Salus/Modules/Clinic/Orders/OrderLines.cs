using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Documents;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Clinic.Orders;

public sealed record AddendumLine(Guid Id, string Text, string By, DateTime At);

public sealed record SampleLine(Guid Id, SampleOutcome Outcome, string Specimen, string Reason, string By, DateTime At);

/// <param name="Range">The reference range as it was then.</param>
/// <param name="Addenda">What was added later, oldest first.</param>
public sealed record ResultLine(Guid Id, decimal? Value, string Unit, string Text, ResultFlag Flag, string Range, string By, DateTime At, IReadOnlyList<AddendumLine> Addenda)
{
    /// <summary>"7.2 mmol/L"; empty for results in words.</summary>
    public string Figure => Value is { } value ? $"{Judgement.Say(value)} {Unit}".TrimEnd() : "";
}

/// <summary>An order with all that came of it.</summary>
/// <param name="Files">What was attached to it: pictures, the laboratory's own paper.</param>
/// <param name="Expected">The reference range of the clinic's list, for those who enter the result; empty when there is none.</param>
public sealed record OrderLine(Guid Id, Guid EncounterId, Guid RequisitionId, OrderKind Kind, OrderState State, OrderPriority Priority, string Code, string Name, string Indication, string Instructions, string Specimen, string Unit, string Expected,
    bool IsFasting, string OrderedBy, DateTime OrderedAt, DateTime? StartedAt, DateTime? EndedAt, string CancelReason, IReadOnlyList<SampleLine> Samples, ResultLine? Result, IReadOnlyList<FileView> Files, Guid Version)
{
    public bool IsOpen => State is OrderState.Ordered or OrderState.InProgress;
}

/// <summary>Loads orders with their results, samples and addenda in a constant number of queries.</summary>
public static class OrderLines
{
    /// <summary>The orders of one visit, in the order in which they were placed.</summary>
    public static async Task<IReadOnlyList<OrderLine>> Of(SalusDb db, Guid encounterId, CancellationToken ct) =>
        await Of(db, await db.Orders.AsNoTracking().Where(o => o.EncounterId == encounterId).OrderBy(o => o.Id).ToListAsync(ct), ct);

    internal static async Task<IReadOnlyList<OrderLine>> Of(SalusDb db, IReadOnlyList<Order> orders, CancellationToken ct)
    {
        if (orders.Count == 0) return [];
        var ids = orders.Select(o => o.Id).ToList();
        var entryIds = orders.Select(o => o.CatalogueId).OfType<Guid>().Distinct().ToList();
        var entries = await db.Catalogue.AsNoTracking().Where(e => entryIds.Contains(e.Id)).ToDictionaryAsync(e => e.Id, ct);
        var samples = await db.Samples.AsNoTracking().Where(s => ids.Contains(s.OrderId)).OrderBy(s => s.Id).ToListAsync(ct);
        var results = await db.Results.AsNoTracking().Where(r => ids.Contains(r.OrderId)).ToListAsync(ct);
        var resultIds = results.Select(r => (Guid?)r.Id).ToList();
        var notes = await db.Notes.AsNoTracking().Where(n => n.AboutKind == AmendResult.About && resultIds.Contains(n.AboutId)).OrderBy(n => n.Id).ToListAsync(ct);
        var (documents, files) = (db.Documents, db.Files);
        var attached = await documents.AsNoTracking().Where(d => d.OrderId != null && ids.Contains(d.OrderId.Value)).OrderBy(d => d.Id)
            .Select(d => new { d.OrderId, File = files.First(f => f.Id == d.FileId) }).Where(d => d.File.DeletedAt == null && d.File.ErasedAt == null).ToListAsync(ct);
        var people = orders.Select(o => o.OrderedBy).Concat(samples.Select(s => s.CollectedBy)).Concat(results.Select(r => r.RecordedBy)).Concat(notes.Select(n => n.WrittenBy));
        var names = await People.Of(db, people.Select(p => (Guid?)p), ct);
        string By(Guid id) => names.GetValueOrDefault(id, "");
        return [.. orders.Select(o =>
        {
            var entry = o.CatalogueId is { } known ? entries.GetValueOrDefault(known) : null;
            var result = results.Where(r => r.OrderId == o.Id).Select(r => new ResultLine(r.Id, r.Value, r.Unit, r.Text, r.Flag, r.Range, By(r.RecordedBy), r.RecordedAt,
                [.. notes.Where(n => n.AboutId == r.Id).Select(n => new AddendumLine(n.Id, n.Text, By(n.WrittenBy), n.WrittenAt))])).FirstOrDefault();
            return new OrderLine(o.Id, o.EncounterId, o.RequisitionId, o.Kind, o.State, o.Priority, o.Code, o.Name, o.Indication, o.Instructions, entry?.Specimen ?? "", entry?.Unit ?? "", entry?.Range() ?? "", entry?.IsFasting ?? false,
                By(o.OrderedBy), o.OrderedAt, o.StartedAt, o.EndedAt, o.CancelReason,
                [.. samples.Where(s => s.OrderId == o.Id).Select(s => new SampleLine(s.Id, s.Outcome, s.Specimen, s.Reason, By(s.CollectedBy), s.CollectedAt))], result,
                [.. attached.Where(a => a.OrderId == o.Id).Select(a => FileView.Of(a.File))], o.Version);
        })];
    }

    /// <summary>The patient of a visit whose record the actor may read.</summary>
    /// <exception cref="Refusal">404 when no such visit is in reach; 403 <c>patient.restricted</c>.</exception>
    internal static async Task<Guid> PatientOf(SalusDb db, Guid encounterId, Actor actor, DateTime now, CancellationToken ct)
    {
        var visible = db.PatientsVisibleTo(actor, now);
        var found = await db.Encounters.AsNoTracking().Where(e => e.Id == encounterId).Select(e => new { e.PatientId, IsVisible = visible.Any(p => p.Id == e.PatientId) }).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        return found.IsVisible ? found.PatientId : throw Restricted.Hidden(actor);
    }
}

/// <summary>The orders of one visit, for those who read its record.</summary>
public sealed class ReadOrders(Tools tools) : ReadModel<ReadOrders.Query, ReadOrders.Found>(tools)
{
    public const string Action = "order.read";

    public sealed record Query : IRefreshable
    {
        public Guid EncounterId { get; init; }

        /// <summary>True when an open page fetches its part again: opening it stands in the log.</summary>
        public bool IsRefresh { get; init; }
    }

    public sealed record Found(Guid PatientId, IReadOnlyList<OrderLine> Items);

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadRecord);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, Found result) => ("patient", [result.PatientId]);

    protected override async Task<Found> Handle(SalusDb db, Query query, CancellationToken ct) =>
        new(await OrderLines.PatientOf(db, query.EncounterId, Actor, Clock.Now(), ct), await OrderLines.Of(db, query.EncounterId, ct));
}
