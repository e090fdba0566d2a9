using Salus.Kernel.Audit;
using Salus.Modules.Clinic.Fhir.Types;

namespace Salus.Modules.Clinic.Fhir.Search;

/// <summary>A type of resource that can be read here.</summary>
/// <param name="Permission">Who may read it: the same right that opens the same rows in the API.</param>
/// <param name="IsOfRecord">Part of somebody's medical record: it is searched for by patient, visit or id and never across the clinic, as everywhere else in the program.</param>
internal sealed record ResourceType(string Name, string Permission, bool IsOfRecord, params ISource[] Sources)
{
    /// <summary>One of these must be in a search of the record.</summary>
    public static readonly string[] Whose = ["patient", "subject", "encounter", "context", "_id"];

    public IReadOnlySet<string> Known { get; } = Sources.SelectMany(s => s.Params).SelectMany(p => p.Names).ToHashSet();
}

internal static class ResourceTypes
{
    public static readonly IReadOnlyList<ResourceType> All =
    [
        new("Patient", ClinicPermissions.ReadPatients, false, new PatientSource()),
        new("Practitioner", ClinicPermissions.ReadEncounters, false, new PractitionerSource()),
        new("Organization", ClinicPermissions.ReadEncounters, false, new OrganizationSource()),
        new("Encounter", ClinicPermissions.ReadEncounters, false, new EncounterSource()),
        new("Condition", ClinicPermissions.ReadRecord, true, new ConditionSource()),
        new("AllergyIntolerance", ClinicPermissions.ReadRecord, true, new AllergySource()),
        new("Observation", ClinicPermissions.ReadRecord, true, new VitalsSource(), new ResultSource()),
        new("ServiceRequest", ClinicPermissions.ReadRecord, true, new OrderSource(), new ReferralSource()),
        new("DiagnosticReport", ClinicPermissions.ReadRecord, true, new ReportSource()),
        new("MedicationRequest", ClinicPermissions.ReadRecord, true, new MedicationRequestSource()),
        new("MedicationDispense", ClinicPermissions.ReadRecord, true, new MedicationDispenseSource()),
        new("DocumentReference", ClinicPermissions.ReadEncounters, true, new DocumentSource()),
        new("AuditEvent", AuditLog.ReadPermission, false, new AuditEventSource()),
    ];

    public static ResourceType Of(string name) => All.First(t => t.Name == name);

    /// <summary>What belongs to one patient, in the order of <c>$everything</c>. Who read it is the log's, and has its own right.</summary>
    public static readonly IReadOnlyList<ResourceType> Compartment = [.. All.Where(t => t.Name is "Patient" or "Encounter" || t.IsOfRecord)];
}
