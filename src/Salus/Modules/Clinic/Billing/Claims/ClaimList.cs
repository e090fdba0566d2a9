using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing.Claims;

/// <summary>A claim in a list.</summary>
/// <param name="Amount">What is asked for; of a draft: what the insurer has taken over so far.</param>
/// <param name="Outstanding">What the insurer owes by it now.</param>
/// <param name="Age">Days since it was submitted, as long as it is not paid or rejected.</param>
public sealed record ClaimItem(Guid Id, string Number, ClaimState State, Guid EncounterId, Guid PatientId, string PatientNumber, string PatientName, string Insurer, string PolicyNumber, DateOnly VisitDay,
    Money Amount, Money Approved, Money Outstanding, DateOnly? SubmittedOn, int? Age, bool IsOverdue, Guid Version)
{
    /// <param name="days">After so many it is overdue.</param>
    public static ClaimItem Of(Claim c, string patientNumber, string patientName, DateOnly today, int days)
    {
        var age = c.Age(today);
        return new(c.Id, c.Number, c.State, c.EncounterId, c.PatientId, patientNumber, patientName, c.Insurer, c.PolicyNumber, c.VisitDay, Money.Of(c.Amount, c.Currency), Money.Of(c.Approved, c.Currency), Money.Of(c.Outstanding, c.Currency), c.SubmittedOn, age,
            age > days, c.Version);
    }
}

/// <summary>What the claims of one state come to.</summary>
/// <param name="Sum">What insurers owe by them; of those that are paid what was paid, of the rejected what was asked for.</param>
public sealed record ClaimSum(ClaimState State, int Count, Money Sum);

/// <param name="Overdue">Of what insurers owe, what was submitted longer ago than the organisation's settings allow.</param>
/// <param name="Insurers">By whom the list can be narrowed.</param>
public sealed record ClaimPage(IReadOnlyList<ClaimItem> Items, string? Next, IReadOnlyList<ClaimSum> Sums, Money Overdue, IReadOnlyList<string> Insurers);

/// <summary>Which claims are looked for.</summary>
public record ClaimQuery
{
    public ClaimState? State { get; init; }
    public string? Insurer { get; init; }

    /// <summary>A claim's number as a whole, a policy's number, or fragments of the patient's name, phone or number.</summary>
    public string Q { get; init; } = "";

    /// <summary>Those whose patients' records are open to the reader.</summary>
    internal IQueryable<Claim> Of(SalusDb db, Actor actor, DateTime now)
    {
        if (Q.Length > 100) throw Refusal.Field("q", "This is too long.");
        var visible = db.PatientsVisibleTo(actor, now);
        var found = db.Claims.AsNoTracking().Where(c => visible.Any(p => p.Id == c.PatientId));
        if (Claim.KeyOf(Insurer) is { Length: > 0 } insurer) found = found.Where(c => c.InsurerKey == insurer);
        var (text, words) = (Text.Clean(Q), PatientSearch.Words(Q));
        if (words.Count == 0) return found;
        var number = text.ToUpperInvariant();
        if (number.StartsWith("CLM-", StringComparison.Ordinal)) return found.Where(c => c.Number == number);
        var known = visible;
        foreach (var word in words) known = known.Where(p => p.SearchText.Contains(word));
        return found.Where(c => c.PolicyNumber == text || known.Any(p => p.Id == c.PatientId));
    }
}

/// <summary>Claims by state, insurer and words, newest first, read by key, with what those of each state come to.</summary>
public sealed class ClaimList(Tools tools, OrganisationSlot organisation) : ReadModel<ClaimList.Query, ClaimPage>(tools)
{
    public const string Action = "claim.list";
    private const int MostInsurers = 200;

    public sealed record Query : ClaimQuery, IRefreshable
    {
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;

        /// <summary>True when an open page fetches its list again: opening it was logged already.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadBills);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, ClaimPage result) => result.Items.Count == 0 ? null : ("patient", [.. result.Items.Select(c => c.PatientId).Distinct()]);

    protected override async Task<ClaimPage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var (today, settings, patients) = (Clock.Today(organisation.Current.Zone), await db.PaymentSettingsNow(ct), db.Patients);
        var (currency, late) = (settings.Currency, today.AddDays(-settings.ClaimDays));
        var all = query.Of(db, Actor, Clock.Now());
        var sums = await all.GroupBy(c => new { c.State, IsLate = c.SubmittedOn != null && c.SubmittedOn < late })
            .Select(g => new { g.Key.State, g.Key.IsLate, Count = g.Count(), Amount = g.Sum(c => c.Amount), Approved = g.Sum(c => c.Approved) }).ToListAsync(ct);
        var found = query.State is { } state ? all.Where(c => c.State == state) : all;
        if (query.After is { } after) found = found.Where(c => c.Id < after);
        var rows = await found.OrderByDescending(c => c.Id).Take(query.Limit + 1).Select(c => new { Claim = c, Patient = patients.First(p => p.Id == c.PatientId) }).ToListAsync(ct);
        var insurers = await new ClaimQuery().Of(db, Actor, Clock.Now()).GroupBy(c => c.InsurerKey).Select(g => g.Min(c => c.Insurer)!).OrderBy(n => n).Take(MostInsurers).ToListAsync(ct);
        var items = rows.Take(query.Limit).Select(r => ClaimItem.Of(r.Claim, r.Patient.Number, r.Patient.Name, today, settings.ClaimDays)).ToList();
        long Of(ClaimState one, long amount, long approved) => one is ClaimState.Approved or ClaimState.Paid ? approved : amount;
        return new(items, rows.Count > query.Limit ? items[^1].Id.ToString() : null,
            [.. Enum.GetValues<ClaimState>().Select(s => new ClaimSum(s, sums.Where(x => x.State == s).Sum(x => x.Count), Money.Of(sums.Where(x => x.State == s).Sum(x => Of(s, x.Amount, x.Approved)), currency)))],
            Money.Of(sums.Where(x => x.IsLate && x.State is ClaimState.Submitted or ClaimState.Approved).Sum(x => Of(x.State, x.Amount, x.Approved)), currency), insurers);
    }
}

/// <summary>The same claims as a table.</summary>
public sealed class ExportClaims(Tools tools, OrganisationSlot organisation, RateLimits limits, Settings settings) : ReadModel<ClaimQuery, byte[]>(tools)
{
    public const string Action = "claim.export";
    private const int Most = 20_000;
    private Guid[] shown = [];

    protected override string Name => Action;

    protected override async Task Authorize(ClaimQuery query, CancellationToken ct)
    {
        await Require(ClinicPermissions.Insure);
        if (Actor.Id is { } account) await limits.Take(settings.ExportLimit, $"account:{account:N}");
    }

    protected override (string, IReadOnlyCollection<Guid>)? Shown(ClaimQuery query, byte[] result) => shown.Length == 0 ? null : ("patient", shown);

    protected override async Task<byte[]> Handle(SalusDb db, ClaimQuery query, CancellationToken ct)
    {
        var (today, patients) = (Clock.Today(organisation.Current.Zone), db.Patients);
        var found = query.Of(db, Actor, Clock.Now());
        if (query.State is { } state) found = found.Where(c => c.State == state);
        var rows = await found.OrderByDescending(c => c.Id).Take(Most).Select(c => new { Claim = c, patients.First(p => p.Id == c.PatientId).Number, patients.First(p => p.Id == c.PatientId).Name }).ToListAsync(ct);
        shown = [.. rows.Select(r => r.Claim.PatientId).Distinct()];
        return await Csv.Write(["number", "state", "insurer", "policy", "patient number", "patient", "visit", "amount", "approved", "outstanding", "currency", "submitted", "answered", "answer reference", "reason", "paid", "payment reference", "days"],
            rows.Select(r => Cells(r.Claim, r.Number, r.Name, today)), withMark: true);
    }

    private static string[] Cells(Claim c, string patientNumber, string patientName, DateOnly today) =>
    [
        c.Number, c.State.ToString().ToLowerInvariant(), c.Insurer, c.PolicyNumber, patientNumber, patientName, Day(c.VisitDay), Money.Write(c.Amount, c.Currency), Money.Write(c.Approved, c.Currency), Money.Write(c.Outstanding, c.Currency), c.Currency,
        Day(c.SubmittedOn), Day(c.AnsweredOn), c.AnswerReference, c.Reason, Day(c.PaidOn), c.PaymentReference, c.Age(today)?.ToString(CultureInfo.InvariantCulture) ?? "",
    ];

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
}
