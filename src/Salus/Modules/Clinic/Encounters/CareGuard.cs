using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Clinic.Wards;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>What is done in a visit, and may be locked.</summary>
public enum CareAct
{
    BringIn, Vitals, Allergy, NursingNote, Administration, Sample, Consultation, Diagnosis, LabOrder, LabResult, ImagingOrder, ImagingReport, ProcedureOrder, Procedure,
    Prescription, EmergencyPrescription, PrescriptionImage, Dispense, EmergencyDispense, Referral, Document, Addendum, Summary, Close, CloseLeaving, CancelOrder, Particulars,
    Bill, BillExtra, Discount, Insurance, PaymentPromise, PaymentEmergency, Admit, Transfer, Discharge,
}

/// <summary>Why something cannot be done now, and what would unlock it.</summary>
/// <param name="Status">How it is refused: 402, 403 or 409.</param>
/// <param name="Sentence">A resource key; <c>{0}</c> places take <paramref name="Args"/>.</param>
public sealed record Lock(int Status, string Code, string Sentence, string? Unlock, params object[] Args)
{
    public Refusal ToRefusal() => new(Status, Code, Sentence, Args) { Unlock = Unlock };
}

/// <summary>One act and its lock, if it has one.</summary>
/// <param name="Because">Null: it is not locked.</param>
public sealed record LockLine(CareAct Act, Lock? Because);

/// <summary>What the rules look at.</summary>
/// <param name="HasBegun">A doctor has begun the consultation.</param>
/// <param name="Missing">Orders without a result.</param>
/// <param name="Undispensed">Prescriptions that nobody has dispensed or cancelled.</param>
/// <param name="Stay">How far the visit's admission has come; null: there is none.</param>
/// <param name="IsElsewhere">The patient lies in a bed by another visit.</param>
public sealed record CareFacts(EncounterState State, ConsultationState? Consultation, bool HasBegun, int Missing, int Undispensed, AdmissionState? Stay, bool IsElsewhere);

/// <summary>What payment says of an act; null: nothing is in the way.</summary>
public delegate Lock? PaymentLock(CareAct act);

/// <summary>Whether a visit, or one order in it, has been paid as far as it must be.</summary>
public interface IPaymentPolicy
{
    /// <summary>Looks once; the answer is then asked for as many acts as are needed.</summary>
    /// <param name="orderId">The order or prescription in question; null: the visit.</param>
    Task<PaymentLock> Look(SalusDb db, Guid encounterId, Guid? orderId, CancellationToken ct);
}

/// <summary>The one policy of what can be done in a visit, for the API, the pages and the answers about locks alike.</summary>
public sealed class CareGuard(IPaymentPolicy payment)
{
    /// <summary>Nobody lies in two beds; the database holds to it where two admit at once.</summary>
    internal static Lock Elsewhere => new(409, "admission.elsewhere", "The patient lies in a bed already, by another visit.", "Discharge the patient there first.");

    /// <summary>The permission that an act needs.</summary>
    public static string Permission(CareAct act) => act switch
    {
        CareAct.BringIn => ClinicPermissions.ServeQueue,
        CareAct.Vitals => ClinicPermissions.WriteVitals,
        CareAct.Allergy => ClinicPermissions.WriteAllergies,
        CareAct.NursingNote or CareAct.Administration => ClinicPermissions.WriteNursing,
        CareAct.Procedure => ClinicPermissions.DoProcedures,
        CareAct.Sample => ClinicPermissions.CollectSamples,
        CareAct.Consultation or CareAct.Diagnosis => ClinicPermissions.WriteConsultations,
        CareAct.LabOrder or CareAct.ImagingOrder or CareAct.ProcedureOrder or CareAct.CancelOrder => ClinicPermissions.PlaceOrders,
        CareAct.LabResult => ClinicPermissions.WriteLabResults,
        CareAct.ImagingReport => ClinicPermissions.WriteImagingReports,
        CareAct.Prescription or CareAct.EmergencyPrescription or CareAct.PrescriptionImage => ClinicPermissions.Prescribe,
        CareAct.Dispense or CareAct.EmergencyDispense => ClinicPermissions.Dispense,
        CareAct.Referral => ClinicPermissions.Refer,
        CareAct.Document => ClinicPermissions.AddDocuments,
        CareAct.Addendum => ClinicPermissions.WriteAddenda,
        CareAct.Summary => ClinicPermissions.WriteSummaries,
        CareAct.Particulars => ClinicPermissions.OpenEncounters,
        CareAct.Bill => ClinicPermissions.ReadBills,
        CareAct.BillExtra => ClinicPermissions.EditBills,
        CareAct.Discount => ClinicPermissions.WaiveBills,
        CareAct.Insurance => ClinicPermissions.Insure,
        CareAct.PaymentPromise => ClinicPermissions.PromisePayment,
        CareAct.PaymentEmergency => ClinicPermissions.DeclareEmergency,
        CareAct.Admit or CareAct.Transfer => ClinicPermissions.AdmitPatients,
        CareAct.Discharge => ClinicPermissions.DischargePatients,
        _ => ClinicPermissions.CloseEncounters,
    };

    /// <summary>Triage, the consultation and what the nurse does come before payment; ordering, results, prescribing and dispensing after it. An emergency never waits.</summary>
    private static bool NeedsPayment(CareAct act) => act is CareAct.BringIn or CareAct.LabOrder or CareAct.LabResult or CareAct.ImagingOrder or CareAct.ImagingReport
        or CareAct.ProcedureOrder or CareAct.Procedure or CareAct.Prescription or CareAct.Dispense or CareAct.Referral or CareAct.Close or CareAct.CloseLeaving;

    public static Task<CareFacts?> Facts(SalusDb db, Guid encounterId, CancellationToken ct)
    {
        var (consultations, orders, prescriptions, admissions) = (db.Consultations, db.Orders, db.Prescriptions, db.Admissions);
        return db.Encounters.AsNoTracking().Where(e => e.Id == encounterId).Select(e => new CareFacts(
            e.State, consultations.Where(c => c.EncounterId == e.Id).Select(c => (ConsultationState?)c.State).FirstOrDefault(), consultations.Any(c => c.EncounterId == e.Id && c.DoctorId != null),
            orders.Count(o => o.EncounterId == e.Id && (o.State == OrderState.Ordered || o.State == OrderState.InProgress)),
            prescriptions.Count(p => p.EncounterId == e.Id && p.State == PrescriptionState.Pending),
            admissions.Where(a => a.EncounterId == e.Id).Select(a => (AdmissionState?)a.State).FirstOrDefault(),
            admissions.Any(a => a.PatientId == e.PatientId && a.EncounterId != e.Id && a.State == AdmissionState.Admitted))).FirstOrDefaultAsync(ct);
    }

    /// <summary>Every act and what is in its way. Permission comes first: who may not do a thing need not know more.</summary>
    public async Task<IReadOnlyList<LockLine>> All(SalusDb db, Guid encounterId, Actor actor, Guid? orderId, CancellationToken ct)
    {
        if (await Facts(db, encounterId, ct) is not { } facts) throw Refusal.NotFound();
        var unpaid = await payment.Look(db, encounterId, orderId, ct);
        return [.. Enum.GetValues<CareAct>().Select(act => new LockLine(act, actor.May(Permission(act)) ? OfState(facts, act) ?? (NeedsPayment(act) ? unpaid(act) : null)
            : new(403, "forbidden", "Your role does not allow this.", "Ask an administrator of your organisation for the permission.")))];
    }

    /// <exception cref="Refusal">402, 403 or 409 with the code of the lock.</exception>
    public async Task Check(SalusDb db, Guid encounterId, CareAct act, Actor actor, Guid? orderId, CancellationToken ct)
    {
        if (!actor.May(Permission(act))) throw Refusal.Forbidden();
        if (await Facts(db, encounterId, ct) is not { } facts) throw Refusal.NotFound();
        var locked = OfState(facts, act) ?? (NeedsPayment(act) ? (await payment.Look(db, encounterId, orderId, ct))(act) : null);
        if (locked is not null) throw locked.ToRefusal();
    }

    private static Lock? OfState(CareFacts facts, CareAct act)
    {
        // Bringing a patient in is the queue's step: it looks at nothing but payment. An insurer answers when it wants to, and what is owed can be lowered as long as it is owed.
        if (act is CareAct.Addendum or CareAct.BringIn or CareAct.Insurance or CareAct.Discount) return null;
        if (act == CareAct.Summary) return facts.State == EncounterState.Open ? new(409, "encounter.open", "The visit is still open.", "Close the visit first.") : null;
        if (facts.State == EncounterState.Closed) return new(409, "encounter.closed", "This visit is closed; nothing in it changes any more.", "Write an addendum, or open a new visit.");
        return act switch
        {
            CareAct.Close or CareAct.CloseLeaving when !facts.HasBegun || facts.Consultation == ConsultationState.Pending => new(409, "encounter.no-consultation", "There is no consultation yet.", "Write the consultation first."),
            CareAct.Close or CareAct.CloseLeaving when facts.Stay == AdmissionState.Admitted => new(409, "encounter.admitted", "You cannot close the visit: the patient lies in a bed of the ward.", "A doctor discharges the patient first."),
            CareAct.Admit when facts.Stay == AdmissionState.Admitted => new(409, "admission.exists", "The patient is admitted already.", "Move the patient to another bed."),
            CareAct.Admit when facts.Stay == AdmissionState.Discharged => new(409, "admission.ended", "The patient was admitted and discharged in this visit.", "Open a new visit to admit the patient again."),
            CareAct.Admit when facts.IsElsewhere => Elsewhere,
            CareAct.Transfer or CareAct.Discharge when facts.Stay != AdmissionState.Admitted => new(409, "admission.none", "The patient is not in a bed.", "Admit the patient first."),
            CareAct.Close or CareAct.CloseLeaving when facts.Missing == 1 => new(409, "encounter.results-missing", "You cannot close the visit: one result is missing.", "Wait for the result, or cancel the order."),
            CareAct.Close or CareAct.CloseLeaving when facts.Missing > 1 => new(409, "encounter.results-missing", "You cannot close the visit: {0} results are missing.", "Wait for the results, or cancel the orders.", facts.Missing),
            CareAct.Close when facts.Undispensed > 0 => new(409, "encounter.prescriptions-left", "Prescriptions of this visit are not dispensed yet: {0}.", "Wait for the pharmacy, cancel them, or close the visit all the same: the patient then takes them elsewhere.", facts.Undispensed),
            CareAct.Dispense or CareAct.EmergencyDispense or CareAct.Procedure when facts.Consultation is not ConsultationState.Active => new(409, "consultation.not-active", "The doctor's consultation is not active.", "The doctor opens the visit and saves the consultation."),
            CareAct.Consultation or CareAct.Diagnosis or CareAct.LabOrder or CareAct.ImagingOrder or CareAct.ProcedureOrder or CareAct.Prescription or CareAct.EmergencyPrescription
                when facts.Consultation == ConsultationState.Closed => new(409, "consultation.closed", "This consultation is closed.", "Write an addendum."),
            _ => null,
        };
    }
}
