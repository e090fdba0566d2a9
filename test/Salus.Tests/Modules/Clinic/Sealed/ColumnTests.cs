using Salus.Kernel.Data;

namespace Salus.Tests.Sealed;

/// <summary>Each text column of the clinic's tables is sealed, or says here why it is not.</summary>
public sealed class ColumnTests(SalusServer server)
{
    [Fact]
    public async Task every_text_column_of_the_clinic_is_sealed_or_has_a_reason_not_to_be()
    {
        await using var db = server.Salus.Database.Open();
        var columns = db.Model.GetEntityTypes().Where(e => e.ClrType.Namespace!.StartsWith("Salus.Modules.Clinic", StringComparison.Ordinal))
            .SelectMany(e => e.GetProperties().Where(p => p.ClrType == typeof(string)).Select(p => (Name: $"{e.ClrType.Name}.{p.Name}", IsSealed: p.IsSealed()))).ToList();
        Assert.True(columns.Count > 100, $"{columns.Count} columns");
        Assert.DoesNotContain(columns, c => c.IsSealed && Plain.ContainsKey(c.Name));
        var undecided = columns.Where(c => !c.IsSealed && !Plain.ContainsKey(c.Name)).Select(c => c.Name).Order(StringComparer.Ordinal).ToList();
        Assert.True(undecided.Count == 0, "Seal it (.Sealed() in its table), or say in Plain why not:\n" + string.Join('\n', undecided));
        Assert.Empty(Plain.Keys.Except(columns.Select(c => c.Name)));
    }

    private static readonly (string Why, string Columns)[] Reasons =
    [
        ("codes are searched, compared with the clinic's lists, or unique",
            "Admission.DiagnosisCode CatalogueEntry.Code CatalogueEntry.Loinc ClaimLine.Code Condition.Code DiagnosisCode.Code DiagnosisCode.System Drug.Atc Drug.Code Order.Code Service.Code"),
        ("the clinic's own lists: searched and sorted, and about no patient",
            "CatalogueEntry.Category CatalogueEntry.Name CatalogueEntry.RangeText CatalogueEntry.SearchName CatalogueEntry.Specimen CatalogueEntry.Unit ClinicalTemplate.Assessment ClinicalTemplate.Examination ClinicalTemplate.History ClinicalTemplate.Name ClinicalTemplate.Plan DiagnosisCode.SearchText DiagnosisCode.Text Drug.Class Drug.Folded Drug.Form Drug.Ingredients Drug.Name Drug.SearchText Drug.Strength Drug.Unit InteractionRule.A InteractionRule.AKey InteractionRule.B InteractionRule.BKey InteractionRule.Text Service.Automatic Service.Name Service.SearchName"),
        ("rooms, beds, queues, stock and notices: about no patient",
            "Batch.Folded Batch.Location Batch.Number Bed.Label Bed.Reason BedMove.Reason Closure.Reason Notice.Text ServicePoint.Name ServiceQueue.Name ServiceQueue.Prefix StockMovement.Reason Ward.Name"),
        ("who somebody is and how to reach them: found by the search box, compared for duplicates, merged",
            "MergedField.After MergedField.Before Patient.Address Patient.Email Patient.EmergencyName Patient.EmergencyPhone Patient.EmergencyRelation Patient.FormerNumbers Patient.Name Patient.NationalId Patient.NationalKey Patient.Number Patient.Phone Patient.SearchName Patient.SearchText"),
        ("what the check of prescriptions compares with drugs, and one of a kind for each patient",
            "Allergy.Folded Allergy.Substance"),
        ("the name of a medicine: compared, and searched over FHIR",
            "MedicationAdministration.Drug Prescription.Drug"),
        ("copied from the clinic's list with the order or result; the question and the findings are sealed",
            "Order.Name Result.Range Result.Unit Sample.Specimen"),
        ("insurers and their numbers: searched and grouped",
            "Claim.AnswerReference Claim.Currency Claim.Insurer Claim.InsurerKey Claim.Number Claim.PaymentReference Claim.PolicyNumber Claim.SubmissionReference InsurancePolicy.Insurer InsurancePolicy.Number VisitCoverage.Insurer VisitCoverage.Number VisitCoverage.Reference"),
        ("the title of a priced service, as on the bill",
            "ClaimLine.Title"),
        ("words of the program's own",
            "MergedField.Field MergedRow.Table Note.AboutKind PatientImport.FileHash Ticket.Code"),
    ];

    private static readonly Dictionary<string, string> Plain = Reasons.SelectMany(r => r.Columns.Split(' ').Select(c => (c, r.Why))).ToDictionary(p => p.c, p => p.Why);
}
