using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
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
        patient.Number = string.IsNullOrWhiteSpace(command.Number) ? await NextNumber(clinic, today, ct) : await OwnNumber(clinic, command.Number.Trim(), ct);
        patient.Index();
        Db.Add(patient);
        // The version is set by saving; the answer needs it, and a second saving in the same transaction costs nothing.
        await Db.SaveChangesAsync(ct);
        Subject("patient", patient.Id);
        return new Registered(patient.Id, patient.Number, patient.Version);
    }

    private async Task<string> OwnNumber(Organisation clinic, string number, CancellationToken ct)
    {
        if (!NumberScheme.Parse(clinic.NumberPattern)!.Fits(number)) throw Refusal.Field("number", "The number does not have the form of this clinic's numbers.");
        if (await Db.Patients.AnyAsync(p => p.Number == number, ct)) throw NumberTaken();
        return number;
    }

    /// <summary>The counter's row is locked until the commit: 200 who register at once get 200 numbers. Numbers brought along on paper are passed over.</summary>
    private async Task<string> NextNumber(Organisation clinic, DateOnly today, CancellationToken ct)
    {
        var scheme = NumberScheme.Parse(clinic.NumberPattern)!;
        while (true)
        {
            var running = await Database.Next(Db, $"patient:{clinic.NumberPattern}:{scheme.Period(today)}", scheme.First(clinic.NumberStart), ct);
            var number = scheme.Write(running, today)
                ?? throw new Refusal(409, "patient.numbers-used-up", "The numbering scheme has no numbers left.") { Unlock = "Choose a longer scheme in the settings." };
            if (!await Db.Patients.AnyAsync(p => p.Number == number, ct)) return number;
        }
    }

    protected override Refusal Taken() => NumberTaken();

    private static Refusal NumberTaken() => new(409, "patient.number-taken", "Another patient has this number.") { Unlock = "Leave the number empty to get the next free one." };
}
