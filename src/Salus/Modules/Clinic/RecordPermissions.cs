using Salus.Kernel;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic;

/// <summary>What can be allowed in the medical record, and the standard roles that hold it from the start (DOMAIN D.1 and D.3).</summary>
internal static class RecordPermissions
{
    private static readonly string[] Care = [Role.Doctor, Role.Nurse];

    public static IEnumerable<Permission> All =>
    [
        new(ClinicPermissions.ReadEncounters, "See visits: who, when, why and with whom", Role.Receptionist, Role.Doctor, Role.Nurse, Role.Lab, Role.Radiology, Role.Pharmacist, Role.Ivf),
        new(ClinicPermissions.OpenEncounters, "Open a visit", Role.Admin, Role.Receptionist, Role.Doctor),
        new(ClinicPermissions.CloseEncounters, "Close a visit", Role.Doctor) { IsForPeople = true },
        new(ClinicPermissions.ReadRecord, "Read the medical record", [.. Care, Role.Ivf]),
        new(ClinicPermissions.WriteConsultations, "Write consultations, diagnoses and problems", Role.Doctor) { IsForPeople = true },
        new(ClinicPermissions.WriteVitals, "Enter vital signs", Care),
        new(ClinicPermissions.WriteNursing, "Write nursing notes and what was administered", Role.Nurse) { IsForPeople = true },
        new(ClinicPermissions.WriteAllergies, "Note allergies", Care) { IsForPeople = true },
        new(ClinicPermissions.WriteMedications, "Note medicines that patients say to take", Care) { IsForPeople = true },
        new(ClinicPermissions.WriteAddenda, "Add to what was written before", [.. Care, Role.Lab, Role.Radiology, Role.Pharmacist]) { IsForPeople = true },
        new(ClinicPermissions.WriteSummaries, "Write the summary of a closed visit", Role.Doctor) { IsForPeople = true },
        new(ClinicPermissions.AnswerAlerts, "Acknowledge and resolve clinical alerts", Role.Doctor) { IsForPeople = true },
        new(ClinicPermissions.AddDocuments, "Add documents to a visit", [.. Care, Role.Receptionist, Role.Lab, Role.Radiology]),
        new(ClinicPermissions.ReadDocuments, "Read documents of a patient", [.. Care, Role.Lab, Role.Radiology, Role.Ivf]),
        new(ClinicPermissions.Refer, "Refer a patient", Role.Doctor) { IsForPeople = true },
        new(ClinicPermissions.PlaceOrders, "Order laboratory tests, imaging and procedures", Role.Doctor) { IsForPeople = true },
        new(ClinicPermissions.CollectSamples, "Take samples", Role.Nurse, Role.Lab),
        new(ClinicPermissions.DoProcedures, "Carry out ordered procedures", Role.Nurse),
        new(ClinicPermissions.WriteLabResults, "Enter laboratory results", Role.Lab),
        new(ClinicPermissions.WriteImagingReports, "Report imaging studies", Role.Radiology) { IsForPeople = true },
        new(ClinicPermissions.ReadLabList, "See the laboratory's work list", Role.Lab, Role.Doctor, Role.Nurse),
        new(ClinicPermissions.ReadImagingList, "See the imaging work list", Role.Radiology, Role.Doctor),
        new(ClinicPermissions.ReadLists, "See the lists of tests and of diagnosis codes", Role.Admin, Role.Doctor, Role.Nurse, Role.Lab, Role.Radiology, Role.Pharmacist, Role.Ivf),
        new(ClinicPermissions.ManageCatalogue, "Define tests, studies and procedures", Role.Admin),
        new(ClinicPermissions.Prescribe, "Prescribe", Role.Doctor) { IsForPeople = true },
        new(ClinicPermissions.Dispense, "Dispense medicines", Role.Pharmacist) { IsForPeople = true },
        new(ClinicPermissions.ReadPharmacy, "See prescriptions to dispense", Role.Pharmacist, Role.Doctor),
        new(ClinicPermissions.ReadStock, "See the list of drugs, the stock and the rules of interaction", Role.Pharmacist, Role.Doctor, Role.Admin),
        new(ClinicPermissions.ManageStock, "Keep drugs, stock and the rules of interaction", Role.Pharmacist, Role.Admin),
        new(ClinicPermissions.ManageTemplates, "Define templates of notes", Role.Admin, Role.Doctor),
        new(ClinicPermissions.ManageCodes, "Load lists of diagnosis codes", Role.Admin),
        new(ClinicPermissions.ReadWards, "See the wards: which bed is free and who lies in which", Role.Admin, Role.Receptionist, Role.Doctor, Role.Nurse),
        new(ClinicPermissions.AdmitPatients, "Admit patients and move them to other beds", Role.Doctor, Role.Admin) { IsForPeople = true },
        new(ClinicPermissions.DischargePatients, "Discharge patients", Role.Doctor) { IsForPeople = true },
        new(ClinicPermissions.CleanBeds, "Note that beds are cleaned or out of use", Role.Nurse, Role.Admin),
        new(ClinicPermissions.ManageWards, "Define wards and beds", Role.Admin),
    ];
}
