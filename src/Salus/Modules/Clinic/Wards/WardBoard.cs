using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Kernel.Live;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Queue;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Wards;

/// <summary>Who lies in a bed.</summary>
/// <param name="IsHidden">The record is restricted and not open to the reader: dots stand for the name.</param>
/// <param name="Day">The how manieth day of the stay it is today.</param>
/// <param name="Alerts">Clinical alerts that nobody has acknowledged.</param>
public sealed record Occupant(Guid EncounterId, Guid PatientId, string PatientNumber, string PatientName, bool IsHidden, int? Age, Gender Gender, string Doctor, DateTime AdmittedAt, DateTime InBedSince, int Day, int? ExpectedDays, int Alerts);

/// <param name="Reason">Why it is out of use.</param>
public sealed record BedLine(Guid Id, Guid WardId, string Label, BedState State, DateTime Since, string Reason, bool IsArchived, Guid Version, Occupant? Patient);

/// <param name="Free">How many of its beds are free.</param>
/// <param name="Total">How many beds it has, without archived ones.</param>
public sealed record WardLine(Guid Id, string Name, WardKind Kind, bool IsArchived, int Free, int Total, Guid Version, IReadOnlyList<BedLine> Beds);

public sealed record WardView(int Free, int Total, IReadOnlyList<WardLine> Wards);

/// <summary>Each ward with its beds and who lies in them.</summary>
public sealed class WardBoard(Tools tools, OrganisationSlot organisation) : ReadModel<WardBoard.Query, WardView>(tools)
{
    public const string Action = "ward.board";

    public sealed record Query : IRefreshable
    {
        /// <summary>With wards and beds that were archived, for those who define them.</summary>
        public bool WithArchived { get; init; }

        /// <summary>True when an open page fetches its board again: opening it stands in the log.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;

    /// <summary>Open boards fetch themselves again.</summary>
    public static string Topic(Guid organisationId) => $"wards:{organisationId}";

    protected override Task Authorize(Query query, CancellationToken ct) => Require(query.WithArchived ? ClinicPermissions.ManageWards : ClinicPermissions.ReadWards);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, WardView result)
    {
        var shown = result.Wards.SelectMany(w => w.Beds).Select(b => b.Patient is { IsHidden: false } patient ? patient.PatientId : (Guid?)null).OfType<Guid>().Distinct().ToList();
        return shown.Count == 0 ? null : ("patient", shown);
    }

    protected override async Task<WardView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var all = query.WithArchived;
        var wards = await db.Wards.AsNoTracking().Where(w => all || w.ArchivedAt == null).ToListAsync(ct);
        var known = db.Wards;
        var beds = await db.Beds.AsNoTracking().Where(b => all || (b.ArchivedAt == null && known.Any(w => w.Id == b.WardId && w.ArchivedAt == null))).ToListAsync(ct);
        var patients = await Occupants(db, ct);
        var lines = beds.OrderBy(b => Bed.SortKey(b.Label), StringComparer.OrdinalIgnoreCase)
            .Select(b => new BedLine(b.Id, b.WardId, b.Label, b.State, b.Since, b.Reason, b.ArchivedAt is not null, b.Version, patients.GetValueOrDefault(b.Id))).ToLookup(b => b.WardId);
        var shown = wards.OrderBy(w => w.ArchivedAt is not null).ThenBy(w => w.Name, StringComparer.CurrentCultureIgnoreCase).Select(w =>
        {
            var inUse = lines[w.Id].Where(b => !b.IsArchived).ToList();
            return new WardLine(w.Id, w.Name, w.Kind, w.ArchivedAt is not null, inUse.Count(b => b.State == BedState.Free), inUse.Count, w.Version, [.. lines[w.Id]]);
        }).ToList();
        return new(shown.Where(w => !w.IsArchived).Sum(w => w.Free), shown.Where(w => !w.IsArchived).Sum(w => w.Total), shown);
    }

    private async Task<Dictionary<Guid, Occupant>> Occupants(SalusDb db, CancellationToken ct)
    {
        var (accounts, alerts) = (db.Set<Account>(), db.Alerts);
        var rows = await (
            from stay in db.BedStays.AsNoTracking()
            where stay.To == null
            join admission in db.Admissions on stay.AdmissionId equals admission.Id
            join patient in db.Patients on admission.PatientId equals patient.Id
            join visit in db.Encounters on stay.EncounterId equals visit.Id
            select new
            {
                stay.BedId, stay.From, Admission = admission, Patient = patient, Doctor = accounts.Where(a => a.Id == visit.DoctorId).Select(a => a.Name).FirstOrDefault(),
                Alerts = alerts.Count(a => a.EncounterId == visit.Id && a.State == AlertState.Raised),
            }).ToListAsync(ct);
        var (zone, reads) = (organisation.Current.Zone, Actor.May(ClinicPermissions.ReadRestricted));
        var today = Clock.Today(zone);
        var open = await db.OpenTo(Actor, Clock.Now(), rows.Select(r => (r.Patient.Id, r.Patient.RestrictedAt)), ct);
        return rows.ToDictionary(r => r.BedId, r =>
        {
            var (p, a, isHidden) = (r.Patient, r.Admission, r.Patient.RestrictedAt is not null && !reads && !open.Contains(r.Patient.Id));
            var day = Admission.DayOf(DateOnly.FromDateTime(a.AdmittedAt.In(zone)), today);
            return new Occupant(a.EncounterId, p.Id, p.Number, p.NameFor(Actor, open), isHidden, isHidden ? null : p.Age(today), isHidden ? Gender.Unknown : p.Gender, r.Doctor ?? "", a.AdmittedAt, r.From, day, a.ExpectedDays, isHidden ? 0 : r.Alerts);
        });
    }
}

/// <summary><c>wards:{organisation}</c>: for all who see the wards.</summary>
public sealed class WardsTopic(MembershipReader members, Database database) : ITopicGuard
{
    public string Prefix => "wards";

    public async Task<string?> Hears(HttpContext http, string topic, CancellationToken ct) =>
        Guid.TryParse(topic.AsSpan(Prefix.Length + 1), out var id) && await StaffTopic.May(members, database, http, id, ClinicPermissions.ReadWards, ct) ? topic : null;
}
