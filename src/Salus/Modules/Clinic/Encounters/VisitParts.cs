using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>One measured value.</summary>
/// <param name="Severity">How grave it is at the patient's age; null: normal, or nothing is said.</param>
public sealed record VitalValue(string Name, string Label, decimal Value, string Unit, AlertSeverity? Severity);

/// <summary>A row of vital signs.</summary>
public sealed record VitalsLine(Guid Id, Guid EncounterId, DateTime MeasuredAt, Guid RecordedBy, IReadOnlyList<VitalValue> Values, DateOnly? LastPeriod, DateOnly? ExpectedBirth, string Remark, DateTime? VoidedAt, string VoidReason)
{
    /// <summary>The last rows of a patient, newest first, each judged by the age at which it was measured.</summary>
    public static async Task<IReadOnlyList<VitalsLine>> Of(SalusDb db, Guid patientId, DateOnly? birth, TimeZoneInfo zone, int most, CancellationToken ct) =>
        [.. (await db.Vitals.AsNoTracking().Where(v => v.PatientId == patientId).OrderByDescending(v => v.MeasuredAt).ThenByDescending(v => v.Id).Take(most).ToListAsync(ct)).Select(v => Of(v, Patient.AgeAt(birth, DateOnly.FromDateTime(v.MeasuredAt.In(zone)))))];

    private static VitalsLine Of(VitalSigns v, int? age) => new(v.Id, v.EncounterId, v.MeasuredAt, v.RecordedBy,
        [.. from kind in VitalKind.All let value = kind.Value(v) where value is not null select new VitalValue(kind.Name, kind.Label, value.Value, kind.Unit, kind.Judge(value.Value, age))],
        v.LastPeriod, v.ExpectedBirth, v.Remark, v.VoidedAt, v.VoidReason);
}

public sealed record AllergyLine(Guid Id, bool IsNoneKnown, string Substance, AllergyCategory Category, AllergySeverity Severity, string Reaction, Guid RecordedBy, DateTime RecordedAt)
{
    /// <summary>Those that hold, gravest first. Empty: nobody has asked yet.</summary>
    public static async Task<IReadOnlyList<AllergyLine>> Of(SalusDb db, Guid patientId, CancellationToken ct) =>
        [.. (await db.Allergies.AsNoTracking().Where(a => a.PatientId == patientId && a.State == AllergyState.Active).ToListAsync(ct)).OrderByDescending(a => a.Severity).ThenBy(a => a.Folded)
            .Select(a => new AllergyLine(a.Id, a.IsNoneKnown, a.Substance, a.Category, a.Severity, a.Reaction, a.RecordedBy, a.RecordedAt))];
}

public sealed record ConditionLine(Guid Id, Guid EncounterId, ConditionKind Kind, ConditionState State, string Code, string Text, bool IsPrimary, DateOnly? Since, Guid RecordedBy, DateTime RecordedAt, DateTime? EndedAt, string EndReason)
{
    /// <summary>The diagnoses of a visit and the problems of its patient that still hold.</summary>
    public static async Task<IReadOnlyList<ConditionLine>> Of(SalusDb db, Guid encounterId, Guid patientId, CancellationToken ct) =>
        [.. (await db.Conditions.AsNoTracking().Where(c => c.PatientId == patientId && ((c.Kind == ConditionKind.Problem && c.State == ConditionState.Active) || (c.Kind == ConditionKind.Diagnosis && c.EncounterId == encounterId)))
            .OrderByDescending(c => c.IsPrimary).ThenBy(c => c.Id).ToListAsync(ct)).Select(Of)];

    public static ConditionLine Of(Condition c) => new(c.Id, c.EncounterId, c.Kind, c.State, c.Code, c.Text, c.IsPrimary, c.Since, c.RecordedBy, c.RecordedAt, c.EndedAt, c.EndReason);

    /// <summary>The code before the words, where there is one.</summary>
    public string Whole => Code.Length > 0 ? $"{Code} {Text}" : Text;
}

public sealed record AlertLine(Guid Id, Guid EncounterId, AlertKind Kind, AlertSeverity Severity, AlertState State, string Title, string Detail, DateTime RaisedAt, Guid? AcknowledgedBy, DateTime? AcknowledgedAt,
    Guid? ResolvedBy, DateTime? ResolvedAt, string Resolution, Guid Version)
{
    /// <summary>The alerts of a visit, and those of earlier visits that are still open; gravest first.</summary>
    public static async Task<IReadOnlyList<AlertLine>> Of(SalusDb db, Guid encounterId, Guid patientId, CancellationToken ct) =>
        [.. (await db.Alerts.AsNoTracking().Where(a => a.PatientId == patientId && (a.EncounterId == encounterId || a.State != AlertState.Resolved)).OrderByDescending(a => a.RaisedAt).Take(100).ToListAsync(ct))
            .OrderBy(a => a.State).ThenByDescending(a => a.Severity)
            .Select(a => new AlertLine(a.Id, a.EncounterId, a.Kind, a.Severity, a.State, a.Title, a.Detail, a.RaisedAt, a.AcknowledgedBy, a.AcknowledgedAt, a.ResolvedBy, a.ResolvedAt, a.Resolution, a.Version))];
}

public sealed record NoteLine(Guid Id, NoteKind Kind, string Text, string AboutKind, Guid? AboutId, Guid WrittenBy, DateTime WrittenAt)
{
    public static Task<List<NoteLine>> Of(SalusDb db, Guid encounterId, CancellationToken ct) =>
        db.Notes.AsNoTracking().Where(n => n.EncounterId == encounterId).OrderBy(n => n.WrittenAt).ThenBy(n => n.Id).Select(n => new NoteLine(n.Id, n.Kind, n.Text, n.AboutKind, n.AboutId, n.WrittenBy, n.WrittenAt)).ToListAsync(ct);
}

/// <summary>A consultation as it is shown; for its doctor with what was typed and not saved yet.</summary>
/// <param name="DraftAt">When the texts were kept as a draft, if they are one.</param>
/// <param name="Version">Null: there is no consultation yet.</param>
/// <param name="IsOwed">It is pending, and waits for payment.</param>
public sealed record ConsultationView(ConsultationState? State, Guid? DoctorId, string History, string Examination, string Assessment, string Plan, DateTime? SavedAt, DateTime? DraftAt, Guid? Version, bool IsOwed)
{
    public static async Task<ConsultationView> Of(SalusDb db, Guid encounterId, Guid? readerId, CancellationToken ct)
    {
        var drafts = db.ConsultationDrafts;
        var c = await db.Consultations.AsNoTracking().FirstOrDefaultAsync(c => c.EncounterId == encounterId, ct);
        var draft = await drafts.AsNoTracking().FirstOrDefaultAsync(d => d.EncounterId == encounterId && d.AccountId == readerId, ct);
        var isOwed = c?.State == ConsultationState.Pending && await AwaitedConsultation.IsOwed(db, encounterId, ct);
        DateTime? savedAt = c?.DoctorId is null ? null : c.SavedAt;
        if (draft is not null && c?.State != ConsultationState.Closed && (c?.DoctorId is null || c.DoctorId == readerId))
            return new(c?.State, c?.DoctorId, draft.History, draft.Examination, draft.Assessment, draft.Plan, savedAt, draft.SavedAt, c?.Version, isOwed);
        return c is null ? new(null, null, "", "", "", "", null, null, null, false) : new(c.State, c.DoctorId, c.History, c.Examination, c.Assessment, c.Plan, savedAt, null, c.Version, isOwed);
    }
}

public sealed record SummaryView(Guid Id, Disposition Disposition, string Text, string Instructions, Guid WrittenBy, DateTime WrittenAt)
{
    public static Task<SummaryView?> Of(SalusDb db, Guid encounterId, CancellationToken ct) =>
        db.Summaries.AsNoTracking().Where(s => s.EncounterId == encounterId).Select(s => new SummaryView(s.Id, s.Disposition, s.Text, s.Instructions, s.WrittenBy, s.WrittenAt)).FirstOrDefaultAsync(ct);
}

/// <summary>An earlier visit beside the present one.</summary>
public sealed record EarlierVisit(Guid Id, DateOnly Day, EncounterType Type, EncounterState State, string Complaint, string Diagnosis, string Doctor)
{
    /// <summary>A patient's visits but one, newest first, read by key.</summary>
    public static async Task<IReadOnlyList<EarlierVisit>> Of(SalusDb db, Guid patientId, Guid? but, Guid? after, int most, CancellationToken ct)
    {
        var (accounts, conditions) = (db.Set<Accounts.Contract.Account>(), db.Conditions);
        var rows = await db.Encounters.AsNoTracking().Where(e => e.PatientId == patientId && e.Id != but && (after == null || e.Id < after)).OrderByDescending(e => e.Id).Take(most).Select(e => new
        {
            Encounter = e, Doctor = accounts.Where(a => a.Id == e.DoctorId).Select(a => a.Name).FirstOrDefault(),
            Diagnosis = conditions.Where(c => c.EncounterId == e.Id && c.IsPrimary && c.State != ConditionState.EnteredInError && c.Kind == ConditionKind.Diagnosis).Select(c => new { c.Code, c.Text }).FirstOrDefault(),
        }).ToListAsync(ct);
        return [.. rows.Select(r => new EarlierVisit(r.Encounter.Id, r.Encounter.Day, r.Encounter.Type, r.Encounter.State, r.Encounter.Complaint, r.Diagnosis is null ? "" : $"{r.Diagnosis.Code} {r.Diagnosis.Text}".Trim(), r.Doctor ?? ""))];
    }
}
