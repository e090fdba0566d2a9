using System.Text;

namespace Salus.Bench;

/// <summary>The medical record: opening a patient's chart, everything as FHIR, saving a note, a picture of eight megabytes.</summary>
public sealed partial class Scenarios
{
    private async Task RecordScenarios(string folder)
    {
        if (plan.Only.Contains("chart")) await Reading($"chart of {Record.Visits} visits", $"/api/v1/orgs/bench/patients/{record.Patient}/record", Record.ChartSql);
        if (plan.Only.Contains("everything"))
        {
            // Only now, because a clinic that keeps its record opens a visit with each token. The program remembers how it was for a second.
            record.Keep();
            await Task.Delay(1500);
            await Reading($"$everything, {Record.Visits} visits, 1000 resources", $"/fhir/bench/Patient/{record.Patient}/$everything?_count=1000", Record.EverythingSql);
        }
        if (plan.Only.Contains("note")) await Notes();
        if (plan.Only.Contains("picture")) await Pictures(folder);
    }

    /// <summary>Beside the same rows read raw and the durable audit row.</summary>
    private Task Reading(string work, string path, string[] statements) => Compare(work, 0, _ => async _ => Repeat(server.Port, Wire.Get(path, await server.Token()), 200), _ => i => raw.ReadLogged(i, statements, record.Patient), Self);

    /// <summary>Beside one transaction with the same rows.</summary>
    private Task Notes() => Compare("save a note", 0, _ => async i => Repeat(server.Port, Wire.Post($"/api/v1/orgs/bench/encounters/{record.Open[i]}/operation-notes", await server.Token(), "{\"text\":\"Calm night.\"}"), 201),
        _ => i => raw.SaveNote(i, record.Open[i]), Self);

    /// <summary>Beside the same bytes written to a file and flushed to the disk. The program looks into the picture, makes it smaller and encrypts it; a processor is busy with one for a while, so few at a time tell.</summary>
    private Task Pictures(string folder)
    {
        var picture = Record.Picture();
        Func<ValueTask> Bare(int caller)
        {
            var path = Path.Combine(folder, $"bare-{caller}.png");
            return async () =>
            {
                await using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
                await file.WriteAsync(picture);
                file.Flush(flushToDisk: true);
            };
        }
        var few = new Scenarios(plan with { Connections = [.. plan.Connections.Where(c => c <= 4).DefaultIfEmpty(1)] }, server, clinic, record, postgres, report, database) { warmEnough = 20 };
        return few.Compare($"picture of {picture.Length / 1_000_000.0:0.0} MB", 0, _ => async i =>
        {
            var head = Encoding.ASCII.GetBytes($"POST /api/v1/orgs/bench/encounters/{record.Open[i]}/prescription-images HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {await server.Token()}\r\nUser-Agent: bench\r\nContent-Type: image/png\r\nContent-Length: {picture.Length}\r\n\r\n");
            return Repeat(server.Port, [.. head, .. picture], 201);
        }, _ => Bare, Self);
    }
}
