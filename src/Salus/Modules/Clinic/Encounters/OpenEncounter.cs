using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Organisations.Contract;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>What opening a visit and changing its particulars have in common.</summary>
public abstract record EncounterForm
{
    [EnumDataType(typeof(EncounterType), ErrorMessage = "Choose one of the list.")]
    public EncounterType Type { get; init; }

    [StringLength(500, ErrorMessage = "This is too long.")]
    public string? Complaint { get; init; }

    /// <summary>The doctor who is to see the patient.</summary>
    public Guid? DoctorId { get; init; }
}

/// <summary>A visit after an act.</summary>
public sealed record EncounterOutcome(Guid Id, Guid PatientId, EncounterState State, Guid Version);

/// <summary>Opens a visit for a patient who has arrived.</summary>
public sealed class OpenEncounter(Tools tools, OrganisationSlot organisation, Bills bills) : UseCase<OpenEncounter.Command, EncounterOutcome>(tools)
{
    public const string Action = "encounter.open";

    public sealed record Command : EncounterForm
    {
        public Guid PatientId { get; init; }

        /// <summary>The patient's insurance that is asked to pay; empty: the patient pays.</summary>
        public Guid? PolicyId { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;

    protected override async Task Authorize(Command command, CancellationToken ct)
    {
        await Require(ClinicPermissions.OpenEncounters);
        if (command.PolicyId is not null) await Require(ClinicPermissions.Insure);
    }

    protected override async Task<EncounterOutcome> Handle(Command command, CancellationToken ct)
    {
        if (!await Db.PatientsVisibleTo(Actor, Now).AnyAsync(p => p.Id == command.PatientId && p.ArchivedAt == null, ct)) throw Refusal.NotFound();
        await Doctors.Check(Db, command.DoctorId, ct);
        var today = Clock.Today(organisation.Current.Zone);
        if (await Db.Encounters.AnyAsync(e => e.PatientId == command.PatientId && e.Type == command.Type && e.Day == today && e.State == EncounterState.Open, ct)) throw Taken();
        var encounter = Begin(command.PatientId, today, Now);
        (encounter.Type, encounter.Complaint, encounter.DoctorId) = (command.Type, Text.Clean(command.Complaint), command.DoctorId);
        Db.Add(encounter);
        Changed(EncounterList.Topic(Db.OrganisationId));
        await bills.Opened(bills.Booking(Db, Now, Actor.Id, Changed), encounter, ct);
        var asked = command.PolicyId is { } policy ? $" · {(await RequestCoverage.Ask(Db, encounter, policy, Actor.Id ?? throw Refusal.Forbidden(), Now, ct)).Percent} %" : "";
        Subject("encounter", encounter.Id, encounter.Type + asked, encounter.Id);
        return new(encounter.Id, encounter.PatientId, encounter.State, encounter.Version);
    }

    /// <summary>The visit that a ticket stands for: the patient's open one of today, else a new one.</summary>
    /// <param name="policyId">The insurance that is asked to pay when the visit is a new one; of an open one the desk has decided already.</param>
    public static async Task<Guid> ForTicket(Booking booking, Bills bills, Guid patientId, bool isEmergency, Guid? policyId, CancellationToken ct)
    {
        var (db, today, now) = (booking.Db, booking.Day, booking.At);
        var open = await db.Encounters.Where(e => e.PatientId == patientId && e.Day == today && e.State == EncounterState.Open).OrderBy(e => e.StartedAt).Select(e => (Guid?)e.Id).FirstOrDefaultAsync(ct);
        if (open is { } id) return id;
        var encounter = Begin(patientId, today, now);
        encounter.Type = isEmergency ? EncounterType.Emergency : EncounterType.Consultation;
        db.Add(encounter);
        await bills.Opened(booking, encounter, ct);
        if (policyId is { } policy) await RequestCoverage.Ask(db, encounter, policy, booking.By ?? throw Refusal.Forbidden(), now, ct);
        return encounter.Id;
    }

    private static Encounter Begin(Guid patientId, DateOnly today, DateTime now) =>
        new() { PatientId = patientId, Day = today, StartedAt = now, ChangedAt = now, Version = Guid.CreateVersion7() };

    protected override Refusal Taken() => Exists();

    internal static Refusal Exists() => new(409, "encounter.exists", "The patient has an open visit of this kind today.") { Unlock = "Use the open visit, or close it first." };
}

/// <summary>Changes why the patient came, the kind of visit, or the doctor who is to see the patient.</summary>
public sealed class ChangeEncounter(Tools tools, CareGuard guard) : EncounterUseCase<ChangeEncounter.Command, EncounterOutcome>(tools, guard)
{
    public const string Action = "encounter.change";

    public sealed record Command : EncounterForm
    {
        public Guid EncounterId { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.Particulars;

    protected override async Task<EncounterOutcome> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct, seen: command.Version);
        if (command.DoctorId != encounter.DoctorId)
        {
            await Doctors.Check(Db, command.DoctorId, ct);
            if (await Db.Consultations.AnyAsync(c => c.EncounterId == encounter.Id && c.DoctorId != null && c.DoctorId != command.DoctorId, ct))
                throw new Refusal(409, "consultation.other-doctor", "A colleague has this consultation.") { Unlock = "Take the patient over, with a reason." };
        }
        (encounter.Type, encounter.Complaint, encounter.DoctorId, encounter.Version) = (command.Type, Text.Clean(command.Complaint), command.DoctorId, Guid.CreateVersion7());
        await Db.SaveChangesAsync(ct);
        await AwaitedConsultation.Follow(Db, encounter.Id, ct);
        Changed(EncounterList.Topic(Db.OrganisationId));
        return new(encounter.Id, encounter.PatientId, encounter.State, encounter.Version);
    }

    protected override Refusal Taken() => OpenEncounter.Exists();
}

/// <summary>The doctors of the clinic, to choose from.</summary>
public static class Doctors
{
    public static async Task<IReadOnlyList<(Guid Id, string Name)>> Of(SalusDb db, CancellationToken ct)
    {
        var accounts = db.Set<Accounts.Contract.Account>();
        var rows = await Members(db).Select(m => new { m.AccountId, accounts.First(a => a.Id == m.AccountId).Name }).OrderBy(a => a.Name).ToListAsync(ct);
        return [.. rows.Select(r => (r.AccountId, r.Name))];
    }

    /// <exception cref="Refusal">422 on <c>doctorId</c> when it is no doctor of this clinic.</exception>
    public static async Task Check(SalusDb db, Guid? doctorId, CancellationToken ct)
    {
        if (doctorId is { } id && !await Members(db).AnyAsync(m => m.AccountId == id, ct)) throw Refusal.Field("doctorId", "Choose one of the list.");
    }

    private static IQueryable<Membership> Members(SalusDb db) => db.Memberships.Where(m => m.Status == MembershipStatus.Active && (" " + m.Roles + " ").Contains(" " + Role.Doctor + " "));
}
