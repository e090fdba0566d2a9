using Salus.Kernel;
using Salus.Kernel.Live;
using Salus.Modules.Clinic.Pharmacy.Dispensing;
using Salus.Modules.Clinic.Pharmacy.Drugs;
using Salus.Modules.Clinic.Pharmacy.Giving;
using Salus.Modules.Clinic.Pharmacy.Interactions;
using Salus.Modules.Clinic.Pharmacy.Prescribing;
using Salus.Modules.Clinic.Pharmacy.Stock;

namespace Salus.Modules.Clinic.Pharmacy;

/// <summary>What the clinic's module declares for the pharmacy.</summary>
internal static class PharmacyModule
{
    public static IEnumerable<AuditAction> AuditActions =>
    [
        new(DrugList.Action, "read the list of drugs"),
        new(SaveDrug.Action, "defined a drug"),
        new(ImportDrugs.Action, "loaded drugs from a file"),
        new(ExportDrugs.Action, "exported the list of drugs"),
        new(RuleList.Action, "read the rules of interaction"),
        new(SaveRule.Action, "defined a rule of interaction"),
        new(RemoveRule.Action, "removed a rule of interaction"),
        new(ImportRules.Action, "loaded rules of interaction from a file"),
        new(StockList.Action, "read the stock"),
        new(MovementList.Action, "read how the stock moved"),
        new(ReceiveStock.Action, "received stock"),
        new(AdjustStock.Action, "corrected the stock"),
        new(WriteOffStock.Action, "wrote stock off"),
        new(PrescribingDesk.Action, "opened the form for a prescription"),
        new(CheckPrescription.Action, "checked a prescription"),
        new(Prescribe.Action, "prescribed a medicine"),
        new(CancelPrescription.Action, "cancelled a prescription"),
        new(StopPrescription.Action, "stopped a prescribed medicine"),
        new(VisitPrescriptions.Action, "read the prescriptions of a visit"),
        new(PrescriptionHistory.Action, "read a patient's earlier prescriptions"),
        new(MedicationList.Action, "read a patient's medicines"),
        new(ReportMedicine.Action, "noted a medicine that a patient takes"),
        new(StopReported.Action, "noted that a patient stopped a medicine"),
        new(PharmacyWorkList.Action, "read what is to be dispensed"),
        new(DispensedList.Action, "read what was dispensed"),
        new(DispensePrescription.Action, "dispensed a prescription"),
        new(ReturnMedicine.Action, "took a medicine back"),
        new(GiveMedicine.Action, "wrote down a dose"),
        new(VisitAdministrations.Action, "read what was given in a visit"),
    ];

    public static IEnumerable<MenuItem> Menu =>
    [
        new("pharmacy", "Pharmacy", "pill", ClinicPermissions.ReadPharmacy, 36),
        new("pharmacy/drugs", "Drugs and stock", "packages", ClinicPermissions.ManageStock, 62),
    ];

    public static void AddServices(IServiceCollection services) => services.AddSingleton<ITopicGuard, PharmacyTopic>();

    public static void MapRoutes(IEndpointRouteBuilder routes)
    {
        PharmacyApi.Map(routes);
        PrescriptionApi.Map(routes);
        PharmacyPages.Map(routes);
        PrescriptionPages.Map(routes);
    }
}
