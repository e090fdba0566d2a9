using System.Globalization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Clinic.Documents;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Clinic.Orders.Lists;
using Salus.Modules.Clinic.Orders.Referrals;
using Salus.Modules.Organisations.Contract;
using Salus.Web;

namespace Salus.Modules.Clinic.Encounters;

/// <summary>The list of visits and the page of one visit, whose parts fetch themselves again.</summary>
public static class EncounterPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        MapLists(pages);
        MapVisit(pages);
        MapConsultation(pages);
        MapNursing(pages);
    }

    private static void MapLists(RouteGroupBuilder pages)
    {
        pages.MapGet("/visits", async (HttpRequest request, EncounterList list, ActorSlot slot, OrganisationSlot organisation, TimeProvider clock, CancellationToken ct, Guid? after = null) =>
        {
            var asked = VisitFilter.Of(request.Query);
            var filter = asked.Day is { Length: > 0 } ? asked : asked with { Day = clock.Today(organisation.Current.Zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) };
            return Show.Page<VisitsPage>(new { View = await list.Run(filter.For(slot.Actor) with { After = after }, ct), Filter = filter });
        }).Requires(ClinicPermissions.ReadEncounters);
        pages.MapGet("/visits/list", async (HttpRequest request, EncounterList list, ActorSlot slot, CancellationToken ct, bool refresh = false) =>
        {
            var filter = VisitFilter.Of(request.Query);
            return Show.Page<VisitRows>(new { View = await list.Run(filter.For(slot.Actor) with { IsRefresh = refresh }, ct), Filter = filter });
        }).Requires(ClinicPermissions.ReadEncounters);
        pages.MapPost("/visits", async (Form form, OpenEncounter open, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            var made = await open.Run(new() { PatientId = form.Id("patientId") ?? throw Refusal.NotFound(), Type = form.Choice<EncounterType>("type"), Complaint = form["complaint"], DoctorId = form.Id("doctorId"), PolicyId = form.Id("policyId") }, ct);
            // Who opens visits and does not see them, such as an administrator, stays with the patient.
            return Door.GoTo(http, page.At(page.Actor.May(ClinicPermissions.ReadEncounters) ? $"visits/{made.Id}" : $"patients/{made.PatientId}"));
        }).Requires(ClinicPermissions.OpenEncounters);
        pages.MapGet("/patients/{id:guid}/record", async (Guid id, PatientChart chart, CancellationToken ct, Guid? after = null) => Show.Page<PatientChartPage>(new { Record = await chart.Run(new() { PatientId = id, After = after }, ct) })).Requires(ClinicPermissions.ReadRecord);
        pages.MapGet("/patients/{id:guid}/readers", async (Guid id, PatientReaders readers, CancellationToken ct, long? after = null) => Show.Page<ReadersPage>(new { View = await readers.Run(new() { PatientId = id, After = after }, ct), PatientId = id })).Requires(ClinicPermissions.ReadRecord);
        pages.MapGet("/visits/{id:guid}/timeline", async (Guid id, ReadTimeline read, CancellationToken ct) => Show.Page<TimelinePage>(new { View = await read.Run(new() { EncounterId = id }, ct) })).Requires(ClinicPermissions.ReadEncounters);
    }

    private static void MapVisit(RouteGroupBuilder pages)
    {
        pages.MapGet("/visits/{id:guid}", async Task<IResult> (Guid id, ReadVisit head, DocumentList documents, VisitPages visits, PageTools page, CancellationToken ct) =>
        {
            if (page.Actor.May(ClinicPermissions.ReadRecord)) return await visits.Page(id, ct);
            return Show.Page<VisitHeadPage>(new { Visit = await head.Run(new() { EncounterId = id }, ct), Documents = await documents.Run(new() { EncounterId = id }, ct), Doctors = await visits.Doctors(ct), Stay = await visits.Stay(id, ct) });
        }).Requires(ClinicPermissions.ReadEncounters);
        pages.MapGet("/visits/{id:guid}/parts/{part}", (Guid id, string part, VisitPages visits, CancellationToken ct) => visits.Part(id, part, ct)).Requires(ClinicPermissions.ReadRecord);
        pages.MapPost("/visits/{id:guid}", async (Guid id, Form form, ChangeEncounter change, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await change.Run(new() { EncounterId = id, Type = form.Choice<EncounterType>("type"), Complaint = form["complaint"], DoctorId = form.Id("doctorId"), Version = form.Id("version") }, ct);
            return Door.GoTo(http, page.At($"visits/{id}"));
        }).Requires(ClinicPermissions.OpenEncounters);
        pages.MapPost("/visits/{id:guid}/closing", async (Guid id, Form form, CloseEncounter close, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await close.Run(new() { EncounterId = id, LeavesPrescriptions = form.Flag("leavesPrescriptions"), Version = form.Id("version") }, ct);
            return Door.GoTo(http, page.At($"visits/{id}"));
        }).Requires(ClinicPermissions.CloseEncounters);
        pages.MapPost("/visits/{id:guid}/summary", async (Guid id, Form form, WriteSummary write, ActorSlot slot, VisitPages visits, CancellationToken ct) =>
        {
            slot.Once(form);
            await write.Run(new() { EncounterId = id, Disposition = form.Chosen<Disposition>("disposition"), Text = form["text"], Instructions = form["instructions"] }, ct);
            return await visits.After(id, "closing", ct);
        }).Requires(ClinicPermissions.WriteSummaries);
        pages.MapPost("/visits/{id:guid}/alerts/{alert:guid}", async (Guid id, Guid alert, Form form, AnswerAlert answer, VisitPages visits, CancellationToken ct) =>
        {
            await answer.Run(new() { AlertId = alert, Resolution = form["resolution"], Version = form.Id("version") }, ct);
            return await visits.After(id, "safety", ct);
        }).Requires(ClinicPermissions.AnswerAlerts);
    }

    private static void MapConsultation(RouteGroupBuilder pages)
    {
        pages.MapPost("/visits/{id:guid}/consultation", async (Guid id, Form form, SaveConsultation save, VisitPages visits, CancellationToken ct) =>
        {
            await save.Run(new() { EncounterId = id, History = form["history"], Examination = form["examination"], Assessment = form["assessment"], Plan = form["plan"], Version = form.Id("version") }, ct);
            return await visits.After(id, "consultation", ct);
        }).Requires(ClinicPermissions.WriteConsultations);
        pages.MapPost("/visits/{id:guid}/consultation/draft", async (Guid id, Form form, SaveDraft save, PageTools page, CancellationToken ct) =>
            Results.Text(page.Time(await save.Run(new() { EncounterId = id, History = form["history"], Examination = form["examination"], Assessment = form["assessment"], Plan = form["plan"] }, ct)))).Requires(ClinicPermissions.WriteConsultations);
        pages.MapPost("/visits/{id:guid}/consultation/template", async (Guid id, Form form, UseTemplate use, SaveDraft save, VisitPages visits, CancellationToken ct) =>
        {
            var template = await use.Run(new() { Id = form.Id("template") ?? throw Refusal.NotFound() }, ct);
            await save.Run(new() { EncounterId = id, History = Below(form["history"], template.History), Examination = Below(form["examination"], template.Examination), Assessment = Below(form["assessment"], template.Assessment), Plan = Below(form["plan"], template.Plan) }, ct);
            return await visits.After(id, "consultation", ct);
        }).Requires(ClinicPermissions.WriteConsultations);
        pages.MapPost("/visits/{id:guid}/consultation/take-over", async (Guid id, Form form, TakeOver take, VisitPages visits, CancellationToken ct) =>
        {
            await take.Run(new() { EncounterId = id, Reason = form["reason"] }, ct);
            return await visits.After(id, "consultation", ct);
        }).Requires(ClinicPermissions.WriteConsultations);
        foreach (var (path, kind, part) in ((string, ConditionKind, string)[])[("conditions", ConditionKind.Diagnosis, "conditions"), ("problems", ConditionKind.Problem, "problems")])
        {
            pages.MapPost($"/visits/{{id:guid}}/{path}", async (Guid id, Form form, Diagnose diagnose, ActorSlot slot, VisitPages visits, CancellationToken ct) =>
            {
                slot.Once(form);
                await diagnose.Run(new() { EncounterId = id, Kind = kind, Code = form["code"].Trim(), Text = form["text"], IsPrimary = form.Flag("primary"), Since = form.Date("since") }, ct);
                return await visits.After(id, part, ct);
            }).Requires(ClinicPermissions.WriteConsultations);
            pages.MapPost($"/visits/{{id:guid}}/{path}/{{condition:guid}}/ending", async (Guid id, Guid condition, Form form, EndCondition end, VisitPages visits, CancellationToken ct) =>
            {
                await end.Run(new() { EncounterId = id, ConditionId = condition, IsError = form.Flag("error"), Reason = form["reason"] }, ct);
                return await visits.After(id, part, ct);
            }).Requires(ClinicPermissions.WriteConsultations);
        }
    }

    private static void MapNursing(RouteGroupBuilder pages)
    {
        pages.MapPost("/visits/{id:guid}/vitals", async (Guid id, Form form, RecordVitals record, ActorSlot slot, VisitPages visits, CancellationToken ct) =>
        {
            slot.Once(form);
            await record.Run(new()
            {
                EncounterId = id, Temperature = form.Amount("temperature"), Systolic = form.Number("systolic"), Diastolic = form.Number("diastolic"), Pulse = form.Number("pulse"), Respiration = form.Number("respiration"),
                Oxygen = form.Number("oxygen"), Weight = form.Amount("weight"), Height = form.Amount("height"), UpperArm = form.Amount("upperArm"), Pain = form.Number("pain"), LastPeriod = form.Date("lastPeriod"), Remark = form["remark"],
            }, ct);
            return await visits.After(id, "vitals", ct);
        }).Requires(ClinicPermissions.WriteVitals);
        pages.MapPost("/visits/{id:guid}/vitals/{row:guid}/voiding", async (Guid id, Guid row, Form form, VoidVitals take, VisitPages visits, CancellationToken ct) =>
        {
            await take.Run(new() { EncounterId = id, VitalsId = row, Reason = form["reason"] }, ct);
            return await visits.After(id, "vitals", ct);
        }).Requires(ClinicPermissions.WriteVitals);
        pages.MapPost("/visits/{id:guid}/notes", async (Guid id, Form form, WriteNote write, ActorSlot slot, VisitPages visits, CancellationToken ct) =>
        {
            slot.Once(form);
            await write.Run(new() { EncounterId = id, Kind = form.Choice<NoteKind>("kind"), Text = form["text"] }, ct);
            return await visits.After(id, "notes", ct);
        }).Requires(ClinicPermissions.ReadRecord);
        pages.MapPost("/visits/{id:guid}/addenda", async (Guid id, Form form, WriteAddendum write, ActorSlot slot, VisitPages visits, CancellationToken ct) =>
        {
            slot.Once(form);
            await write.Run(new() { EncounterId = id, Text = form["text"] }, ct);
            return await visits.After(id, "notes", ct);
        }).Requires(ClinicPermissions.WriteAddenda);
        pages.MapPost("/visits/{id:guid}/allergies", async (Guid id, Form form, NoteAllergy note, ActorSlot slot, VisitPages visits, CancellationToken ct) =>
        {
            slot.Once(form);
            await note.Run(new() { EncounterId = id, IsNoneKnown = form.Flag("none"), Substance = form["substance"], Category = form.Choice<AllergyCategory>("category"), Severity = form.Choice<AllergySeverity>("severity"), Reaction = form["reaction"] }, ct);
            return await visits.After(id, "safety", ct);
        }).Requires(ClinicPermissions.WriteAllergies);
        pages.MapPost("/visits/{id:guid}/allergies/{allergy:guid}/ending", async (Guid id, Guid allergy, Form form, EndAllergy end, VisitPages visits, CancellationToken ct) =>
        {
            await end.Run(new() { EncounterId = id, AllergyId = allergy, IsError = form.Flag("error"), Reason = form["reason"] }, ct);
            return await visits.After(id, "safety", ct);
        }).Requires(ClinicPermissions.WriteAllergies);
    }

    /// <summary>What was typed stays; the template comes below it.</summary>
    private static string Below(string typed, string added) => string.IsNullOrWhiteSpace(typed) ? added : added.Length == 0 ? typed : typed.TrimEnd() + "\n" + added;
}

/// <summary>What the list of visits is narrowed to, as its form says it.</summary>
/// <param name="State">open (of the day, else of any), triage, all (of the day) or earlier: open since a day before today.</param>
public sealed record VisitFilter(string Q, string Day, string State, bool Mine)
{
    private const int Most = 50;

    public static VisitFilter Of(IQueryCollection query) => new(query["q"].ToString(), query["day"].ToString(), query["state"].ToString() is { Length: > 0 } state ? state : "open", query["mine"] == "true");

    /// <exception cref="Refusal">422 on <c>day</c>.</exception>
    public EncounterList.Query For(Actor actor)
    {
        DateOnly? day = string.IsNullOrEmpty(Day) ? null : DateOnly.TryParseExact(Day, "yyyy-MM-dd", out var one) ? one : throw Refusal.Field("day", "This value does not fit.");
        return new()
        {
            Q = Q, Day = State == "earlier" ? null : day, State = State == "all" ? null : EncounterState.Open, WaitsForTriage = State == "triage", IsEarlier = State == "earlier", DoctorId = Mine ? actor.Id : null, Limit = Most,
        };
    }

    public override string ToString() => $"?q={Uri.EscapeDataString(Q)}&day={Uri.EscapeDataString(Day)}&state={Uri.EscapeDataString(State)}&mine={(Mine ? "true" : "false")}";
}
