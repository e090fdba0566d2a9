using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Orders.Referrals;

public enum ReferralState { Pending, Accepted, Completed, Rejected, Cancelled }

public enum ReferralAction { Accept, Complete, Reject, Cancel }

/// <summary>A patient sent to somebody else, with a question (FHIR ServiceRequest, category referral).</summary>
public sealed class Referral : IOfEncounter, IVersioned
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid OrganisationId { get; set; }
    public Guid EncounterId { get; set; }
    public Guid PatientId { get; set; }
    public ReferralState State { get; set; }

    /// <summary>The field of medicine, in free words.</summary>
    public string Specialty { get; set; } = "";

    /// <summary>The colleague or the clinic, in free words; empty: whom the patient chooses.</summary>
    public string Recipient { get; set; } = "";
    public OrderPriority Urgency { get; set; }
    public string Reason { get; set; } = "";

    /// <summary>What the other should know.</summary>
    public string Summary { get; set; } = "";
    public Guid ReferredBy { get; set; }
    public DateTime ReferredAt { get; set; }
    public DateTime? ChangedAt { get; set; }
    public Guid? ChangedBy { get; set; }

    /// <summary>Why it was rejected or cancelled.</summary>
    public string EndReason { get; set; } = "";
    public Guid Version { get; set; }

    /// <summary>The one place where a referral changes state.</summary>
    /// <exception cref="Refusal">409 <c>referral.state</c>.</exception>
    public void Move(ReferralAction action, Guid by, DateTime now, string reason)
    {
        if (Target(State, action) is not { } target)
            throw new Refusal(409, "referral.state", "This is not possible: the referral is “{0}”.", Words.Of(State)) { Unlock = "Look at it again: somebody may have acted before you." };
        (State, ChangedBy, ChangedAt, EndReason) = (target, by, now, reason);
    }

    public static ReferralState? Target(ReferralState from, ReferralAction action) => (from, action) switch
    {
        (ReferralState.Pending, ReferralAction.Accept) => ReferralState.Accepted,
        (ReferralState.Accepted, ReferralAction.Complete) => ReferralState.Completed,
        (ReferralState.Pending, ReferralAction.Reject) => ReferralState.Rejected,
        (ReferralState.Pending or ReferralState.Accepted, ReferralAction.Cancel) => ReferralState.Cancelled,
        _ => null,
    };
}

internal sealed class ReferralTable : IEntityTypeConfiguration<Referral>
{
    public void Configure(EntityTypeBuilder<Referral> table)
    {
        table.ToTable("clinic_referrals");
        table.Property(r => r.Specialty).Sealed();
        table.Property(r => r.Recipient).Sealed();
        table.Property(r => r.Reason).Sealed();
        table.Property(r => r.Summary).Sealed();
        table.Property(r => r.EndReason).Sealed();
        table.IsOfEncounter();
    }
}
