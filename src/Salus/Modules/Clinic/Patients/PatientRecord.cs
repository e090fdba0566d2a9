using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Patients.Merging;
using Salus.Modules.Clinic.Queue;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Patients;

/// <summary>A ticket in a patient's history.</summary>
public sealed record PatientVisit(Guid TicketId, DateOnly Day, string Queue, string Token, TicketState State, DateTime IssuedAt);

/// <summary>One patient with the last visits.</summary>
/// <param name="Policies">The insurances that are not over, for those who may ask an insurer.</param>
/// <param name="Retainers">The standing agreements that are not over, for the same.</param>
/// <param name="Today">By the clinic's clock.</param>
public sealed record PatientDetail(Guid Id, string Number, string Name, DateOnly? BirthDate, bool BirthDateIsEstimated, int? Age, Gender Gender, string Phone, PayerCategory Category,
    string Email, string Address, string EmergencyName, string EmergencyPhone, string EmergencyRelation, string NationalId, BloodGroup BloodGroup,
    DateTime CreatedAt, DateTime UpdatedAt, bool IsArchived, bool IsRestricted, PatientKey? MergedInto, IReadOnlyList<MergedPatient> Merged, IReadOnlyList<PatientVisit> Visits, IReadOnlyList<PolicyLine> Policies, IReadOnlyList<RetainerLine> Retainers, DateOnly Today, Guid Version);

/// <summary>A patient by id and number.</summary>
public sealed record PatientKey(Guid Id, string Number);

/// <summary>A patient that was merged into the one who is read.</summary>
public sealed record MergedPatient(Guid MergeId, Guid PatientId, string Number, DateTime At);

/// <summary>Reads one patient.</summary>
public sealed class PatientRecord(Tools tools, OrganisationSlot organisation) : ReadModel<PatientRecord.Query, PatientDetail>(tools)
{
    public const string Action = "patient.read";
    private const int LastVisits = 5;

    public sealed record Query { public Guid PatientId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadPatients);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, PatientDetail result) => ("patient", [result.Id]);

    protected override async Task<PatientDetail> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var p = await db.PatientsVisibleTo(Actor, Clock.Now()).AsNoTracking().FirstOrDefaultAsync(p => p.Id == query.PatientId, ct)
            ?? throw (await db.Patients.AnyAsync(p => p.Id == query.PatientId, ct) ? Restricted.Hidden(Actor) : Refusal.NotFound());
        var queues = db.Queues;
        var visits = await db.Tickets.AsNoTracking().Where(t => t.PatientId == p.Id).OrderByDescending(t => t.IssuedAt).Take(LastVisits)
            .Select(t => new { Ticket = t, Queue = queues.First(q => q.Id == t.QueueId) }).ToListAsync(ct);
        var (today, insures, patients) = (Clock.Today(organisation.Current.Zone), Actor.May(ClinicPermissions.Insure), db.Patients);
        var policies = insures ? await PolicyLine.Of(db, p.Id, today, ct, upcoming: true) : [];
        var retainers = insures ? await RetainerLine.Of(db, p.Id, today, ct, upcoming: true) : [];
        var merges = await db.PatientMerges.AsNoTracking().Where(m => (m.KeptPatientId == p.Id || m.OtherPatientId == p.Id) && m.UndoneAt == null).OrderBy(m => m.Id)
            .Select(m => new { m.Id, m.KeptPatientId, m.OtherPatientId, m.MergedAt, Number = patients.First(o => o.Id == (m.KeptPatientId == p.Id ? m.OtherPatientId : m.KeptPatientId)).Number }).ToListAsync(ct);
        var into = merges.Where(m => m.OtherPatientId == p.Id).ToDictionary(m => m.KeptPatientId, m => new PatientKey(m.KeptPatientId, m.Number));
        return new(p.Id, p.Number, p.Name, p.BirthDate, p.BirthDateIsEstimated, p.Age(today), p.Gender, p.Phone, p.Category, p.Email, p.Address, p.EmergencyName,
            p.EmergencyPhone, p.EmergencyRelation, p.NationalId, p.BloodGroup, p.CreatedAt, p.UpdatedAt,
            p.ArchivedAt is not null, p.RestrictedAt is not null, into.GetValueOrDefault(p.MergedIntoId ?? Guid.Empty), [.. merges.Where(m => m.KeptPatientId == p.Id).Select(m => new MergedPatient(m.Id, m.OtherPatientId, m.Number, m.MergedAt))],
            [.. visits.Select(v => new PatientVisit(v.Ticket.Id, v.Ticket.Day, v.Queue.Name, v.Queue.Token(v.Ticket.Number), v.Ticket.State, v.Ticket.IssuedAt))], policies, retainers, today, p.Version);
    }
}
