using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Resources;
using Salus.Web;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>Visits over HTTP for programs.</summary>
public static class EncounterApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Visits");
        api.MapGet("/encounters", (EncounterList list, CancellationToken ct, DateOnly? day = null, string? state = null, Guid? patient = null, Guid? doctor = null, string? q = null, bool triage = false, bool earlier = false, Guid? after = null, int limit = 25) =>
                list.Run(new() { Day = day, State = StateOf(state), PatientId = patient, DoctorId = doctor, Q = q ?? "", WaitsForTriage = triage, IsEarlier = earlier, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadEncounters).Refuses("invalid").Describe("listEncounters", "Visits by day, state, patient, doctor, fragments of the patient's name or number (q), waiting for triage, or of days before today (earlier); without a day and a patient those that are open");
        api.MapPost("/encounters", async (string org, OpenEncounter.Command command, OpenEncounter open, CancellationToken ct) =>
            {
                var made = await open.Run(command, ct);
                return TypedResults.Created($"/api/v1/orgs/{org}/encounters/{made.Id}", made);
            })
            .Requires(ClinicPermissions.OpenEncounters).Repeatable().Refuses("invalid", "not-found", "encounter.exists", "insurance.not-valid").Describe("openEncounter", "Open a visit");
        api.MapGet("/encounters/{id:guid}", async (Guid id, ReadVisit read, HttpContext http, CancellationToken ct) =>
            {
                var visit = await read.Run(new() { EncounterId = id }, ct);
                http.ETag(visit.Version);
                return visit;
            })
            .Requires(ClinicPermissions.ReadEncounters).Refuses("not-found", "patient.restricted").Describe("getEncounter", "Who, when, why and with whom");
        api.MapPut("/encounters/{id:guid}", async (Guid id, ChangeEncounter.Command command, ChangeEncounter change, HttpContext http, CancellationToken ct) =>
            {
                var changed = await change.Run(command with { EncounterId = id, Version = http.Request.IfMatch() ?? command.Version }, ct);
                http.ETag(changed.Version);
                return changed;
            })
            .Requires(ClinicPermissions.OpenEncounters).Refuses("invalid", "not-found", "stale", "encounter.closed", "encounter.exists", "consultation.other-doctor").Describe("changeEncounter", "Change why the patient came, the kind of visit, or the doctor");
        api.MapGet("/encounters/{id:guid}/locks", async (Guid id, Locks locks, IStringLocalizer<Texts> texts, CancellationToken ct, Guid? order = null) =>
                (await locks.Run(new() { EncounterId = id, OrderId = order }, ct)).Select(l => LockAnswer.Of(l, texts)))
            .Requires(ClinicPermissions.ReadEncounters).Refuses("not-found").Describe("listLocks", "For each act in a visit: is it locked, why, and what would unlock it");
        api.MapPost("/encounters/{id:guid}/vitals", async (string org, Guid id, RecordVitals.Command command, RecordVitals record, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/chart", await record.Run(command with { EncounterId = id }, ct)))
            .Requires(ClinicPermissions.WriteVitals).Repeatable().Refuses("invalid", "not-found", "encounter.closed", "vitals.repeated").Describe("recordVitals", "Enter a row of vital signs");
        api.MapPost("/encounters/{id:guid}/vitals/{row:guid}/voiding", async (Guid id, Guid row, VoidVitals.Command command, VoidVitals take, CancellationToken ct) =>
            {
                await take.Run(command with { EncounterId = id, VitalsId = row }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.WriteVitals).Refuses("invalid", "not-found", "encounter.closed", "vitals.voided").Describe("voidVitals", "Mark a row of vital signs as entered in error");
    }

    private static EncounterState? StateOf(string? text) => text switch { null or "" => null, "open" => EncounterState.Open, "closed" => EncounterState.Closed, _ => throw Refusal.Field("state", "Choose one of the list.") };
}

/// <summary>A lock as it is answered.</summary>
/// <param name="UnlockActions">What would unlock it, as sentences.</param>
public sealed record LockAnswer(CareAct Action, bool IsLocked, string? ReasonCode, string? HumanReadableMessage, IReadOnlyList<string> UnlockActions)
{
    public static LockAnswer Of(LockLine line, IStringLocalizer<Texts> texts) => line.Because is not { } because ? new(line.Act, false, null, null, [])
        : new(line.Act, true, because.Code, texts.Say(because.ToRefusal()), because.Unlock is { } unlock ? [texts[unlock]] : []);
}
