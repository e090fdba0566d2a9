using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Salus.Web;

namespace Salus.Tests.Support;

/// <summary>One address of the running program with its method and gate.</summary>
public sealed record Route(string Method, string Pattern, Gate? Gate, RouteEndpoint Endpoint)
{
    /// <summary>A door for programs: the API, or the record as FHIR.</summary>
    public bool IsApi => Pattern.StartsWith("/api", StringComparison.Ordinal) || IsFhir;
    public bool IsFhir => Pattern.StartsWith("/fhir", StringComparison.Ordinal);
    public bool IsOfOrganisation => Pattern.Contains("{org}", StringComparison.Ordinal);

    /// <summary>The row the address names, such as <c>patients</c>; null when it names none.</summary>
    public string? Kind => Pattern.Contains("/{id", StringComparison.Ordinal) ? Pattern.Split("/{id")[0].Split('/')[^1] : null;

    /// <summary>The address with an id in it; where it names a second row below, that has an id of nobody.</summary>
    public string At(string slug, Guid id) => Regex.Replace(Pattern.Replace("{org}", slug, StringComparison.Ordinal).Replace("{id:guid}", id.ToString(), StringComparison.Ordinal).Replace("{id}", id.ToString(), StringComparison.Ordinal), @"\{\w+:guid\}", Guid.NewGuid().ToString())
        .Replace("{code}", "00000000000000000000000000", StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal);

    /// <summary>The type of the JSON body; null when there is none.</summary>
    public Type? Body => Method is "GET" or "DELETE" ? null
        : Endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Http.Metadata.IAcceptsMetadata>()?.RequestType;

    public override string ToString() => $"{Method} {Pattern}";
}

public static class Routes
{
    /// <summary>Every route that the running program answers.</summary>
    public static IReadOnlyList<Route> Of(RunningSalus salus) =>
    [
        .. salus.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Distinct()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(m => new Route(m, "/" + e.RoutePattern.RawText!.Trim('/'), e.Metadata.GetMetadata<Gate>(), e))),
    ];

    public static IReadOnlyList<Route> OfApi(RunningSalus salus) => [.. Of(salus).Where(r => r.IsApi)];
}

/// <summary>Ids of rows of one clinic, by the kind that addresses name.</summary>
public static class Rows
{
    public static async Task<IReadOnlyDictionary<string, Guid>> Plant(Clinic clinic)
    {
        var queue = await clinic.Queue();
        var ticket = await clinic.Issue(queue);
        var (visit, order) = await clinic.VisitWith();
        (await clinic.Nurse.Post($"encounters/{visit}/vitals", new { temperature = 39.5 })).Is(201);
        var chart = (await clinic.Doctor.Get($"encounters/{visit}/chart")).Is(200);
        var money = await Money(clinic);
        var (ward, beds) = await clinic.Ward();
        var drug = (await clinic.Pharmacist.Post("drugs", new { name = "Amoxicillin" })).Is(201).Id;
        var result = (await clinic.Lab.Post($"orders/{await clinic.Ordered(visit, name: "Urea")}/result", new { text = "Seen", flag = "normal" })).Is(201).Id;
        async Task<Guid> Prescribed() => (await clinic.Doctor.Post($"encounters/{visit}/prescriptions", new { drugId = drug, dose = "1", frequency = "daily", quantity = 1, overrideReason = "Known" })).Is(201).Id;
        var (batch, waiting) = ((await clinic.Pharmacist.Post($"drugs/{drug}/batches", new { number = "A1", quantity = 5, expiry = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(90) })).Is(201)["batchId"].GetGuid(), await Prescribed());
        var patient = (await clinic.Register()).Id;
        return new Dictionary<string, Guid>(money)
        {
            // The same rows by the names of FHIR.
            ["Patient"] = patient,
            ["Practitioner"] = clinic.Account("doctor").Id,
            ["Organization"] = clinic.Id,
            ["Encounter"] = visit,
            ["Condition"] = (await clinic.Doctor.Post($"encounters/{visit}/conditions", new { text = "Cold" })).Is(201).Id,
            ["AllergyIntolerance"] = (await clinic.Nurse.Post($"encounters/{visit}/allergies", new { substance = "Latex" })).Is(201).Id,
            ["Observation"] = result,
            ["ServiceRequest"] = order,
            ["DiagnosticReport"] = result,
            ["MedicationRequest"] = waiting,
            ["MedicationDispense"] = (await clinic.Pharmacist.Post($"prescriptions/{await Prescribed()}/dispensing")).Is(200).Id,
            ["DocumentReference"] = (await clinic.Doctor.Send("POST", $"encounters/{visit}/documents", new ByteArrayContent(Samples.Png()) { Headers = { ContentType = new("image/png") } })).Is(201).Json[0].Id(),
            ["AuditEvent"] = Guid.NewGuid(), // has a number for an id, which FhirGateTests tries
            ["patients"] = patient,
            ["encounters"] = visit,
            ["alerts"] = chart["alerts"][0].Id(),
            ["drugs"] = drug,
            ["claims"] = await Claim(clinic),
            ["services"] = (await clinic.Admin.Post("services", new { department = "other", code = "DRESS", name = "Dressing", price = new { amount = "8" } })).Is(201).Id,
            ["unpaid-work"] = order,
            ["wards"] = ward,
            ["beds"] = beds[0],
            ["batches"] = batch,
            ["interaction-rules"] = (await clinic.Pharmacist.Post("interaction-rules", new { a = "Warfarin", b = "Aspirin", severity = "severe" })).Is(201).Id,
            ["prescriptions"] = waiting,
            ["reported-medicines"] = (await clinic.Nurse.Post($"patients/{(await clinic.Register()).Id}/medications", new { text = "Camomile" })).Is(201).Id,
            ["queues"] = queue,
            ["tickets"] = ticket.Id,
            ["service-points"] = (await clinic.Admin.Post("service-points", new { name = "Room" })).Is(201).Id,
            ["notices"] = (await clinic.Admin.Post($"queues/{queue}/notices", new { text = "Hello" })).Is(201).Id,
            ["staff"] = (await clinic.Admin.Get("staff")).Is(200)["staff"].EnumerateArray().First(s => s.Id("accountId") == clinic.Account("doctor").Id).Id("membershipId"),
            ["roles"] = (await clinic.OwnRole("Desk", "organisation.enter")).Id,
            ["keys"] = (await clinic.Program("patients.read")).Id,
            ["files"] = (await clinic.Admin.Send("PUT", "logo", new ByteArrayContent(Samples.Png()) { Headers = { ContentType = new("image/png") } })).Is(200).Id,
            ["orders"] = order,
            ["results"] = result,
            ["referrals"] = (await clinic.Doctor.Post($"encounters/{visit}/referrals", new { specialty = "Cardiology", reason = "Murmur" })).Is(201).Id,
            ["catalogue"] = await clinic.Potassium(),
            ["templates"] = (await clinic.Doctor.Post("templates", new { name = "Cough" })).Is(201).Id,
            ["devices"] = (await clinic.Admin.Get("staff"))["devices"][0].Id(),
        };
    }

    /// <summary>A draft of a claim; nothing of the visit costs anything.</summary>
    public static async Task<Guid> Claim(Clinic clinic)
    {
        var patient = (await clinic.Register()).Id;
        var policy = (await clinic.Receptionist.Post($"patients/{patient}/insurances", new { insurer = "Aurora Vita", number = "AV-1", percent = 80, from = "2020-01-01" })).Is(201).Id;
        var visit = (await clinic.Receptionist.Post("encounters", new { patientId = patient })).Is(201).Id;
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage", new { policyId = policy })).Is(201);
        (await clinic.Receptionist.Post($"encounters/{visit}/coverage/decision", new { approves = true, amount = new { amount = "50.00" }, reference = "OK-7" })).Is(204);
        return (await clinic.Receptionist.Get($"encounters/{visit}/bill")).Is(200)["coverages"][0].GetProperty("claim").Id();
    }

    /// <summary>A charge with everything that can become of it.</summary>
    private static async Task<Dictionary<string, Guid>> Money(Clinic clinic)
    {
        var patient = (await clinic.Register()).Id;
        var charge = (await clinic.Receptionist.Post("charges", new { payerKind = "patient", payerId = patient, title = "Copy", lines = new[] { new { unitPrice = new { amount = "10.00" } } } })).Is(201).Id;
        var report = new StringContent("reference,amount,currency,date\nX,5,EUR,2026-01-02\n", System.Text.Encoding.UTF8, new System.Net.Http.Headers.MediaTypeHeaderValue("text/csv"));
        (await clinic.Admin.Send("POST", "provider-reports?method=stripe", report)).Is(201);
        return new()
        {
            ["charges"] = charge,
            ["invoices"] = (await clinic.Receptionist.Post("invoices", new { charges = new[] { charge } })).Is(201).Id,
            ["payments"] = (await clinic.Receptionist.Post("payments", new { charges = new[] { charge }, method = "card", amount = new { amount = "4.00" } })).Is(201).Id,
            ["credit-notes"] = (await clinic.Admin.Post($"charges/{charge}/credits", new { kind = "credit-note", amount = new { amount = "1.00" }, reason = "Less" })).Is(201).Id,
            ["statements"] = (await clinic.Receptionist.Post("statements", new { kind = "patient", payerId = patient, from = "2026-01-01", to = "2026-01-31" })).Is(201).Id,
            ["drawers"] = (await clinic.Receptionist.Post("drawers", new { })).Is(201).Id,
            ["report-differences"] = (await clinic.Admin.Get("provider-reports")).Is(200).Items[0].Id(),
        };
    }
}
