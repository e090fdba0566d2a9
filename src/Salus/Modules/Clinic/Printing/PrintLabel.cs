using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Printing;

/// <summary>What stands on a patient's label.</summary>
public sealed record LabelFacts(Guid PatientId, string Number, string Name, DateOnly? BirthDate, bool BirthDateIsEstimated, Gender Gender);

/// <summary>Reads a patient for a label on tubes and files.</summary>
public sealed class PrintLabel(Tools tools) : ReadModel<PrintLabel.Query, LabelFacts>(tools)
{
    public const string Action = "patient.print-label";

    public sealed record Query { public Guid PatientId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadPatients);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, LabelFacts result) => ("patient", [result.PatientId]);

    protected override async Task<LabelFacts> Handle(SalusDb db, Query query, CancellationToken ct) =>
        await db.PatientsVisibleTo(Actor, Clock.Now()).Where(p => p.Id == query.PatientId).Select(p => new LabelFacts(p.Id, p.Number, p.Name, p.BirthDate, p.BirthDateIsEstimated, p.Gender)).FirstOrDefaultAsync(ct)
            ?? throw (await db.Patients.AnyAsync(p => p.Id == query.PatientId, ct) ? Restricted.Hidden(Actor) : Refusal.NotFound());
}
