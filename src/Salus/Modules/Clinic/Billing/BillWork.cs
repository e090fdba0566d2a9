using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>What a visit costs by itself is the work of the doctor who treats.</summary>
public sealed class VisitWork : IKnowsWork
{
    public string PurposeKind => Bills.ForVisit;

    public IQueryable<Earning> Of(SalusDb db, IQueryable<Earning> earnings) =>
        earnings.LeftJoin(db.Encounters, e => e.GroupId, v => (Guid?)v.Id, (e, v) => new Earning { PurposeId = e.PurposeId, GroupId = e.GroupId, Net = e.Net, Tax = e.Tax, By = v!.DoctorId });
}

/// <summary>A test, study or procedure is the work of who ordered it.</summary>
public sealed class OrderWork : IKnowsWork
{
    public string PurposeKind => Bills.ForOrder;

    public IQueryable<Earning> Of(SalusDb db, IQueryable<Earning> earnings) =>
        earnings.LeftJoin(db.Orders, e => e.PurposeId, o => o.Id, (e, o) => new Earning { PurposeId = e.PurposeId, GroupId = e.GroupId, Net = e.Net, Tax = e.Tax, By = (Guid?)o!.OrderedBy });
}

/// <summary>A medicine is the work of who prescribed it.</summary>
public sealed class PrescriptionWork : IKnowsWork
{
    public string PurposeKind => Bills.ForPrescription;

    public IQueryable<Earning> Of(SalusDb db, IQueryable<Earning> earnings) =>
        earnings.LeftJoin(db.Prescriptions, e => e.PurposeId, p => p.Id, (e, p) => new Earning { PurposeId = e.PurposeId, GroupId = e.GroupId, Net = e.Net, Tax = e.Tax, By = (Guid?)p!.PrescribedBy });
}
