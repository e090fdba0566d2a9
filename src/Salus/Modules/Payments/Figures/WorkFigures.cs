using Microsoft.EntityFrameworkCore;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Payments.Contract;
using Salus.Modules.Payments.Ledger;

namespace Salus.Modules.Payments.Figures;

/// <summary>What was earned by the work of one clinician.</summary>
/// <param name="AccountId">Null: what no clinician did, such as a copy of the record.</param>
/// <param name="Earned">Without tax; what was taken back is taken off.</param>
public sealed record DoctorFigure(Guid? AccountId, string Name, Money Earned, Money Tax);

/// <summary>Shares what was earned out among those whose work it was; the lines sum to what the ledger says.</summary>
internal static class WorkFigures
{
    /// <summary>One statement for each kind of work, whatever the number of charges and clinicians.</summary>
    /// <param name="purposes">What was earned by purpose: where nobody knows whose work it is, it is nobody's.</param>
    public static async Task<IReadOnlyList<DoctorFigure>> Of(SalusDb db, IEnumerable<IKnowsWork> works, IQueryable<LedgerEntry> entries, IReadOnlyList<PurposeSum> purposes, string currency, CancellationToken ct)
    {
        var known = works.ToList();
        var sums = purposes.Where(p => known.All(w => w.PurposeKind != p.Purpose)).Select(p => new WorkSum(null, p.Net, p.Tax)).ToList();
        foreach (var work in known)
            sums.AddRange(await work.Of(db, Earnings(db, entries, db.Charges.Where(c => c.PurposeKind == work.PurposeKind))).GroupBy(e => e.By).Select(g => new WorkSum(g.Key, g.Sum(e => e.Net), g.Sum(e => e.Tax))).ToListAsync(ct));
        var ids = sums.Select(s => s.By).OfType<Guid>().Distinct().ToList();
        var names = await db.Accounts.Where(a => ids.Contains(a.Id)).ToDictionaryAsync(a => a.Id, a => a.Name, ct);
        return [.. sums.GroupBy(s => s.By).OrderBy(g => g.Key is null).ThenByDescending(g => g.Sum(s => s.Net)).ThenBy(g => g.Key)
            .Select(g => new DoctorFigure(g.Key, g.Key is { } id ? names.GetValueOrDefault(id, "") : "", Money.Of(g.Sum(s => s.Net), currency), Money.Of(g.Sum(s => s.Tax), currency)))];
    }

    /// <summary>What is earned or taken back stands in one transaction with one entry on the charge's own account: by that its charge is known.</summary>
    private static IQueryable<Earning> Earnings(SalusDb db, IQueryable<LedgerEntry> entries, IQueryable<Charge> charges) =>
        from entry in entries.Where(e => e.Account == LedgerAccount.Revenue || e.Account == LedgerAccount.Tax)
        join owed in db.LedgerEntries.Where(e => e.Account == LedgerAccount.Receivable) on entry.TransactionId equals owed.TransactionId
        join charge in charges on owed.OwnerId equals (Guid?)charge.Id
        select new Earning { PurposeId = charge.PurposeId, GroupId = charge.GroupId, Net = entry.Account == LedgerAccount.Revenue ? -entry.Amount : 0, Tax = entry.Account == LedgerAccount.Tax ? -entry.Amount : 0 };
}

internal sealed record PurposeSum(string Purpose, long Net, long Tax);

internal sealed record WorkSum(Guid? By, long Net, long Tax);
