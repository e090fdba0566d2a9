using System.Text.Json;

namespace Salus.Tests.Fhir;

/// <summary>ReadResource, SearchResources and ReadEverything with a client of somebody else's making.</summary>
public sealed class FhirClientTests(SalusServer server, FhirPeer peer)
{
    private static string Token(Clinic clinic, string name) => clinic.Salus.TokenOf(clinic.Account(name));

    [Fact]
    public async Task an_independent_client_reads_searches_turns_pages_and_takes_everything()
    {
        var one = await FhirCase.Make(await server.NewClinic());
        var clinic = one.Clinic;
        async Task<JsonElement> Answer(string act, object question) => (await peer.Client(clinic, Token(clinic, "doctor"), act, question)) is var said && said.TryGetProperty("answer", out var answer) ? answer : throw new InvalidOperationException(said.GetRawText());
        Assert.Equal("4.0.1", (await Answer("capability", new { })).Str("fhirVersion"));
        Assert.Equal("female", (await Answer("read", new { type = "Patient", id = one.Patient })).Str("gender"));
        Assert.Equal(1, (await Answer("search", new { type = "Patient", @params = new { name = "elise", birthdate = "1980-05-17" } })).GetProperty("entry").GetArrayLength());
        var pages = (await Answer("pages", new { type = "Observation", @params = new { patient = one.Patient.ToString(), _count = "5" } })).EnumerateArray().ToList();
        var ids = pages.SelectMany(p => p.GetProperty("entry").EnumerateArray()).Select(e => e.GetProperty("resource").Str("id")).ToList();
        Assert.True(pages.Count == 3 && ids.Distinct().Count() == 15 && ids.Count == 15, $"{pages.Count} pages, {ids.Count} resources");
        var everything = await Answer("everything", new { id = one.Patient });
        Assert.Empty(await peer.Faults(everything));
        Assert.True(everything.GetProperty("entry").GetArrayLength() > 40);
        // From a visit to its doctor, by the reference alone and within what was sent.
        var visit = await Answer("read", new { type = "Encounter", id = one.Visit });
        var doctor = visit.At("participant", 0, "individual", "reference")!;
        foreach (var context in (object?[])[null, everything]) Assert.Equal("Practitioner", (await Answer("resolve", new { reference = doctor, context })).Str("resourceType"));
    }

    [Fact]
    public async Task an_independent_client_understands_the_refusals()
    {
        var clinic = await server.NewClinic();
        foreach (var (token, type, id, status) in ((string, string, Guid, int)[])[("nonsense", "Patient", Guid.NewGuid(), 401), (Token(clinic, "pharmacist"), "Condition", Guid.NewGuid(), 403), (Token(clinic, "doctor"), "Patient", Guid.NewGuid(), 404)])
        {
            var said = await peer.Client(clinic, token, "read", new { type, id });
            Assert.Equal((status, "OperationOutcome"), (said.GetProperty("status").GetInt32(), said.At("data", "resourceType")));
            Assert.Empty(await peer.Faults(said.GetProperty("data")));
        }
    }
}
