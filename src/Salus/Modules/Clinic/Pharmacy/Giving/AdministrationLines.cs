using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Pharmacy.Prescribing;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Pharmacy.Giving;

/// <summary>One dose that was given, or was not.</summary>
public sealed record AdministrationLine(Guid Id, Guid? PrescriptionId, string Drug, string Dose, MedicineRoute Route, GivingOutcome Outcome, string Reason, DateTime GivenAt, string GivenBy);

/// <summary>The doses of one visit, the newest first.</summary>
public static class AdministrationLines
{
    public static async Task<IReadOnlyList<AdministrationLine>> Of(SalusDb db, Guid encounterId, CancellationToken ct)
    {
        var accounts = db.Set<Accounts.Contract.Account>();
        return await db.Administrations.AsNoTracking().Where(a => a.EncounterId == encounterId).OrderByDescending(a => a.GivenAt).ThenByDescending(a => a.Id)
            .Select(a => new AdministrationLine(a.Id, a.PrescriptionId, a.Drug, a.Dose, a.Route, a.Outcome, a.Reason, a.GivenAt, accounts.Where(p => p.Id == a.GivenBy).Select(p => p.Name).FirstOrDefault() ?? "")).ToListAsync(ct);
    }
}

/// <param name="Prescriptions">What can be given.</param>
public sealed record AdministrationsView(Guid EncounterId, Guid PatientId, bool IsOpen, IReadOnlyList<AdministrationLine> Items, IReadOnlyList<PrescriptionLine> Prescriptions);

/// <summary>Reads what was given in a visit.</summary>
public sealed class VisitAdministrations(Tools tools, OrganisationSlot organisation) : ReadModel<VisitAdministrations.Query, AdministrationsView>(tools)
{
    public const string Action = "medication.administrations";

    public sealed record Query : IRefreshable
    {
        public Guid EncounterId { get; init; }

        /// <summary>True when an open page fetches it again: opening it stands in the log.</summary>
        public bool IsRefresh { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadRecord);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, AdministrationsView result) => ("patient", [result.PatientId]);

    protected override async Task<AdministrationsView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var visit = await VisitHead.Of(db, query.EncounterId, Actor, Clock.Now(), Clock.Today(organisation.Current.Zone), ct);
        return new(visit.Id, visit.PatientId, visit.State == EncounterState.Open, await AdministrationLines.Of(db, visit.Id, ct), await PrescriptionLines.Of(db, visit.Id, ct));
    }
}
