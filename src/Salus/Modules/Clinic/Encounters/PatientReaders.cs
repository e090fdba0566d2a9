using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>One time somebody read or changed a patient's record.</summary>
/// <param name="Action">The act's key; its sentence stands in the table of acts.</param>
public sealed record ReaderLine(long Seq, DateTime At, string Who, string Role, string Action, string Result);

public sealed record ReadersView(IReadOnlyList<ReaderLine> Items, string? Next);

/// <summary>Who read or changed a patient's record and when, newest first: from the log itself.</summary>
public sealed class PatientReaders(Tools tools) : ReadModel<PatientReaders.Query, ReadersView>(tools)
{
    public const string Action = "record.read-readers";

    public sealed record Query
    {
        public Guid PatientId { get; init; }
        public long? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadRecord);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, ReadersView result) => ("patient", [query.PatientId]);

    protected override async Task<ReadersView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        if (!await db.PatientsVisibleTo(Actor, Clock.Now()).AnyAsync(p => p.Id == query.PatientId, ct))
            throw await db.Patients.AnyAsync(p => p.Id == query.PatientId, ct) ? Restricted.Hidden(Actor) : Refusal.NotFound();
        var about = AuditOfPatient.Rows(db, query.PatientId, await AuditOfPatient.Former(db, query.PatientId, ct));
        var found = db.Set<AuditEvent>().AsNoTracking().Where(e => e.OrganisationId == Actor.OrganisationId && about.Contains(e.Seq) && (query.After == null || e.Seq < query.After));
        var rows = await found.OrderByDescending(e => e.Seq).Take(query.Limit + 1).ToListAsync(ct);
        var names = await People.Of(db, rows.Select(r => r.ActorId), ct);
        var items = rows.Take(query.Limit).Select(e => new ReaderLine(e.Seq, e.At, names.GetValueOrDefault(e.ActorId ?? Guid.Empty, e.ActorKind == ActorKind.System ? "Salus" : "—"), e.Role, e.Action, e.Result)).ToList();
        return new(items, rows.Count > query.Limit ? items[^1].Seq.ToString(CultureInfo.InvariantCulture) : null);
    }
}
