using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Fhir.Search;

/// <summary>What every source of resources needs: the database, who asks, when, and from which address.</summary>
/// <param name="Base">The address of this organisation's FHIR door, without a slash at its end.</param>
/// <param name="Files">The address of its files.</param>
/// <param name="SeesHidden">Only to tell what is hidden from what does not exist.</param>
/// <param name="Former">Who was merged into a patient, for a search in the log.</param>
internal sealed record Scope(SalusDb Db, Actor Actor, DateTime Now, Organisation Organisation, string Base, string Files, bool SeesHidden = false, IReadOnlyDictionary<Guid, IReadOnlyList<Guid>>? Former = null)
{
    public TimeZoneInfo Zone { get; } = Organisation.Zone;

    public IQueryable<Patient> Patients => SeesHidden ? Db.Patients : Db.PatientsVisibleTo(Actor, Now);
}
