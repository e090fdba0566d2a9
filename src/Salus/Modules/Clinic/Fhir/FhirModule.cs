using Salus.Kernel;

namespace Salus.Modules.Clinic.Fhir;

/// <summary>What the clinic's module declares for the exchange with other programs.</summary>
internal static class FhirModule
{
    public static IEnumerable<AuditAction> AuditActions =>
    [
        new(ReadResource.Action, "read a part of a record over FHIR"),
        new(SearchResources.Action, "found parts of records over FHIR"),
        new(ReadEverything.Action, "read a patient's whole record over FHIR"),
    ];
}
