namespace Salus.Modules.Clinic;

/// <summary>What can be allowed in a clinic.</summary>
public static class ClinicPermissions
{
    public const string ReadPatients = "patients.read";
    public const string WritePatients = "patients.write";
    public const string ArchivePatients = "patients.archive";
    public const string RestrictPatients = "patients.restrict";
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
}
