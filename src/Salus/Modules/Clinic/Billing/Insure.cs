using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Billing.Claims;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>Writes down a patient's insurance.</summary>
public sealed class AddPolicy(Tools tools) : UseCase<AddPolicy.Command, Guid>(tools)
{
    public const string Action = "insurance.add-policy";

    public sealed record Command
    {
        public Guid PatientId { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(120, ErrorMessage = "This is too long.")]
        public string Insurer { get; init; } = "";

        [Required(ErrorMessage = "Please fill this in."), StringLength(40, ErrorMessage = "This is too long.")]
        public string Number { get; init; } = "";

        /// <summary>How much it pays of a bill; 100: all of it.</summary>
        [Range(1, 100, ErrorMessage = "Between 1 and 100.")]
        public int Percent { get; init; } = 100;
        public DateOnly From { get; init; }
        public DateOnly? To { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.Insure);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        if (!await Db.PatientsVisibleTo(Actor, Now).AnyAsync(p => p.Id == command.PatientId && p.ArchivedAt == null, ct)) throw Refusal.NotFound();
        var (insurer, number) = (Text.Clean(command.Insurer), Text.Clean(command.Number));
        if (insurer.Length == 0) throw Refusal.Field("insurer", "Please fill this in.");
        if (number.Length == 0) throw Refusal.Field("number", "Please fill this in.");
        if (command.From == default) throw Refusal.Field("from", "Please fill this in.");
        if (command.To < command.From) throw Refusal.Field("to", "It ends after it begins.");
        var policy = new InsurancePolicy { PatientId = command.PatientId, Insurer = insurer, Number = number, Percent = command.Percent, From = command.From, To = command.To, RecordedBy = Actor.Id ?? throw Refusal.Forbidden(), RecordedAt = Now };
        Db.Add(policy);
        Subject("patient", command.PatientId, $"{command.Percent} %");
        return policy.Id;
    }
}

/// <summary>Ends a patient's insurance; what it has taken over stays.</summary>
public sealed class EndPolicy(Tools tools) : UseCase<EndPolicy.Command, Guid>(tools)
{
    public const string Action = "insurance.end-policy";

    public sealed record Command
    {
        public Guid PatientId { get; init; }
        public Guid PolicyId { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.Insure);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var visible = Db.PatientsVisibleTo(Actor, Now);
        var policy = await Db.InsurancePolicies.FirstOrDefaultAsync(p => p.Id == command.PolicyId && p.PatientId == command.PatientId && visible.Any(v => v.Id == p.PatientId), ct) ?? throw Refusal.NotFound();
        if (policy.EndedAt is not null) throw new Refusal(409, "insurance.ended", "This insurance has ended already.");
        policy.EndedAt = Now;
        Subject("patient", policy.PatientId, "");
        return policy.Id;
    }
}

/// <summary>Asks an insurer to take over a visit.</summary>
public sealed class RequestCoverage(Tools tools, CareGuard guard) : EncounterUseCase<RequestCoverage.Command, Guid>(tools, guard)
{
    public const string Action = "insurance.request";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }
        public Guid PolicyId { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => CareAct.Insurance;

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var visit = await Hold(command.EncounterId, command, ct);
        var coverage = await Ask(Db, visit, command.PolicyId, Author, Now, ct);
        Subject("encounter", visit.Id, $"{coverage.Percent} %", visit.Id);
        return coverage.Id;
    }

    /// <summary>Asks by one of the patient's insurances; the visit is held, or new.</summary>
    /// <exception cref="Refusal">404 when the patient has no such insurance; 409 <c>insurance.not-valid</c>, <c>insurance.requested</c>.</exception>
    internal static async Task<VisitCoverage> Ask(SalusDb db, Encounter visit, Guid policyId, Guid by, DateTime now, CancellationToken ct)
    {
        var policy = await db.InsurancePolicies.AsNoTracking().FirstOrDefaultAsync(p => p.Id == policyId && p.PatientId == visit.PatientId, ct) ?? throw Refusal.NotFound();
        if (policy.EndedAt is not null || policy.From > visit.Day || policy.To < visit.Day) throw new Refusal(409, "insurance.not-valid", "This insurance is not valid on the day of the visit.") { Unlock = "Choose another, or write down the one that is." };
        if (await db.Coverages.AnyAsync(c => c.EncounterId == visit.Id && c.State != CoverageState.Rejected, ct)) throw Requested();
        var coverage = new VisitCoverage
        {
            EncounterId = visit.Id, PatientId = visit.PatientId, PolicyId = policy.Id, Insurer = policy.Insurer, Number = policy.Number, Percent = policy.Percent, RequestedBy = by, RequestedAt = now, Version = Guid.CreateVersion7(),
        };
        db.Add(coverage);
        return coverage;
    }

    protected override Refusal Taken() => Requested();

    private static Refusal Requested() => new(409, "insurance.requested", "An insurer was asked for this visit already.") { Unlock = "Write down its answer first." };
}

/// <summary>Writes down what the insurer said. Approved, it takes over its share of what stands on the bill now and later, and a claim is drafted; rejected, the patient pays.</summary>
public sealed class DecideCoverage(Tools tools, CareGuard guard, Bills bills) : EncounterUseCase<DecideCoverage.Command, VisitCoverage>(tools, guard)
{
    public const string Action = "insurance.decide";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }
        public bool Approves { get; init; }

        /// <summary>How much it takes over at most; needed when it approves.</summary>
        public Money? Amount { get; init; }

        [StringLength(60, ErrorMessage = "This is too long.")]
        public string? Reference { get; init; }

        /// <summary>Needed when it rejects.</summary>
        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => CareAct.Insurance;

    protected override async Task<VisitCoverage> Handle(Command command, CancellationToken ct)
    {
        var visit = await Hold(command.EncounterId, command, ct);
        var coverage = await Db.Coverages.FirstOrDefaultAsync(c => c.EncounterId == visit.Id && c.State == CoverageState.Pending, ct)
            ?? throw new Refusal(409, "insurance.not-pending", "No insurer's answer is waited for.") { Unlock = "Ask an insurer first." };
        if (command.Version is { } seen && seen != coverage.Version) throw Refusal.Stale();
        var (reference, reason) = (Text.Clean(command.Reference), Text.Clean(command.Reason));
        if (command.Approves)
        {
            var currency = (await Db.PaymentSettingsNow(ct)).Currency;
            coverage.Approved = (command.Amount ?? new("")).Minor(currency);
            Db.Add(Claim.Of(coverage, visit, currency, Now, Author));
            Changed(Claim.Topic(Db.OrganisationId));
            if (reference.Length == 0) throw Refusal.Field("reference", "Please fill this in.");
        }
        else if (reason.Length == 0) throw Refusal.Field("reason", "Please give a reason.");
        (coverage.State, coverage.Reference, coverage.Reason) = (command.Approves ? CoverageState.Approved : CoverageState.Rejected, reference, reason);
        (coverage.DecidedAt, coverage.DecidedBy, coverage.Version) = (Now, Author, Guid.CreateVersion7());
        Subject("encounter", visit.Id, coverage.State.ToString(), visit.Id);
        Changed(EncounterList.Topic(Db.OrganisationId));
        await Db.SaveChangesAsync(ct);
        if (command.Approves) await bills.Cover(bills.Booking(Db, Now, Actor.Id, Changed), visit.Id, ct);
        return coverage;
    }
}
