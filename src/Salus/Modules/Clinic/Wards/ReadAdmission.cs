using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Organisations.Contract;
using Lock = Salus.Modules.Clinic.Encounters.Lock;

namespace Salus.Modules.Clinic.Wards;

/// <summary>One bed of a stay.</summary>
public sealed record StayLine(Guid BedId, string Bed, string Ward, DateTime From, DateTime? To, string By, string Reason);

/// <summary>An admission as it is shown. Reason, diagnosis and note are empty for those who may not read the record.</summary>
/// <param name="Day">The how manieth day it is, or was when the patient left.</param>
/// <param name="Stays">The beds in their order; the last one is the bed of now.</param>
public sealed record AdmissionLine(Guid Id, Guid EncounterId, Guid PatientId, AdmissionState State, AdmissionKind Kind, string Reason, string DiagnosisCode, string Diagnosis, int? ExpectedDays, DateTime AdmittedAt, string AdmittedBy, int Day,
    DateTime? DischargedAt, string DischargedBy, Disposition? Disposition, string Note, Guid Version, IReadOnlyList<StayLine> Stays)
{
    public bool IsOpen => State == AdmissionState.Admitted;
}

public sealed record FreeBed(Guid Id, string Label);

public sealed record FreeWard(string Name, IReadOnlyList<FreeBed> Beds);

/// <summary>What a visit's page shows of the stay.</summary>
/// <param name="Admission">Null: the patient was never admitted in this visit.</param>
/// <param name="Free">The wards with those of their beds that are free, where the reader may give one.</param>
/// <param name="DiagnosisCode">The visit's main diagnosis, to begin with.</param>
public sealed record AdmissionView(VisitHead Visit, AdmissionLine? Admission, IReadOnlyList<FreeWard> Free, string DiagnosisCode, string Diagnosis, IReadOnlyList<LockLine> Locks)
{
    public Lock? LockOf(CareAct act) => Locks.First(l => l.Act == act).Because;
    public bool May(CareAct act) => LockOf(act) is null;
    public bool HasFree => Free.Any(w => w.Beds.Count > 0);

    /// <summary>Out-patients are most: where nobody was admitted and nobody here can admit, or the clinic has no wards, the visit's page says nothing of them.</summary>
    public bool IsWorthShowing => Admission is not null || (May(CareAct.Admit) ? Free.Count > 0 : LockOf(CareAct.Admit) is { Code: "admission.elsewhere" });
}

/// <summary>Reads the stay of one visit.</summary>
public sealed class ReadAdmission(Tools tools, OrganisationSlot organisation, CareGuard guard) : ReadModel<ReadAdmission.Query, AdmissionView>(tools)
{
    public const string Action = "admission.read";

    public sealed record Query : IRefreshable
    {
        public Guid EncounterId { get; init; }

        /// <summary>True when an open page fetches its part again: opening it stands in the log.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadWards);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, AdmissionView result) => ("patient", [result.Visit.PatientId]);

    protected override async Task<AdmissionView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var (zone, reads) = (organisation.Current.Zone, Actor.May(ClinicPermissions.ReadRecord));
        var today = Clock.Today(zone);
        var visit = await VisitHead.Of(db, query.EncounterId, Actor, Clock.Now(), today, ct);
        var locks = await guard.All(db, visit.Id, Actor, null, ct);
        bool May(CareAct act) => locks.First(l => l.Act == act).Because is null;
        var free = May(CareAct.Admit) || May(CareAct.Transfer) ? await FreeBeds(db, ct) : [];
        var diagnosis = May(CareAct.Admit) && reads
            ? await db.Conditions.AsNoTracking().Where(c => c.EncounterId == visit.Id && c.IsPrimary && c.Kind == ConditionKind.Diagnosis && c.State == ConditionState.Active).Select(c => new { c.Code, c.Text }).FirstOrDefaultAsync(ct) : null;
        return new(visit, await Line(db, visit.Id, reads, zone, today, ct), free, diagnosis?.Code ?? "", diagnosis?.Text ?? "", locks);
    }

    private static async Task<AdmissionLine?> Line(SalusDb db, Guid encounterId, bool reads, TimeZoneInfo zone, DateOnly today, CancellationToken ct)
    {
        if (await db.Admissions.AsNoTracking().FirstOrDefaultAsync(a => a.EncounterId == encounterId, ct) is not { } a) return null;
        var (beds, wards) = (db.Beds, db.Wards);
        var stays = await db.BedStays.AsNoTracking().Where(s => s.AdmissionId == a.Id).OrderBy(s => s.Id)
            .Select(s => new { Stay = s, Bed = beds.First(b => b.Id == s.BedId).Label, Ward = wards.First(w => w.Id == beds.First(b => b.Id == s.BedId).WardId).Name }).ToListAsync(ct);
        var names = await People.Of(db, stays.Select(s => (Guid?)s.Stay.By).Append(a.AdmittedBy).Append(a.DischargedBy), ct);
        string By(Guid? id) => id is { } one && names.TryGetValue(one, out var name) ? name : "";
        var day = Admission.DayOf(DateOnly.FromDateTime(a.AdmittedAt.In(zone)), a.DischargedAt is { } left ? DateOnly.FromDateTime(left.In(zone)) : today);
        return new(a.Id, a.EncounterId, a.PatientId, a.State, a.Kind, reads ? a.Reason : "", reads ? a.DiagnosisCode : "", reads ? a.Diagnosis : "", a.ExpectedDays, a.AdmittedAt, By(a.AdmittedBy), day,
            a.DischargedAt, By(a.DischargedBy), reads ? a.Disposition : null, reads ? a.Note : "", a.Version,
            [.. stays.Select(s => new StayLine(s.Stay.BedId, s.Bed, s.Ward, s.Stay.From, s.Stay.To, By(s.Stay.By), reads ? s.Stay.Reason : ""))]);
    }

    private static async Task<IReadOnlyList<FreeWard>> FreeBeds(SalusDb db, CancellationToken ct)
    {
        var wards = await db.Wards.AsNoTracking().Where(w => w.ArchivedAt == null).ToListAsync(ct);
        var beds = (await db.Beds.AsNoTracking().Where(b => b.State == BedState.Free && b.ArchivedAt == null).ToListAsync(ct)).ToLookup(b => b.WardId);
        return [.. wards.OrderBy(w => w.Name, StringComparer.CurrentCultureIgnoreCase)
            .Select(w => new FreeWard(w.Name, [.. beds[w.Id].OrderBy(b => Bed.SortKey(b.Label), StringComparer.OrdinalIgnoreCase).Select(b => new FreeBed(b.Id, b.Label))]))];
    }
}
