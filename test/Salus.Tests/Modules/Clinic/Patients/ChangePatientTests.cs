using System.Text.Json;

namespace Salus.Tests.Patients;

/// <summary>PatientRecord, ChangePatient and ArchivePatient through the API.</summary>
public sealed class ChangePatientTests(SalusServer server)
{
    [Fact]
    public async Task PT_01_what_was_changed_is_read_back_and_the_version_moves_on()
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register(form: new { name = "Anna Rossi", phone = "333 1234567", gender = "female" })).Id;
        var before = await clinic.Receptionist.Get($"patients/{id}");
        var changed = (await clinic.Receptionist.Put($"patients/{id}", new { name = "Anna Verdi", category = "insurance" }, ("If-Match", before.ETag))).Is(200);
        var after = await clinic.Doctor.Get($"patients/{id}");
        Assert.Equal(("Anna Verdi", "", "unknown", "insurance"),
            (after["name"].GetString(), after["phone"].GetString(), after["gender"].GetString(), after["category"].GetString()));
        Assert.Equal(changed.ETag, after.ETag);
        Assert.NotEqual(before.ETag, after.ETag);
    }

    [Fact]
    public async Task QU_12_a_stale_version_is_refused_and_changes_nothing()
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register()).Id;
        var old = (await clinic.Receptionist.Get($"patients/{id}")).ETag;
        (await clinic.Doctor.Put($"patients/{id}", new { name = "Anna Verdi" }, ("If-Match", old))).Is(200);
        (await clinic.Receptionist.Put($"patients/{id}", new { name = "Anna Neri" }, ("If-Match", old))).Refuses(409, "stale");
        Assert.Equal("Anna Verdi", (await clinic.Doctor.Get($"patients/{id}"))["name"].GetString());
    }

    [Fact]
    public async Task of_many_who_change_the_same_version_at_once_one_does()
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register()).Id;
        var (desk, version) = (clinic.Receptionist, (await clinic.Receptionist.Get($"patients/{id}")).ETag);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => desk.Put($"patients/{id}", new { name = $"Anna {(char)('A' + i)}" }, ("If-Match", version))));
        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => a.Refuses(409, "stale"));
    }

    [Fact]
    public async Task refuses_a_version_that_is_none()
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register()).Id;
        (await clinic.Receptionist.Put($"patients/{id}", new { name = "Anna Neri" }, ("If-Match", "\"yesterday\""))).Refuses(400, "malformed");
    }

    [Fact]
    public async Task PT_09_AU_03_the_audit_row_names_the_changed_fields_but_not_their_contents()
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register(form: new { name = "Anna Rossi", phone = "333 1234567" })).Id;
        (await clinic.Receptionist.Put($"patients/{id}", new { name = "Zora Quark", phone = "340 9999999" })).Is(200);
        var row = Assert.Single(await clinic.Audit("patient.change", id));
        Assert.Equal("name,phone", row.Detail);
        foreach (var secret in (string[])["Quark", "Rossi", "340", "333"])
            Assert.DoesNotContain(secret, string.Join(' ', row.Detail, row.Role, row.UserAgent, row.Result, row.SubjectKind, row.Action), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task reading_a_patient_writes_an_audit_row()
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register()).Id;
        (await clinic.Doctor.Get($"patients/{id}")).Is(200);
        var row = Assert.Single(await clinic.Audit("patient.read", id));
        Assert.Equal((clinic.Account("doctor").Id, "clinic.doctor", "ok"), (row.ActorId!.Value, row.Role, row.Result));
        Assert.DoesNotContain("Rossi", JsonSerializer.Serialize(row), StringComparison.Ordinal);
    }

    [Fact]
    public async Task archiving_hides_a_patient_from_lists_but_keeps_the_record()
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register("Anna Rossi")).Id;
        (await clinic.Doctor.Post($"patients/{id}/archiving", new { reason = "Moved away" })).Is(204);
        Assert.Empty((await clinic.Doctor.Get("patients?q=rossi")).Items);
        Assert.True((await clinic.Doctor.Get($"patients/{id}")).Is(200)["isArchived"].GetBoolean());
        (await clinic.Receptionist.Put($"patients/{id}", new { name = "Anna Verdi" })).Refuses(404, "not-found");
        (await clinic.Receptionist.Post("tickets", new { patientId = id, queueId = await clinic.Queue() })).Refuses(404, "not-found");
        Assert.Single(await clinic.Audit("patient.archive", id));
    }

    [Fact]
    public async Task archiving_needs_a_reason()
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register()).Id;
        (await clinic.Doctor.Post($"patients/{id}/archiving")).RefusesField("reason");
    }

    [Theory, InlineData("receptionist", 200, 403), InlineData("doctor", 200, 204), InlineData("admin", 200, 204), InlineData("display", 403, 403), InlineData("anonymous", 401, 401)]
    public async Task who_may_change_and_archive(string persona, int change, int archive)
    {
        var clinic = await server.NewClinic();
        var id = (await clinic.Register()).Id;
        (await clinic.As(persona).Put($"patients/{id}", new { name = "Anna Verdi" })).Is(change);
        (await clinic.As(persona).Post($"patients/{id}/archiving", new { reason = "Moved away" })).Is(archive);
    }
}
