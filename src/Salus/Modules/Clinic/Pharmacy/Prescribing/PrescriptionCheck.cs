using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Pharmacy.Drugs;
using Salus.Modules.Clinic.Pharmacy.Interactions;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Pharmacy.Prescribing;

/// <summary>The answer of the check before a medicine is prescribed.</summary>
/// <param name="Name">The drug as it will be written.</param>
/// <param name="InStock">Units that can be dispensed; null: the drug is not in the clinic's list.</param>
public sealed record CheckResult(CheckOutcome Outcome, Guid? DrugId, string Name, int? InStock, string Unit, IReadOnlyList<Finding> Findings)
{
    public bool NeedsReason => Findings.Any(f => f.NeedsReason);
}

/// <summary>
/// The check of a medicine against what is known of the patient: allergies first, then what is taken already, then the clinic's own rules of
/// interaction. Nothing outside is asked, so nothing outside can fall silent; what could not be checked is a finding of its own.
/// </summary>
public static class PrescriptionCheck
{
    /// <summary>The drug of the list by its id, or by its exact name when that is what was typed; null: free words.</summary>
    /// <exception cref="Refusal">404 when no such drug is in use; 422 on <c>drug</c> when nothing is named.</exception>
    public static async Task<Drug?> Find(SalusDb db, Guid? drugId, string? name, CancellationToken ct)
    {
        if (drugId is { } id) return await db.Drugs.AsNoTracking().FirstOrDefaultAsync(d => d.Id == id && d.ArchivedAt == null, ct) ?? throw Refusal.NotFound();
        var folded = Text.Fold(name);
        if (!folded.Any(char.IsLetter)) throw Refusal.Field("drug", "Name the drug.");
        return await db.Drugs.AsNoTracking().FirstOrDefaultAsync(d => d.Folded == folded && d.ArchivedAt == null, ct);
    }

    /// <param name="repeatOf">The earlier prescription that is continued: it is no duplicate of itself.</param>
    public static async Task<List<Finding>> Of(SalusDb db, Guid patientId, Drug? drug, string name, Guid? repeatOf, TimeZoneInfo zone, DateOnly today, CancellationToken ct)
    {
        var terms = drug is null ? MedicineTerms.OfWords(name) : MedicineTerms.Of(drug);
        var findings = await Allergies(db, patientId, terms, ct);
        var current = (await Medications.Of(db, patientId, zone, today, ct)).Where(m => m.IsReported || m.Id != repeatOf).ToList();
        var others = await TermsOf(db, current, ct);
        foreach (var other in others)
            if (terms.Shared(other) is { } shared) findings.Add(new(FindingKind.Duplicate, other.Name, shared, null, null, true));
        findings.AddRange(await Interactions(db, terms, others, ct));
        if (drug is null) findings.Add(Finding.NotRun(Unchecked.FreeWords));
        else if (terms.IsNameOnly && drug.Atc == "") findings.Add(Finding.NotRun(Unchecked.NameOnly));
        foreach (var other in others.Where(o => o.DrugId is null)) findings.Add(Finding.NotRun(Unchecked.OtherInFreeWords, other.Name));
        return findings;
    }

    public static CheckOutcome Outcome(IReadOnlyCollection<Finding> findings) =>
        findings.Any(f => f.Kind == FindingKind.NotChecked) ? CheckOutcome.NotChecked : findings.Count > 0 ? CheckOutcome.Warned : CheckOutcome.Clear;

    private static async Task<List<Finding>> Allergies(SalusDb db, Guid patientId, MedicineTerms terms, CancellationToken ct)
    {
        var known = await db.Allergies.AsNoTracking().Where(a => a.PatientId == patientId && a.State == AllergyState.Active).OrderByDescending(a => a.Severity).ToListAsync(ct);
        if (known.Count == 0) return [Finding.NotRun(Unchecked.AllergiesNeverAsked)];
        return
        [
            .. known.Where(a => !a.IsNoneKnown && terms.Texts.Any(t => Terms.Meet(t, a.Substance)))
                .Select(a => new Finding(FindingKind.Allergy, a.Substance, a.Reaction, a.Severity switch { AllergySeverity.Mild => InteractionSeverity.Mild, AllergySeverity.Moderate => InteractionSeverity.Moderate, _ => InteractionSeverity.Severe }, null, true)),
        ];
    }

    /// <summary>What is taken already, with ingredients and class where the clinic's list knows them.</summary>
    private static async Task<List<MedicineTerms>> TermsOf(SalusDb db, List<MedicationItem> current, CancellationToken ct)
    {
        if (current.Count == 0) return [];
        var (ids, names) = (current.Select(m => m.DrugId).OfType<Guid>().Distinct().ToList(), current.Where(m => m.DrugId is null).Select(m => Text.Fold(m.Name)).Distinct().ToList());
        var drugs = await db.Drugs.AsNoTracking().Where(d => ids.Contains(d.Id) || names.Contains(d.Folded)).ToListAsync(ct);
        return [.. current.Select(m => drugs.FirstOrDefault(d => m.DrugId is null ? d.Folded == Text.Fold(m.Name) : d.Id == m.DrugId) is { } drug ? MedicineTerms.Of(drug) : MedicineTerms.OfWords(m.Name))];
    }

    private static async Task<IEnumerable<Finding>> Interactions(SalusDb db, MedicineTerms terms, List<MedicineTerms> others, CancellationToken ct)
    {
        if (!await db.InteractionRules.AnyAsync(ct)) return [Finding.NotRun(Unchecked.NoRules)];
        if (others.Count == 0) return [];
        var keys = terms.All.ToList();
        var rules = await db.InteractionRules.AsNoTracking().Where(r => keys.Contains(r.AKey) || keys.Contains(r.BKey)).ToListAsync(ct);
        return from other in others
               from rule in rules
               where rule.Joins(terms, other)
               group rule by other into joined
               let gravest = joined.MaxBy(r => r.Severity)!
               orderby gravest.Severity descending
               select new Finding(FindingKind.Interaction, joined.Key.Name, gravest.Text, gravest.Severity, null, gravest.Severity == InteractionSeverity.Severe);
    }
}

/// <summary>Runs the check and writes nothing.</summary>
public sealed class CheckPrescription(Tools tools, OrganisationSlot organisation) : ReadModel<CheckPrescription.Query, CheckResult>(tools)
{
    public const string Action = "prescription.check";

    public sealed record Query
    {
        public Guid EncounterId { get; init; }

        /// <summary>A drug of the clinic's list.</summary>
        public Guid? DrugId { get; init; }

        /// <summary>Or its name; one that the list does not have is taken as free words.</summary>
        public string? Drug { get; init; }

        /// <summary>The earlier prescription that is repeated.</summary>
        public Guid? RepeatOf { get; init; }
    }

    private Guid patientId;

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.Prescribe);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, CheckResult result) => ("patient", [patientId]);

    protected override async Task<CheckResult> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Drug?.Length > 160) throw Refusal.Field("drug", "This is too long.");
        var today = Clock.Today(organisation.Current.Zone);
        patientId = (await VisitHead.Of(db, query.EncounterId, Actor, Clock.Now(), today, ct)).PatientId;
        var earlier = await Prescribe.Earlier(db, query.RepeatOf, patientId, ct);
        var typed = string.IsNullOrWhiteSpace(query.Drug) ? null : query.Drug;
        var drug = await PrescriptionCheck.Find(db, query.DrugId ?? (typed is null ? earlier?.DrugId : null), typed ?? earlier?.Drug, ct);
        var name = drug?.Name ?? Text.Clean(typed ?? earlier?.Drug);
        var findings = await PrescriptionCheck.Of(db, patientId, drug, name, Prescribe.Continues(earlier, drug, name) ? earlier!.Id : null, organisation.Current.Zone, today, ct);
        int? stock = drug is null ? null : await Stock.Shelf.Usable(db, drug.Id, today, ct);
        return new(PrescriptionCheck.Outcome(findings), drug?.Id, name, stock, drug?.Unit ?? "", findings);
    }
}
