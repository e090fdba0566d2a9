using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Payments.Contract;

/// <summary>A module of whose charges some are paid neither in cash nor online for a time, such as those of which an insurer may still take over a part.</summary>
public interface IHoldsCash
{
    /// <summary>The groups whose charges are held so now.</summary>
    IQueryable<Guid> Held(SalusDb db);

    /// <summary>Until the commit none of these groups begins or ceases to be held: whoever takes money looks after this, and what it saw is still true when it books.</summary>
    Task Fix(SalusDb db, IReadOnlyCollection<Guid> groups, CancellationToken ct);

    /// <summary>What is said to whoever tries all the same.</summary>
    Refusal Refuse();
}

/// <summary>Asked by everything that takes money, before it takes it. What a provider has taken already is booked all the same.</summary>
public sealed class CashRule(IEnumerable<IHoldsCash> holders)
{
    public static bool Concerns(PaymentMethod method) => method is PaymentMethod.Cash or PaymentMethod.Stripe or PaymentMethod.PayPal or PaymentMethod.Paq;

    /// <summary>Of these groups those whose charges are paid neither in cash nor online now.</summary>
    public async Task<IReadOnlySet<Guid>> Held(SalusDb db, IEnumerable<Guid?> groups, CancellationToken ct)
    {
        var (ids, held) = (groups.OfType<Guid>().Distinct().ToList(), new HashSet<Guid>());
        foreach (var holder in ids.Count == 0 ? [] : holders) held.UnionWith(await holder.Held(db).Where(id => ids.Contains(id)).ToListAsync(ct));
        return held;
    }

    /// <summary>The same inside the transaction that books the payment: nobody comes in between. Asked before any charge is touched, for those who change a bill hold it in that order.</summary>
    /// <exception cref="Refusal">The holder's own, when the charges of one of these groups are not paid by this method now.</exception>
    public async Task Hold(SalusDb db, IEnumerable<Guid?> groups, PaymentMethod method, CancellationToken ct)
    {
        if (!Concerns(method)) return;
        var ids = groups.OfType<Guid>().Distinct().ToList();
        foreach (var holder in ids.Count == 0 ? [] : holders) await holder.Fix(db, ids, ct);
        await Check(db, groups, method, ct);
    }

    /// <exception cref="Refusal">The holder's own, when the charges of one of these groups are not paid by this method now.</exception>
    public async Task Check(SalusDb db, IEnumerable<Guid?> groups, PaymentMethod method, CancellationToken ct)
    {
        if (!Concerns(method)) return;
        var ids = groups.OfType<Guid>().Distinct().ToList();
        foreach (var holder in ids.Count == 0 ? [] : holders)
            if (await holder.Held(db).AnyAsync(id => ids.Contains(id), ct)) throw holder.Refuse();
    }
}
