using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Modules.Operations;

namespace Salus.Tests.Operations;

/// <summary>The audit log: append-only, without health data, and its review.</summary>
public sealed class AuditLogTests(SalusServer server)
{
    [Theory]
    [InlineData("UPDATE kernel_audit_events SET \"Result\" = 'ok'")]
    [InlineData("DELETE FROM kernel_audit_events")]
    [InlineData("UPDATE kernel_audit_seals SET \"Count\" = 0")]
    [InlineData("DELETE FROM kernel_audit_seals")]
    public async Task AU_01_direct_sql_cannot_change_or_delete(string sql)
    {
        var clinic = await server.NewClinic();
        await clinic.Register();
        await Wait.Until(async () =>
        {
            await using var db = clinic.Open();
            return await db.Set<AuditSeal>().AnyAsync();
        });
        var error = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => server.Salus.Sql(sql));
        Assert.Contains("append-only", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AU_01_no_route_changes_the_log() =>
        Assert.DoesNotContain(Routes.OfApi(server.Salus), r => r.Pattern.Contains("audit", StringComparison.Ordinal) && r.Method is "PUT" or "DELETE" or "PATCH" && r.Pattern.Contains("audit", StringComparison.Ordinal));

    [Fact]
    public async Task AU_03_rows_of_a_whole_visit_hold_no_name_phone_or_reason()
    {
        var clinic = await server.NewClinic();
        var queue = await clinic.Queue();
        var patient = await clinic.Register(form: new { name = "Zebulon Quark", phone = "333 7654321", birthDate = "1971-03-04" });
        var ticket = (await clinic.Receptionist.Post("tickets", new { patientId = patient.Id, queueId = queue, urgency = "urgent", reason = "Haemoptysis" })).Is(201).Id;
        (await clinic.Doctor.Post($"queues/{queue}/calls")).Is(200);
        (await clinic.Step(ticket, "bring-in")).Is(200);
        (await clinic.Doctor.Get($"tickets/{ticket}")).Is(200);
        (await clinic.Doctor.Get("patients?q=quark")).Is(200);
        (await clinic.Doctor.Post($"patients/{patient.Id}/archiving", new { reason = "Deceased" })).Is(204);
        var rows = JsonSerializer.Serialize(await clinic.Audit());
        foreach (var secret in (string[])["Quark", "Zebulon", "7654321", "Haemoptysis", "Deceased", "1971"]) Assert.DoesNotContain(secret, rows, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task AU_08_refusals_are_logged_with_their_code()
    {
        var clinic = await server.NewClinic();
        (await clinic.Display.Get("patients")).Is(403);
        Assert.Equal(("forbidden", ActorKind.Device), (await clinic.Audit("patients.read")).Select(r => (r.Result, r.ActorKind)).Single());
        var ticket = (await clinic.Issue(await clinic.Queue())).Id;
        (await clinic.Step(ticket, "finish")).Is(409);
        Assert.Equal("ticket.state", Assert.Single(await clinic.Audit("ticket.move", ticket)).Result);
        (await clinic.Step(ticket, "finish", clinic.Receptionist)).Is(403);
        Assert.Contains(await clinic.Audit("ticket.move"), r => r.Result == "forbidden" && r.ActorId == clinic.Account("receptionist").Id);
    }

    [Fact]
    public async Task AU_08_role_changes_settings_and_screens_have_rows()
    {
        var clinic = await server.NewClinic();
        var member = (await clinic.Admin.Get("staff"))["staff"].EnumerateArray().First(s => s.Id("accountId") == clinic.Account("doctor").Id).Id("membershipId");
        (await clinic.Admin.Put($"staff/{member}", new { roles = new[] { "clinic.receptionist" } })).Is(204);
        (await clinic.Admin.Put("", new { name = "Renamed", timeZone = "Europe/Rome", language = "it", callingCode = "39", numberPattern = "xx-xx-xxx" })).Is(204);
        Assert.Equal("clinic.doctor Active > clinic.receptionist Active", Assert.Single(await clinic.Audit("staff.change", member)).Detail);
        Assert.Equal("Language,Name", string.Join(',', Assert.Single(await clinic.Audit("organisation.change-settings")).Detail.Split(',').Where(f => f != "Version").Order()));
        Assert.Single(await clinic.Audit("device.add"));
    }

    private async Task<AuditPage> Review(Clinic clinic, AuditReview.Query query, string role = "org.admin")
    {
        await using var scope = server.Salus.Services.CreateAsyncScope();
        var may = scope.ServiceProvider.GetRequiredService<Kernel.Modules>().Permissions.Values.Where(p => p.Roles.Contains(role)).Select(p => p.Key);
        scope.ServiceProvider.GetRequiredService<ActorSlot>().Actor = new Actor
        {
            Kind = ActorKind.Person, Id = clinic.Account("admin").Id, OrganisationId = clinic.Id, Permissions = System.Collections.Frozen.FrozenSet.ToFrozenSet(may),
        };
        await using (var db = clinic.Open())
            scope.ServiceProvider.GetRequiredService<Salus.Modules.Organisations.Contract.OrganisationSlot>().Current = await db.Set<Salus.Modules.Organisations.Contract.Organisation>().SingleAsync(o => o.Id == clinic.Id);
        return await scope.ServiceProvider.GetRequiredService<AuditReview>().Run(query, default);
    }

    [Fact]
    public async Task AU_09_the_review_filters_by_actor_action_subject_result_and_day_and_pages()
    {
        var clinic = await server.NewClinic();
        var (one, two) = ((await clinic.Register()).Id, (await clinic.Register("Bruno Bianchi")).Id);
        (await clinic.Doctor.Get($"patients/{one}")).Is(200);
        (await clinic.Display.Get("patients")).Is(403);
        var desk = clinic.Account("receptionist").Id;
        Assert.Equal([two, one], (await Review(clinic, new() { ActionKey = "patient.register" })).Items.Select(i => i.SubjectId!.Value));
        Assert.All((await Review(clinic, new() { ActorId = desk })).Items, i => Assert.Equal("Person receptionist", i.Actor));
        Assert.Equal(["patient.read", "patient.register"], (await Review(clinic, new() { SubjectId = one })).Items.Select(i => i.Action));
        Assert.Equal("forbidden", Assert.Single((await Review(clinic, new() { Result = "refused" })).Items).Result);
        Assert.Empty((await Review(clinic, new() { Until = new DateOnly(2020, 1, 1) })).Items);
        Assert.NotEmpty((await Review(clinic, new() { From = new DateOnly(2020, 1, 1), Until = DateOnly.MaxValue })).Items);
        var first = await Review(clinic, new() { Limit = 2 });
        var second = await Review(clinic, new() { Limit = 2, After = long.Parse(first.Next!, System.Globalization.CultureInfo.InvariantCulture) });
        Assert.Equal(4, first.Items.Concat(second.Items).Select(i => i.Seq).Distinct().Count());
        Assert.Contains(await clinic.Audit("audit.read"), r => r.Result == "ok");
    }

    [Theory, InlineData("clinic.doctor"), InlineData("clinic.receptionist"), InlineData("clinic.display")]
    public async Task AU_09_only_an_administrator_reads_the_log(string role)
    {
        var clinic = await server.NewClinic();
        Assert.Equal(403, (await Assert.ThrowsAsync<Refusal>(() => Review(clinic, new(), role))).Status);
    }
}
