using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Modules.Operations;

namespace Salus.Tests.Operations;

/// <summary>AuditExport and AuditFile.</summary>
public sealed class AuditExportTests(SalusServer server)
{
    private static async Task<byte[]> Export(Clinic clinic, string format, int days = 7, Actor? actor = null)
    {
        await using var scope = clinic.Salus.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ActorSlot>().Actor = actor ?? Actor.System(requestId: "audit-export");
        using var output = new MemoryStream();
        await scope.ServiceProvider.GetRequiredService<AuditExport>().Run(clinic.Slug, days, format, output, default);
        return output.ToArray();
    }

    private static Task<IReadOnlyList<string>> Verify(byte[] file) => AuditFile.Verify(new MemoryStream(file));

    private async Task<Clinic> Busy()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        await clinic.Issue(queue, "Anna Rossi");
        await clinic.Issue(queue, "=HYPERLINK(\"http://evil.example\") Rossi");
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        return clinic;
    }

    [Fact]
    public async Task AU_05_AU_06_json_is_pure_counts_its_rows_and_verifies_without_a_database()
    {
        var clinic = await Busy();
        var file = await Export(clinic, "json");
        var json = JsonNode.Parse(file)!;
        var counts = json["export_metadata"]!["record_counts"]!;
        Assert.Equal((2, 2, 1), (counts["patients"]!.GetValue<int>(), counts["visits"]!.GetValue<int>(), counts["queues"]!.GetValue<int>()));
        Assert.Equal(counts["audit_events"]!.GetValue<int>(), json["audit_events"]!.AsArray().Count);
        Assert.Empty(await Verify(file));
    }

    [Fact]
    public async Task AU_06_a_sealed_export_carries_its_seals_and_no_other_organisations_rows()
    {
        await using var own = await OwnServer.Start();
        var (clinic, other) = (await Clinic.Make(own.Salus), await Clinic.Make(own.Salus));
        await clinic.Register();
        await other.Register("Zebulon Quark");
        await own.Salus.Seal();
        var file = await Export(clinic, "json");
        Assert.Empty(await Verify(file));
        var json = JsonNode.Parse(file)!;
        Assert.NotEmpty(json["audit_seals"]!.AsArray());
        Assert.All(json["audit_events"]!.AsArray(), e => Assert.Equal(clinic.Id.ToString(), e!["organisation"]!.GetValue<string>()));
        Assert.DoesNotContain("Quark", Encoding.UTF8.GetString(file), StringComparison.Ordinal);
    }

    [Theory, InlineData("Anna Rossi", "Anna Russi"), InlineData("patient.register", "patient.archive!"), InlineData("\"result\": \"ok\"", "\"result\": \"no\""), InlineData("clinic.receptionist", "clinic.receptionisT")]
    public async Task AU_06_an_altered_file_is_found(string from, string to)
    {
        var text = Encoding.UTF8.GetString(await Export(await Busy(), "json"));
        Assert.Contains(from, text, StringComparison.Ordinal);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.NotEmpty(await Verify(Encoding.UTF8.GetBytes(text[..at] + to + text[(at + from.Length)..])));
    }

    [Theory, InlineData(""), InlineData("{}"), InlineData("null"), InlineData("[1,2]"), InlineData("not json")]
    public async Task AU_06_what_is_no_export_is_said_to_be_none(string text) => Assert.NotEmpty(await Verify(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public async Task AU_05_csv_has_the_header_a_row_each_and_no_formula()
    {
        var lines = Encoding.UTF8.GetString(await Export(await Busy(), "csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("Entity,ID,Name,Status,Created,Updated", lines[0]);
        Assert.Equal((2, 2), (lines.Count(l => l.StartsWith("Patient,", StringComparison.Ordinal)), lines.Count(l => l.StartsWith("Visit,", StringComparison.Ordinal))));
        Assert.DoesNotContain(lines, l => l.Contains(",=", StringComparison.Ordinal) || l.Contains(",\"=", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("'=HYPERLINK", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AU_08_the_export_is_itself_in_the_log()
    {
        var clinic = await Busy();
        await Export(clinic, "csv", 3);
        var row = Assert.Single(await clinic.Audit("audit.export"));
        Assert.Equal((ActorKind.System, "3 days csv", clinic.Id), (row.ActorKind, row.Detail, row.SubjectId!.Value));
    }

    [Fact]
    public async Task who_may_not_read_the_log_may_not_export_it()
    {
        var clinic = await server.NewClinic();
        var doctor = new Actor { Kind = ActorKind.Person, Id = clinic.Account("doctor").Id, OrganisationId = clinic.Id };
        Assert.Equal(403, (await Assert.ThrowsAsync<Refusal>(() => Export(clinic, "json", actor: doctor))).Status);
    }

    [Theory, InlineData(0), InlineData(367)]
    public async Task refuses_days_out_of_bounds(int days)
    {
        var clinic = await server.NewClinic();
        Assert.Equal(422, (await Assert.ThrowsAsync<Refusal>(() => Export(clinic, "json", days))).Status);
    }
}
