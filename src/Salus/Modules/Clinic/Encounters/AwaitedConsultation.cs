using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>A consultation that came onto the bill before a doctor began it: it is pending until it is paid or covered and the visit has a doctor.</summary>
public static class AwaitedConsultation
{
    /// <summary>The visit has a consultation from now on; one that is there already stays as it is.</summary>
    public static async Task Expect(SalusDb db, Encounter visit, DateTime now, CancellationToken ct)
    {
        if (!await db.Consultations.AnyAsync(c => c.EncounterId == visit.Id, ct)) db.Add(new Consultation { EncounterId = visit.Id, PatientId = visit.PatientId, StartedAt = now, SavedAt = now });
    }

    /// <summary>Something of a consultation is owed in this visit.</summary>
    public static Task<bool> IsOwed(SalusDb db, Guid encounterId, CancellationToken ct) => Billed(db, encounterId).AnyAsync(Charge.IsOutstanding, ct);

    /// <summary>Looks what has become of the bill: a pending consultation of which nothing is owed becomes active, one that was taken off the bill goes. Doing it twice does nothing more.</summary>
    public static async Task Follow(SalusDb db, Guid encounterId, CancellationToken ct)
    {
        var pending = db.Consultations.Where(c => c.EncounterId == encounterId && c.State == ConsultationState.Pending && c.DoctorId == null);
        if (!await pending.AnyAsync(ct) || await IsOwed(db, encounterId, ct)) return;
        var (encounters, notes) = (db.Encounters, db.Set<CreditNote>());
        var stands = await Billed(db, encounterId).AnyAsync(c => c.Credited < c.Total || c.Total == 0 || notes.Any(n => n.ChargeId == c.Id && n.Kind == CreditKind.Waiver), ct);
        if (!stands) await pending.ExecuteDeleteAsync(ct);
        else await pending.Where(c => encounters.Any(e => e.Id == c.EncounterId && e.DoctorId != null)).ExecuteUpdateAsync(set => set.SetProperty(c => c.State, ConsultationState.Active), ct);
    }

    private static IQueryable<Charge> Billed(SalusDb db, Guid encounterId)
    {
        var services = db.Services;
        return db.Charges.AsNoTracking().Where(c => c.GroupId == encounterId && c.PurposeKind == Bills.ForVisit && services.Any(s => s.Id == c.PurposeId && s.Department == Department.Consultation));
    }
}
