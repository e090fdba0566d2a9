using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;
using Salus.Resources;

namespace Salus.Modules.Clinic.Patients.Merging;

/// <summary>One particular of both, side by side.</summary>
/// <param name="IsTaken">Proposed to be taken from the other: the one who stays has none.</param>
public sealed record MergeField(string Field, string Kept, string Other, bool IsTaken);

/// <summary>How many rows of a table would be moved.</summary>
public sealed record MergeCount(string Table, int Rows);

public sealed record MergeNote(string Code, string Sentence, string? Unlock, bool IsInTheWay);

public sealed record MergeView(PatientLine Kept, PatientLine Other, Guid KeptVersion, Guid OtherVersion, IReadOnlyList<MergeField> Fields, IReadOnlyList<MergeCount> Moves, IReadOnlyList<MergeNote> Notes)
{
    public bool MayBe => !Notes.Any(n => n.IsInTheWay);
}

/// <summary>Shows what merging two patients would do, and does nothing.</summary>
public sealed class MergePreview(Tools tools, OrganisationSlot organisation, IStringLocalizer<Texts> texts) : ReadModel<MergePreview.Query, MergeView>(tools)
{
    public const string Action = "patient.merge-preview";

    public sealed record Query
    {
        /// <summary>Who would stay.</summary>
        public Guid PatientId { get; init; }
        public Guid OtherId { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.MergePatients);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, MergeView result) => ("patient", [result.Kept.Id, result.Other.Id]);

    protected override async Task<MergeView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var found = await db.PatientsVisibleTo(Actor, Clock.Now()).AsNoTracking().Where(p => p.Id == query.PatientId || p.Id == query.OtherId).ToDictionaryAsync(p => p.Id, ct);
        if (!found.TryGetValue(query.PatientId, out var kept) || !found.TryGetValue(query.OtherId, out var other)) throw Refusal.NotFound();
        var counts = new List<MergeCount>();
        foreach (var rows in PersonRows.Of(db)) counts.Add(new(rows.Table, await rows.Count(db, other.Id, ct)));
        var remarks = await MergeRemark.Of(db, kept, other, ct);
        var today = Clock.Today(organisation.Current.Zone);
        var fields = Particulars.All.Select(f => (Field: f.Key, Kept: f.Read(kept), Other: f.Read(other))).Select(f => new MergeField(f.Field, f.Kept, f.Other, f.Kept.Length == 0 && f.Other.Length > 0));
        return new(PatientLine.Of(kept, today), PatientLine.Of(other, today), kept.Version, other.Version, [.. fields], [.. counts.Where(c => c.Rows > 0)],
            [.. remarks.Select(r => new MergeNote(r.Code, texts[r.Sentence, r.Args], r.Unlock is { } unlock ? texts[unlock].Value : null, r.IsInTheWay))]);
    }
}
