using System.Globalization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;
using Salus.Web;
using Salus.Web.Printing;

namespace Salus.Modules.Clinic.Billing.Claims;

/// <summary>What stands on a claim's paper.</summary>
public sealed record ClaimFacts(ClaimView View, PaymentSettings Issuer);

/// <summary>Reads a claim to print it.</summary>
public sealed class PrintClaim(Tools tools, OrganisationSlot organisation) : ReadModel<PrintClaim.Query, ClaimFacts>(tools)
{
    public const string Action = "claim.print";

    public sealed record Query { public Guid ClaimId { get; init; } }

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadBills);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, ClaimFacts result) => ("patient", [result.View.Visit.PatientId]);

    protected override async Task<ClaimFacts> Handle(SalusDb db, Query query, CancellationToken ct) =>
        new(await ReadClaim.Of(db, query.ClaimId, Actor, Clock.Now(), Clock.Today(organisation.Current.Zone), ct), await db.PaymentSettingsNow(ct));
}

/// <summary>The paper that goes to the insurer, put together from facts in the language of the moment.</summary>
public sealed class ClaimPaper(PageTools page, TimeProvider clock)
{
    public PrintedDocument Of(ClaimFacts facts)
    {
        var (claim, visit, issuer) = (facts.View.Claim, facts.View.Visit, facts.Issuer);
        var name = page.Organisation?.Name ?? "";
        var parts = new List<PrintPart>();
        if (claim.State == ClaimState.Draft) parts.Add(new PrintText(page["This is a draft and asks for nothing yet."], IsStrong: true));
        parts.Add(new PrintPairs([(page["Issued by"], issuer.LegalName.Length > 0 ? issuer.LegalName : name), (page["Address"], issuer.Address), (page["Tax number"], issuer.TaxNumber)]));
        parts.Add(new PrintHeading(claim.Insurer));
        parts.Add(new PrintPairs([(page["Claim number"], claim.Number), (page["Submitted on"], PageTools.Day(claim.SubmittedOn)), (page["Policy number"], claim.PolicyNumber)]));
        parts.Add(new PrintHeading(visit.PatientName));
        parts.Add(new PrintPairs([(page["Registration number"], visit.PatientNumber), (page["Date of birth"], PageTools.Day(visit.BirthDate)), (page["Visit on"], PageTools.Day(visit.Day)), (page["Doctor"], visit.Doctor)]));
        parts.Add(Lines(facts.View));
        parts.Add(new PrintPairs(Sums(facts.View)));
        foreach (var step in facts.View.Steps.Where(s => s.State != ClaimState.Submitted))
            parts.Add(new PrintPairs([(page[step.State switch { ClaimState.Paid => "Arrived on", ClaimState.Rejected => "Rejected", _ => "Answered on" }], string.Join(" · ", new[] { PageTools.Day(step.On), step.Reference, step.Reason }.Where(t => t.Length > 0)))]));
        if (issuer.Iban.Length > 0 && claim.State is ClaimState.Submitted or ClaimState.Approved)
        {
            parts.Add(new PrintHeading(page["To pay by bank transfer"]));
            parts.Add(new PrintPairs([(page["Account holder"], issuer.LegalName.Length > 0 ? issuer.LegalName : name), (page["IBAN"], issuer.Iban), (page["BIC"], issuer.Bic), (page["Bank"], issuer.BankName), (page["Reference"], claim.Number)]));
        }
        // The name of the file and of the document say nothing about the patient.
        var reference = claim.Number.Length > 0 ? claim.Number : "draft";
        return new(page["Insurance claim"], reference, name, claim.Number.Length > 0 ? claim.Number : page["Draft"], page["Printed on {0}", clock.Now().In(page.Organisation?.Zone ?? TimeZoneInfo.Utc).ToString("g", CultureInfo.CurrentCulture)], parts)
        {
            Code = claim.Number.Length > 0 ? new($"{page.Settings.BaseUrl}{page.At($"claims/{claim.Id}")}", claim.Number) : null,
        };
    }

    private PrintTable Lines(ClaimView view)
    {
        var isAnswered = view.Lines.Any(l => l.Approved is not null);
        List<PrintColumn> columns = [new(page["Code"], 1), new(page["Service"], 3), new(page["Total"], 1.3, IsNumber: true), new(page["Insurer's share"], 1.3, IsNumber: true)];
        if (isAnswered) columns.Add(new(page["Approved"], 1.3, IsNumber: true));
        return new(columns, [.. view.Lines.Select(l => (IReadOnlyList<string>)[l.Code, l.Title, Show(l.Total), Show(l.Amount), .. isAnswered ? [Show(l.Approved!)] : Array.Empty<string>()])]);
    }

    private List<(string, string)> Sums(ClaimView view)
    {
        var (claim, currency) = (view.Claim, view.Claim.Amount.Currency!);
        List<(string, string)> sums = [(page["Total of the services"], Money.Show(view.Lines.Sum(l => Minor(l.Total)), currency)), (page["Asked for"], Show(claim.Amount))];
        if (claim.State is ClaimState.Approved or ClaimState.Paid) sums.Add((page["Approved"], Show(claim.Approved)));
        if (claim.State == ClaimState.Paid) sums.Add((page["Paid"], Show(claim.Approved)));
        return sums;
    }

    private static long Minor(Money money) => money.Minor(money.Currency!, least: 0);
    private static string Show(Money money) => Money.Show(Minor(money), money.Currency!);
}
