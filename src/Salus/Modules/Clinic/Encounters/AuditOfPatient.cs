using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients.Merging;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>What of the log is about one person.</summary>
public static class AuditOfPatient
{
    /// <summary>Who was merged into a patient, and into these before: what was read of them was read of this person.</summary>
    public static async Task<IReadOnlyList<Guid>> Former(SalusDb db, Guid patientId, CancellationToken ct)
    {
        var found = new List<Guid>();
        for (List<Guid> into = [patientId]; into.Count > 0; found.AddRange(into))
            into = await db.PatientMerges.Where(m => into.Contains(m.KeptPatientId) && m.UndoneAt == null).Select(m => m.OtherPatientId).ToListAsync(ct);
        return found;
    }

    /// <summary>
    /// The numbers of all rows about a patient: about the patient, about former ones, and about the visits and whatever hangs on them, files among it. Each part has an index of its
    /// own; together in one condition none of them would be used.
    /// </summary>
    public static IQueryable<long> Rows(SalusDb db, Guid patientId, IEnumerable<Guid> former)
    {
        var (log, lists, visits) = (db.Set<AuditEvent>(), db.Set<AuditSubject>(), db.Encounters.Where(e => e.PatientId == patientId).Select(e => e.Id));
        var (beside, alone) = AuditLog.OfVisits(db);
        var about = AuditLog.About(db, patientId)
            .Union(visits.Join(log, v => (Guid?)v, e => e.SubjectId, (_, e) => e.Seq))
            .Union(visits.Join(lists, v => v, s => s.SubjectId, (_, s) => s.Seq))
            .Union(visits.Join(beside, v => (Guid?)v, e => e.VisitId, (_, e) => e.Seq))
            .Union(visits.Join(alone, v => (Guid?)v, e => e.VisitId, (_, e) => e.Seq));
        foreach (var id in former) about = about.Union(AuditLog.About(db, id));
        return about;
    }
}
