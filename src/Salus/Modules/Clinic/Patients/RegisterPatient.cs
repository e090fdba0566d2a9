using System.ComponentModel.DataAnnotations;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Patients;

/// <summary>Registers a patient. The registration number is given by the clinic's scheme unless an older one is brought along.</summary>
public sealed class RegisterPatient(Tools tools, OrganisationSlot organisation) : UseCase<RegisterPatient.Command, RegisterPatient.Registered>(tools)
{
    public const string Action = "patient.register";

    public sealed record Command : PatientForm
    {
        /// <summary>A number the patient already has on paper; empty: the next one is given.</summary>
        [StringLength(15, ErrorMessage = "This is too long.")]
        public string? Number { get; init; }
    }

    public sealed record Registered(Guid Id, string Number, Guid Version);

    protected override string Name => Action;
    protected override bool IsRepeatable => true;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.WritePatients);

    protected override async Task<Registered> Handle(Command command, CancellationToken ct)
    {
        var clinic = organisation.Current;
        var today = Clock.Today(clinic.Zone);
        var patient = new Patient { CreatedAt = Now, UpdatedAt = Now };
        command.WriteTo(patient, today, clinic.CallingCode);
        await PatientForm.CheckNationalId(Db, patient, ct);
        patient.Number = string.IsNullOrWhiteSpace(command.Number) ? await PatientNumbers.Next(Db, clinic, today, ct) : await PatientNumbers.Own(Db, clinic, command.Number.Trim(), ct);
        patient.Index();
        Db.Add(patient);
        // The version is set by saving; the answer needs it, and a second saving in the same transaction costs nothing.
        await Db.SaveChangesAsync(ct);
        Subject("patient", patient.Id);
        return new Registered(patient.Id, patient.Number, patient.Version);
    }

    protected override Refusal Taken() => PatientNumbers.Taken();
}
