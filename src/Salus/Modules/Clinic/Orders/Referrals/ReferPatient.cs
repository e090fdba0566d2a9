using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;

namespace Salus.Modules.Clinic.Orders.Referrals;

public sealed record ReferralOutcome(Guid Id, Guid EncounterId, ReferralState State, Guid Version);

/// <summary>A doctor sends the patient to somebody else.</summary>
public sealed class ReferPatient(Tools tools, CareGuard guard) : EncounterUseCase<ReferPatient.Command, ReferralOutcome>(tools, guard)
{
    public const string Action = "referral.make";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(120, ErrorMessage = "This is too long.")]
        public string Specialty { get; init; } = "";

        /// <summary>A colleague or a clinic.</summary>
        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Recipient { get; init; }

        [EnumDataType(typeof(OrderPriority), ErrorMessage = "Choose one of the list.")]
        public OrderPriority Urgency { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(500, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";

        [StringLength(4000, ErrorMessage = "This is too long.")]
        public string? Summary { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => CareAct.Referral;

    protected override async Task<ReferralOutcome> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct);
        var (specialty, reason) = (Text.Clean(command.Specialty), Text.Clean(command.Reason));
        if (specialty.Length == 0) throw Refusal.Field("specialty", "Please fill this in.");
        if (reason.Length == 0) throw Refusal.Field("reason", "Please fill this in.");
        var referral = new Referral
        {
            EncounterId = encounter.Id, PatientId = encounter.PatientId, Specialty = specialty, Recipient = Text.Clean(command.Recipient), Urgency = command.Urgency, Reason = reason, Summary = Text.Lines(command.Summary),
            ReferredBy = Author, ReferredAt = Now, Version = Guid.CreateVersion7(),
        };
        Db.Add(referral);
        Subject("referral", referral.Id, referral.Urgency.ToString(), encounter.Id);
        return new(referral.Id, encounter.Id, referral.State, referral.Version);
    }
}

/// <summary>Notes what became of a referral. That is heard after the visit, often weeks later, so a closed visit is no obstacle.</summary>
public sealed class FollowReferral(Tools tools) : UseCase<FollowReferral.Command, ReferralOutcome>(tools)
{
    public const string Action = "referral.follow";

    public sealed record Command
    {
        public Guid ReferralId { get; init; }

        [Required(ErrorMessage = "Choose one of the list."), EnumDataType(typeof(ReferralAction), ErrorMessage = "Choose one of the list.")]
        public ReferralAction? Step { get; init; }

        /// <summary>Why it was rejected or is cancelled.</summary>
        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.Refer);

    protected override async Task<ReferralOutcome> Handle(Command command, CancellationToken ct)
    {
        var visible = Db.PatientsVisibleTo(Actor, Now);
        var referral = await Db.Referrals.FirstOrDefaultAsync(r => r.Id == command.ReferralId && visible.Any(p => p.Id == r.PatientId), ct) ?? throw Refusal.NotFound();
        Subject("referral", referral.Id, "", referral.EncounterId);
        if (command.Version is { } seen && seen != referral.Version) throw Refusal.Stale();
        var reason = Text.Clean(command.Reason);
        if (command.Step is ReferralAction.Reject or ReferralAction.Cancel && reason.Length == 0) throw Refusal.Field("reason", "Please give a reason.");
        referral.Move(command.Step!.Value, Actor.Id ?? throw Refusal.Forbidden(), Now, reason);
        referral.Version = Guid.CreateVersion7();
        Subject("referral", referral.Id, referral.State.ToString(), referral.EncounterId);
        Changed(Encounter.Topic(referral.EncounterId));
        return new(referral.Id, referral.EncounterId, referral.State, referral.Version);
    }
}

public sealed record ReferralLine(Guid Id, Guid EncounterId, ReferralState State, string Specialty, string Recipient, OrderPriority Urgency, string Reason, string Summary, string By, DateTime ReferredAt, DateTime? ChangedAt, string EndReason, Guid Version);

/// <summary>The referrals of one visit.</summary>
public static class ReferralLines
{
    public static async Task<IReadOnlyList<ReferralLine>> Of(SalusDb db, Guid encounterId, CancellationToken ct)
    {
        var accounts = db.Set<Account>();
        return await db.Referrals.AsNoTracking().Where(r => r.EncounterId == encounterId).OrderBy(r => r.Id)
            .Select(r => new ReferralLine(r.Id, r.EncounterId, r.State, r.Specialty, r.Recipient, r.Urgency, r.Reason, r.Summary, accounts.Where(a => a.Id == r.ReferredBy).Select(a => a.Name).FirstOrDefault() ?? "", r.ReferredAt, r.ChangedAt, r.EndReason, r.Version))
            .ToListAsync(ct);
    }
}

/// <summary>The referrals of one visit, for those who read its record.</summary>
public sealed class ReadReferrals(Tools tools) : ReadModel<ReadReferrals.Query, ReadReferrals.Found>(tools)
{
    public const string Action = "referral.read";

    public sealed record Query : IRefreshable
    {
        public Guid EncounterId { get; init; }

        /// <summary>True when an open page fetches its part again: opening it stands in the log.</summary>
        public bool IsRefresh { get; init; }
    }

    public sealed record Found(Guid PatientId, IReadOnlyList<ReferralLine> Items);

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadRecord);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, Found result) => ("patient", [result.PatientId]);

    protected override async Task<Found> Handle(SalusDb db, Query query, CancellationToken ct) =>
        new(await OrderLines.PatientOf(db, query.EncounterId, Actor, Clock.Now(), ct), await ReferralLines.Of(db, query.EncounterId, ct));
}
