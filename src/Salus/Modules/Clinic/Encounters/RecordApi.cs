using Salus.Modules.Clinic.Queue;
using Salus.Web;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>The record of a visit over HTTP for programs. Every act names its visit in the address.</summary>
public static class RecordApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Record");
        MapReading(api);
        MapConsultation(api);
        MapNursing(api);
    }

    private static void MapReading(RouteGroupBuilder api)
    {
        api.MapGet("/encounters/{id:guid}/chart", async (Guid id, VisitChart chart, HttpContext http, CancellationToken ct) =>
            {
                var read = await chart.Run(new() { EncounterId = id }, ct);
                http.ETag(read.Visit.Version);
                return new ChartAnswer(read.Visit, read.Allergies, read.Alerts, read.Vitals, read.Consultation!, [.. read.Diagnoses], [.. read.Problems], read.Notes, read.Earlier, read.Summary, read.Names);
            })
            .Requires(ClinicPermissions.ReadRecord).Refuses("not-found", "patient.restricted").Describe("getChart", "The record of one visit, and what holds of its patient");
        api.MapGet("/patients/{id:guid}/record", (Guid id, PatientChart chart, CancellationToken ct, Guid? after = null, int limit = 25) => chart.Run(new() { PatientId = id, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadRecord).Refuses("invalid", "not-found", "patient.restricted").Describe("getRecord", "A patient's whole record; visits newest first");
        api.MapGet("/patients/{id:guid}/readers", (Guid id, PatientReaders readers, CancellationToken ct, long? after = null, int limit = 25) => readers.Run(new() { PatientId = id, After = after, Limit = limit }, ct))
            .Requires(ClinicPermissions.ReadRecord).Refuses("invalid", "not-found", "patient.restricted").Describe("listReaders", "Who read or changed a patient's record, and when; newest first");
        api.MapGet("/encounters/{id:guid}/timeline", (Guid id, ReadTimeline read, CancellationToken ct) => read.Run(new() { EncounterId = id }, ct))
            .Requires(ClinicPermissions.ReadEncounters).Refuses("not-found", "patient.restricted").Describe("getTimeline", "What happened in a visit, in order");
    }

    private static void MapConsultation(RouteGroupBuilder api)
    {
        api.MapPut("/encounters/{id:guid}/consultation", async (Guid id, SaveConsultation.Command command, SaveConsultation save, HttpContext http, CancellationToken ct) =>
            {
                var saved = await save.Run(command with { EncounterId = id, Version = http.Request.IfMatch() ?? command.Version }, ct);
                http.ETag(saved.Version);
                return saved;
            })
            .Requires(ClinicPermissions.WriteConsultations).Refuses("invalid", "not-found", "stale", "encounter.closed", "consultation.other-doctor").Describe("saveConsultation", "Save the consultation; the first saving makes it active");
        api.MapPut("/encounters/{id:guid}/consultation/draft", async (Guid id, SaveDraft.Command command, SaveDraft save, CancellationToken ct) => new DraftKept(await save.Run(command with { EncounterId = id }, ct)))
            .Requires(ClinicPermissions.WriteConsultations).Refuses("invalid", "not-found", "encounter.closed").Describe("saveDraft", "Keep what was typed and not saved yet, for its author alone");
        api.MapPost("/encounters/{id:guid}/consultation/take-over", async (Guid id, TakeOver.Command command, TakeOver take, CancellationToken ct) =>
            {
                await take.Run(command with { EncounterId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.WriteConsultations).Refuses("invalid", "not-found", "encounter.closed", "consultation.yours").Describe("takeOver", "Take the patient over from a colleague");
        api.MapPost("/encounters/{id:guid}/conditions", async (string org, Guid id, Diagnose.Command command, Diagnose diagnose, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/chart", new Made(await diagnose.Run(command with { EncounterId = id }, ct))))
            .Requires(ClinicPermissions.WriteConsultations).Repeatable().Refuses("invalid", "not-found", "encounter.closed", "condition.exists", "consultation.other-doctor").Describe("addCondition", "Write down a diagnosis of the visit or a lasting problem");
        api.MapPost("/encounters/{id:guid}/conditions/{condition:guid}/ending", async (Guid id, Guid condition, EndCondition.Command command, EndCondition end, CancellationToken ct) =>
            {
                await end.Run(command with { EncounterId = id, ConditionId = condition }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.WriteConsultations).Refuses("invalid", "not-found", "encounter.closed", "condition.state").Describe("endCondition", "A problem is over, or was written down by mistake");
        api.MapPost("/encounters/{id:guid}/closing", async (Guid id, CloseEncounter.Command command, CloseEncounter close, HttpContext http, CancellationToken ct) =>
            {
                var closed = await close.Run(command with { EncounterId = id, Version = http.Request.IfMatch() ?? command.Version }, ct);
                http.ETag(closed.Version);
                return closed;
            })
            .Requires(ClinicPermissions.CloseEncounters).Refuses("not-found", "stale", "encounter.closed", "encounter.no-consultation", "encounter.results-missing", "encounter.prescriptions-left").Describe("closeEncounter", "Close the visit; nothing in it changes afterwards");
        api.MapPost("/encounters/{id:guid}/summary", async (string org, Guid id, WriteSummary.Command command, WriteSummary write, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/chart", new Made(await write.Run(command with { EncounterId = id }, ct))))
            .Requires(ClinicPermissions.WriteSummaries).Repeatable().Refuses("invalid", "not-found", "encounter.open", "encounter.summarised").Describe("writeSummary", "Write the summary of a closed visit, once");
    }

    private static void MapNursing(RouteGroupBuilder api)
    {
        api.MapPost("/encounters/{id:guid}/allergies", async (string org, Guid id, NoteAllergy.Command command, NoteAllergy note, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/chart", new Made(await note.Run(command with { EncounterId = id }, ct))))
            .Requires(ClinicPermissions.WriteAllergies).Repeatable().Refuses("invalid", "not-found", "encounter.closed", "allergy.exists", "allergy.known").Describe("addAllergy", "Write down an allergy, or that none is known");
        api.MapPost("/encounters/{id:guid}/allergies/{allergy:guid}/ending", async (Guid id, Guid allergy, EndAllergy.Command command, EndAllergy end, CancellationToken ct) =>
            {
                await end.Run(command with { EncounterId = id, AllergyId = allergy }, ct);
                return TypedResults.NoContent();
            })
            .Requires(ClinicPermissions.WriteAllergies).Refuses("invalid", "not-found", "encounter.closed", "allergy.state").Describe("endAllergy", "An allergy does not hold any more, or was a mistake");
        api.MapPost("/encounters/{id:guid}/notes", async (string org, Guid id, WriteNote.Command command, WriteNote write, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/chart", new Made(await write.Run(command with { EncounterId = id }, ct))))
            .Requires(ClinicPermissions.WriteNursing).Repeatable().Refuses("invalid", "not-found", "encounter.closed").Describe("writeNote", "Write a nursing note");
        api.MapPost("/encounters/{id:guid}/operation-notes", async (string org, Guid id, WriteNote.Command command, WriteNote write, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/chart", new Made(await write.Run(command with { EncounterId = id, Kind = NoteKind.Operation }, ct))))
            .Requires(ClinicPermissions.WriteConsultations).Repeatable().Refuses("invalid", "not-found", "encounter.closed").Describe("writeOperationNote", "Write an operation note");
        api.MapPost("/encounters/{id:guid}/addenda", async (string org, Guid id, WriteAddendum.Command command, WriteAddendum write, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/encounters/{id}/chart", new Made(await write.Run(command with { EncounterId = id }, ct))))
            .Requires(ClinicPermissions.WriteAddenda).Repeatable().Refuses("invalid", "not-found").Describe("writeAddendum", "Add to what was written before, also after the visit was closed");
        api.MapPost("/alerts/{id:guid}/answers", async (Guid id, AnswerAlert.Command command, AnswerAlert answer, CancellationToken ct) => await answer.Run(command with { AlertId = id }, ct))
            .Requires(ClinicPermissions.AnswerAlerts).Refuses("invalid", "not-found", "stale", "alert.state").Describe("answerAlert", "Acknowledge an alert; with a resolution, resolve it");
    }
}

/// <summary>The record of one visit as it is answered.</summary>
public sealed record ChartAnswer(VisitHead Visit, IReadOnlyList<AllergyLine> Allergies, IReadOnlyList<AlertLine> Alerts, IReadOnlyList<VitalsLine> Vitals, ConsultationView Consultation, IReadOnlyList<ConditionLine> Diagnoses,
    IReadOnlyList<ConditionLine> Problems, IReadOnlyList<NoteLine> Notes, IReadOnlyList<EarlierVisit> Earlier, SummaryView? Summary, IReadOnlyDictionary<Guid, string> Names);

public sealed record DraftKept(DateTime SavedAt);
