using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Billing.Claims;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Cli.DemoData;

/// <summary>Insured patients, and a claim in every state: overdue, answered with less, paid, rejected, drafted today, and a visit whose insurer has not answered yet. One visit is simply not paid.</summary>
internal sealed class DemoClaims(SalusDb db, Organisation clinic, Guid desk, Bills bills, InsurerBook insurers, Action<DateTime, Func<Booking, Task>> on, Func<Booking, Encounter, string, Task> add)
{
    private const string Serena = "Salute Serena", Mutua = "Mutua del Corso";

    public async Task Plan(DateTime now, CancellationToken ct)
    {
        var (today, encounters) = (DateOnly.FromDateTime(now.In(clinic.Zone)), db.Encounters);
        var patients = await db.Patients.AsNoTracking().Where(p => p.BirthDate < today.AddYears(-18) && !encounters.Any(e => e.PatientId == p.Id && e.Day > today.AddDays(-4))).OrderBy(p => p.Number).Take(7).Select(p => p.Id).ToListAsync(ct);
        var doctors = await db.Encounters.Where(e => e.DoctorId != null).Select(e => e.DoctorId!.Value).Distinct().OrderBy(d => d).Take(3).ToListAsync(ct);
        DateTime Ago(int days) => now.AddDays(-days);
        Claimed(patients[0], doctors[0], Ago(36), Serena, "Dolore al ginocchio", (Ago(35), Submit));
        Claimed(patients[1], doctors[1], Ago(20), Serena, "Controllo annuale", (Ago(19), Submit), (Ago(6), (b, c) => Answer(b, c, 15_00, "Franchigia")));
        Claimed(patients[2], doctors[2], Ago(15), Mutua, "Visita di controllo", (Ago(14), Submit), (Ago(5), (b, c) => Answer(b, c, 0, "")), (Ago(2), Arrive));
        Claimed(patients[3], doctors[0], Ago(9), Mutua, "Seconda opinione", (Ago(8), Submit), (Ago(1), (b, c) => Answer(b, c, 64_00, "Polizza sospesa", isRejected: true)));
        Claimed(patients[4], doctors[1], now.AddMinutes(-95), Serena, "Affanno sulle scale");
        on(now.AddMinutes(-80), async booking => Ask(booking, await Visit(booking, patients[5], doctors[2], "Capogiri"), Policy(patients[5], Mutua, booking), CoverageState.Pending));
        on(now.AddMinutes(-70), async booking => await Visit(booking, patients[6], doctors[0], "Formicolio alla mano"));
    }

    /// <summary>A visit that an insurer has approved, and what became of its claim after that.</summary>
    private void Claimed(Guid patient, Guid doctor, DateTime at, string insurer, string complaint, params (DateTime At, Func<Booking, Guid, Task> Step)[] steps)
    {
        var claim = Guid.Empty;
        on(at, async booking =>
        {
            var visit = await Visit(booking, patient, doctor, complaint, isClosed: steps.Length > 0);
            var coverage = Ask(booking, visit, Policy(patient, insurer, booking), CoverageState.Approved);
            var draft = Claim.Of(coverage, visit, "EUR", booking.At, desk);
            claim = draft.Id;
            db.Add(draft);
            await db.SaveChangesAsync();
            await bills.Cover(booking, visit.Id, default);
        });
        foreach (var (when, step) in steps) on(when, booking => step(booking, claim));
    }

    private async Task<Encounter> Visit(Booking booking, Guid patient, Guid doctor, string complaint, bool isClosed = false)
    {
        var visit = new Encounter
        {
            Id = Guid.CreateVersion7(booking.At.AddMinutes(-30)), PatientId = patient, Day = booking.Day, Type = EncounterType.Routine, Complaint = complaint, DoctorId = doctor, StartedAt = booking.At.AddMinutes(-30), ChangedAt = booking.At, State = isClosed ? EncounterState.Closed : EncounterState.Open,
            ClosedAt = isClosed ? booking.At : null, ClosedBy = isClosed ? doctor : null, Version = Guid.CreateVersion7(),
        };
        db.Add(visit);
        db.Add(new Consultation { EncounterId = visit.Id, PatientId = patient, State = isClosed ? ConsultationState.Closed : ConsultationState.Active, DoctorId = doctor, History = complaint + ".", Assessment = "Da approfondire.", StartedAt = visit.StartedAt, SavedAt = booking.At, Version = Guid.CreateVersion7() });
        await db.SaveChangesAsync();
        await add(booking, visit, "VIS-SPEC");
        return visit;
    }

    private InsurancePolicy Policy(Guid patient, string insurer, Booking booking)
    {
        var policy = new InsurancePolicy { PatientId = patient, Insurer = insurer, Number = $"{insurer[0]}S-{booking.At:MMddmm}", Percent = 80, From = booking.Day.AddYears(-1), RecordedBy = desk, RecordedAt = booking.At };
        db.Add(policy);
        return policy;
    }

    private VisitCoverage Ask(Booking booking, Encounter visit, InsurancePolicy policy, CoverageState state)
    {
        var isDecided = state != CoverageState.Pending;
        var coverage = new VisitCoverage
        {
            EncounterId = visit.Id, PatientId = visit.PatientId, PolicyId = policy.Id, Insurer = policy.Insurer, Number = policy.Number, Percent = policy.Percent, State = state, Approved = isDecided ? 300_00 : 0, Reference = isDecided ? $"AUT {booking.At:ddHHmm}" : "",
            RequestedBy = desk, RequestedAt = booking.At, DecidedBy = isDecided ? desk : null, DecidedAt = isDecided ? booking.At : null, Version = Guid.CreateVersion7(),
        };
        db.Add(coverage);
        return coverage;
    }

    private async Task Submit(Booking booking, Guid id)
    {
        var claim = await db.Claims.SingleAsync(c => c.Id == id);
        (claim.State, claim.SubmittedOn, claim.SubmittedBy, claim.SubmissionReference, claim.Version) = (ClaimState.Submitted, booking.Day, desk, "Portale", Guid.CreateVersion7());
        db.AddRange((await CoveredCharge.Of(db, claim.EncounterId, default)).Select((l, i) => new ClaimLine { ClaimId = id, ChargeId = l.ChargeId, Position = i + 1, Code = l.Code, Title = l.Title, Total = l.Total, Amount = l.Amount }));
        claim.Number = await Numbers.Next(db, DocumentKind.Claim, booking.Day, default);
    }

    private async Task Answer(Booking booking, Guid id, long less, string reason, bool isRejected = false)
    {
        var (claim, line) = (await db.Claims.SingleAsync(c => c.Id == id), await db.ClaimLines.SingleAsync(l => l.ClaimId == id));
        line.Approved = line.Amount - less;
        (claim.State, claim.Approved, claim.AnsweredOn, claim.AnsweredBy, claim.AnswerReference, claim.Reason, claim.Version) = (isRejected ? ClaimState.Rejected : ClaimState.Approved, claim.Amount - less, booking.Day, desk, $"ESITO {booking.At:ddHHmm}", reason, Guid.CreateVersion7());
        if (less > 0)
        {
            await insurers.Hold(booking, [line.ChargeId], default);
            await insurers.TakeBack(booking, id, line.ChargeId, less, isNotDone: false, reason, default);
        }
        if (!isRejected) return;
        var coverage = await db.Coverages.SingleAsync(c => c.Id == claim.CoverageId);
        (coverage.State, coverage.Reason, coverage.DecidedAt) = (CoverageState.Rejected, reason, booking.At);
    }

    private async Task Arrive(Booking booking, Guid id)
    {
        var claim = await db.Claims.SingleAsync(c => c.Id == id);
        (claim.State, claim.PaidOn, claim.PaidBy, claim.PaymentReference, claim.Version) = (ClaimState.Paid, booking.Day, desk, $"CRO {booking.Day:yyyyMMdd}", Guid.CreateVersion7());
        await insurers.Arrived(booking, [(id, claim.Approved)], claim.Currency, default);
    }
}
