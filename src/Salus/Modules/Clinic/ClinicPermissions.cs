namespace Salus.Modules.Clinic;

/// <summary>What can be allowed in a clinic.</summary>
public static class ClinicPermissions
{
    public const string ReadPatients = "patients.read";
    public const string WritePatients = "patients.write";
    public const string ArchivePatients = "patients.archive";
    public const string RestrictPatients = "patients.restrict";
    public const string MergePatients = "patients.merge";
    public const string ImportPatients = "patients.import";
    public const string ExportPatients = "patients.export";
    public const string ReadRestricted = "patients.read-restricted";
    public const string BreakGlass = "clinic.break-glass";
    public const string ReviewEmergencies = "clinic.review-emergencies";
    public const string ReadBoard = "queue.read-board";
    public const string ReadQueue = "queue.read";
    public const string IssueTokens = "queue.issue";
    public const string ServeQueue = "queue.serve";
    public const string SetUrgency = "queue.set-urgency";
    public const string ManageQueues = "queue.manage";
    public const string PostNotices = "queue.post-notice";
    public const string ReadFigures = "queue.read-figures";
    public const string ReadEncounters = "encounters.read";
    public const string OpenEncounters = "encounters.open";
    public const string CloseEncounters = "encounters.close";
    public const string ReadRecord = "record.read";
    public const string WriteConsultations = "record.write-consultation";
    public const string WriteVitals = "record.write-vitals";
    public const string WriteNursing = "record.write-nursing";
    public const string WriteAllergies = "record.write-allergies";
    public const string WriteAddenda = "record.write-addenda";
    public const string WriteSummaries = "record.write-summary";
    public const string AnswerAlerts = "record.answer-alerts";
    public const string AddDocuments = "record.add-documents";
    public const string ReadDocuments = "record.read-documents";
    public const string Refer = "record.refer";
    public const string PlaceOrders = "orders.place";
    public const string CollectSamples = "orders.collect";
    public const string DoProcedures = "orders.do-procedures";
    public const string WriteLabResults = "orders.write-lab-results";
    public const string WriteImagingReports = "orders.write-imaging-reports";
    public const string ReadLabList = "orders.read-lab-list";
    public const string ReadImagingList = "orders.read-imaging-list";
    public const string ReadLists = "orders.read-lists";
    public const string ManageCatalogue = "orders.manage-catalogue";
    public const string Prescribe = "pharmacy.prescribe";
    public const string Dispense = "pharmacy.dispense";
    public const string ReadPharmacy = "pharmacy.read";
    public const string ReadStock = "pharmacy.read-stock";
    public const string ManageStock = "pharmacy.stock";
    public const string WriteMedications = "record.write-medications";
    public const string ManageTemplates = "record.templates";
    public const string ManageCodes = "record.manage-codes";
}
