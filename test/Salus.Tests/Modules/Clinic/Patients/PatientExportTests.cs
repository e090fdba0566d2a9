using Salus.Kernel.Audit;
using Salus.Modules.Operations.Security;

namespace Salus.Tests.Patients;

/// <summary>The patients of the lists as a table that can be imported again.</summary>
public sealed class PatientExportTests(SalusServer server)
{
    [Fact]
    public async Task what_was_exported_can_be_imported_elsewhere_and_runs_nothing_in_a_spreadsheet()
    {
        var (clinic, other) = (await server.NewClinic(), await server.NewClinic());
        await clinic.Register(form: new { name = "=1+1 Anna \"A\", Rossi", phone = "333 1234567", birthDate = "1980-05-17", gender = "female", nationalId = "RSS-80A", bloodGroup = "o-negative", emergencyName = "Ugo", emergencyPhone = "340 7654321" });
        await clinic.Register(form: new { name = "Carlo Bianchi", age = 40 });
        var gone = (await clinic.Register("Gone Away")).Id;
        (await clinic.Doctor.Post($"patients/{gone}/archiving", new { reason = "Moved away" })).Is(204);
        var file = (await clinic.Admin.Get("patients/export")).Is(200);
        Assert.StartsWith("text/csv", file.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Contains("'=1+1 Anna", file.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Gone", file.Text, StringComparison.Ordinal);
        Assert.Equal(2, (await other.Admin.Post("patients/imports", ImportTests.Csv(file.Text))).Is(200)["imported"].GetInt32());
        Assert.Equal(file.Text.Split("\r\n").Order(StringComparer.Ordinal), (await other.Admin.Get("patients/export")).Is(200).Text.Split("\r\n").Order(StringComparer.Ordinal));
        Assert.Equal("2 patients", Assert.Single(await clinic.Audit("patient.export")).Detail);
    }

    [Fact]
    public async Task restricted_records_leave_only_with_who_reads_them()
    {
        var clinic = await server.NewClinic();
        var patient = (await clinic.Register("Zenobia Hidden")).Id;
        (await clinic.Admin.Post($"patients/{patient}/restriction", new { reason = "Known to the staff" })).Is(204);
        var exporter = await clinic.HireWith("Exporter", "organisation.enter", "patients.export");
        Assert.DoesNotContain("Zenobia", (await exporter.Get("patients/export")).Is(200).Text, StringComparison.Ordinal);
        Assert.Contains("Zenobia", (await clinic.Admin.Get("patients/export")).Is(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task only_an_administrator_who_shows_who_it_is_exports_and_no_key_does()
    {
        var clinic = await server.NewClinic();
        foreach (var persona in (string[])["receptionist", "doctor", "nurse", "display"]) (await clinic.As(persona).Get("patients/export")).Refuses(403, "forbidden");
        (await clinic.Admin.Post("keys", new { name = "Link", permissions = new[] { "patients.export" } })).RefusesField("permissions");
        var admin = clinic.Admin;
        await clinic.Age("admin");
        (await admin.Get("patients/export")).Refuses(403, "proof.needed");
        Assert.Equal("proof.needed", Assert.Single(await clinic.Audit("patient.export")).Result);
    }

    [Fact]
    public async Task AU_11_many_exported_patients_are_an_event_of_security_and_an_alert()
    {
        await using var own = await OwnServer.Start(s => s with { AlertExport = 2 });
        var clinic = await Clinic.Make(own.Salus);
        for (var i = 0; i < 2; i++) await clinic.Register($"Patient {i}");
        (await clinic.Admin.Get("patients/export")).Is(200);
        Assert.Empty(await clinic.Audit("patient.export-large"));
        await clinic.Register("Patient 3");
        (await clinic.Admin.Get("patients/export")).Is(200);
        var row = Assert.Single(await clinic.Audit("patient.export-large"));
        Assert.Equal(("3 patients", Weight.Alarm), (row.Detail, SecurityEvents.Of(row)!.Weight));
        Assert.Equal(AlertRules.Export, Assert.Single(AlertRules.All, r => r.Fits(row)).Kind);
        Assert.Equal(Weight.Note, SecurityEvents.Of(new AuditEvent { Action = "patient.export" })!.Weight);
    }
}
