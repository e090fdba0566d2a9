using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>What everybody who works with a visit may know of it: who, when, why and with whom; nothing of the record.</summary>
public sealed record VisitHead(Guid Id, Guid PatientId, string PatientNumber, string PatientName, int? Age, Gender Gender, DateOnly? BirthDate, string Phone, DateOnly Day, EncounterType Type, EncounterState State,
    string Complaint, Guid? DoctorId, string Doctor, DateTime StartedAt, DateTime? ClosedAt, Guid? ClosedBy, DateTime ChangedAt, Guid Version)
{
    /// <exception cref="Refusal">404 when no such visit is in reach; 403 <c>patient.restricted</c>.</exception>
    public static async Task<VisitHead> Of(SalusDb db, Guid encounterId, Actor actor, DateTime now, DateOnly today, CancellationToken ct)
    {
        var (visible, patients, accounts) = (db.PatientsVisibleTo(actor, now), db.Patients, db.Set<Accounts.Contract.Account>());
        var found = await db.Encounters.AsNoTracking().Where(e => e.Id == encounterId).Select(e => new
        {
            Encounter = e, Patient = patients.First(p => p.Id == e.PatientId), IsVisible = visible.Any(p => p.Id == e.PatientId), Doctor = accounts.Where(a => a.Id == e.DoctorId).Select(a => a.Name).FirstOrDefault(),
        }).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        if (!found.IsVisible) throw Restricted.Hidden(actor);
        var (v, p) = (found.Encounter, found.Patient);
        return new(v.Id, p.Id, p.Number, p.Name, p.Age(today), p.Gender, p.BirthDate, p.Phone, v.Day, v.Type, v.State, v.Complaint, v.DoctorId, found.Doctor ?? "", v.StartedAt, v.ClosedAt, v.ClosedBy, v.ChangedAt, v.Version);
    }
}

/// <summary>Reads the head of one visit.</summary>
public sealed class ReadVisit(Tools tools, OrganisationSlot organisation) : ReadModel<ReadVisit.Query, VisitHead>(tools)
{
    public const string Action = "encounter.read";

    public sealed record Query { public Guid EncounterId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadEncounters);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, VisitHead result) => ("patient", [result.PatientId]);

    protected override Task<VisitHead> Handle(SalusDb db, Query query, CancellationToken ct) => VisitHead.Of(db, query.EncounterId, Actor, Clock.Now(), Clock.Today(organisation.Current.Zone), ct);
}

/// <summary>Answers, for each act, whether it is locked in a visit now, why, and what would unlock it.</summary>
public sealed class Locks(Tools tools, CareGuard guard) : ReadModel<Locks.Query, IReadOnlyList<LockLine>>(tools)
{
    public const string Action = "encounter.locks";

    public sealed record Query
    {
        public Guid EncounterId { get; init; }

        /// <summary>The order or prescription in question, where payment goes by the line.</summary>
        public Guid? OrderId { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadEncounters);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, IReadOnlyList<LockLine> result) => null;

    protected override async Task<IReadOnlyList<LockLine>> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var visible = db.PatientsVisibleTo(Actor, Clock.Now());
        if (!await db.Encounters.AnyAsync(e => e.Id == query.EncounterId && visible.Any(p => p.Id == e.PatientId), ct)) throw Refusal.NotFound();
        return await guard.All(db, query.EncounterId, Actor, query.OrderId, ct);
    }
}
