using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Wards;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>A doctor takes an alert on, or says how it was settled. Possible after the visit too: an alert must not stay open because a visit was closed.</summary>
public sealed class AnswerAlert(Tools tools) : UseCase<AnswerAlert.Command, AnswerAlert.Outcome>(tools)
{
    public const string Action = "alert.answer";

    public sealed record Command
    {
        public Guid AlertId { get; init; }

        /// <summary>How it was settled; empty: it is acknowledged.</summary>
        [StringLength(300, ErrorMessage = "This is too long.")]
        public string? Resolution { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    public sealed record Outcome(Guid Id, Guid EncounterId, AlertState State, Guid Version);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.AnswerAlerts);

    protected override async Task<Outcome> Handle(Command command, CancellationToken ct)
    {
        var visible = Db.PatientsVisibleTo(Actor, Now);
        var alert = await Db.Alerts.FirstOrDefaultAsync(a => a.Id == command.AlertId && visible.Any(p => p.Id == a.PatientId), ct) ?? throw Refusal.NotFound();
        Subject("encounter", alert.EncounterId, alert.State.ToString(), alert.EncounterId);
        if (command.Version is { } seen && seen != alert.Version) throw Refusal.Stale();
        var (by, resolution) = (Actor.Id ?? throw Refusal.Forbidden(), Text.Clean(command.Resolution));
        if (resolution.Length == 0) alert.Acknowledge(by, Now);
        else alert.Resolve(by, Now, resolution);
        alert.Version = Guid.CreateVersion7();
        Changed(Encounter.Topic(alert.EncounterId));
        Changed(EncounterList.Topic(Db.OrganisationId));
        Changed(WardBoard.Topic(Db.OrganisationId));
        return new(alert.Id, alert.EncounterId, alert.State, alert.Version);
    }
}
