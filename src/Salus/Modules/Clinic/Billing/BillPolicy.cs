using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Queue;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;
using Lock = Salus.Modules.Clinic.Encounters.Lock;

namespace Salus.Modules.Clinic.Billing;

/// <summary>
/// Pay before care: what is ordered waits for the visit's own charges, what is done for an order or prescription waits for its charge too, and the visit ends
/// when nothing is owed. What is paid after care never holds care back; an emergency, a promise, a waiver and an insurance that has
/// approved open the way.
/// </summary>
public sealed class BillPolicy(TimeProvider clock) : IPaymentPolicy
{
    public async Task<PaymentLock> Look(SalusDb db, Guid encounterId, Guid? orderId, CancellationToken ct)
    {
        var owed = await db.Charges.AsNoTracking().Where(c => c.GroupId == encounterId).Where(Charge.IsOutstanding)
            .Select(c => new Owed(c.PurposeKind, c.PurposeId, c.Total - c.Paid - c.Credited, c.Currency, c.Rank)).ToListAsync(ct);
        if (owed.Count == 0) return _ => null;
        var zone = (await db.Organisations.AsNoTracking().SingleAsync(o => o.Id == db.OrganisationId, ct)).Zone;
        var exits = await db.ExitsOn(clock.Today(zone)).Where(e => e.EncounterId == encounterId).Select(e => e.PurposeId).ToListAsync(ct);
        if (exits.Contains(null)) return _ => null;
        owed.RemoveAll(o => exits.Contains(o.PurposeId));
        // As long as an insurer has something to say, the visit may end; after that what is owed is the patient's.
        var insured = await db.OpenCoverages.AnyAsync(c => c.EncounterId == encounterId, ct);
        return act => act is CareAct.Close or CareAct.CloseLeaving ? insured ? null : Lock(owed)
            : Lock([.. owed.Where(o => o.Rank < Bills.AfterCare && (o.Kind == Bills.ForVisit || o.PurposeId == orderId))]);
    }

    private sealed record Owed(string Kind, Guid PurposeId, long Due, string Currency, int Rank);

    private static Lock? Lock(List<Owed> owed) => owed.Count == 0 ? null
        : new(402, "payment.needed", "This is not paid yet: {0} is owed.", "Pay at the desk. A waiver, a promise to pay, an approved insurance or an emergency also opens the way.", Money.Show(owed.Sum(o => o.Due), owed[0].Currency));
}

/// <summary>What becomes of a visit's charges is told to the open pages of the visit and to the lists of visits and waiting patients.</summary>
public abstract class BillHears(string purpose) : IChargeHears
{
    public string PurposeKind => purpose;

    public virtual async Task Hear(Booking booking, Charge charge, ChargeNews news, CancellationToken ct)
    {
        if (charge.GroupId is not { } visit) return;
        booking.Changed(Encounter.Topic(visit));
        booking.Changed(EncounterList.Topic(charge.OrganisationId));
        foreach (var queue in await Queues(booking.Db, visit, ct)) booking.Changed(queue);
    }

    /// <summary>The topics of the queues in which somebody waits with this visit: their lists show what is not paid.</summary>
    internal static async Task<IEnumerable<string>> Queues(SalusDb db, Guid visit, CancellationToken ct) =>
        (await db.Tickets.AsNoTracking().Where(t => t.EncounterId == visit).Select(t => t.QueueId).Distinct().ToListAsync(ct)).Select(id => $"queue:{id}");
}

/// <summary>The consultation follows its line: paid or covered it becomes active, taken off the bill it goes.</summary>
public sealed class VisitHears() : BillHears(Bills.ForVisit)
{
    public override async Task Hear(Booking booking, Charge charge, ChargeNews news, CancellationToken ct)
    {
        await base.Hear(booking, charge, news, ct);
        if (charge.GroupId is not { } visit || news is not (ChargeNews.Settled or ChargeNews.Credited)) return;
        // What kind of credit it was stands in a note that is not written yet.
        await booking.Db.SaveChangesAsync(ct);
        await AwaitedConsultation.Follow(booking.Db, visit, ct);
    }
}

public sealed class OrderHears() : BillHears(Bills.ForOrder);

public sealed class PrescriptionHears() : BillHears(Bills.ForPrescription);
