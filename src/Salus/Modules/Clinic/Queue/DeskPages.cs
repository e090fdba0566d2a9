using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Patients;
using Salus.Web;

namespace Salus.Modules.Clinic.Queue;

/// <summary>The receptionist's desk: find or register, then one key issues the token.</summary>
public static class DeskPages
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/desk", async (QueueSetup setup, CancellationToken ct) => Show.Page<DeskPage>(new { Setup = await setup.Run(new(), ct) })).Requires(ClinicPermissions.IssueTokens);
        pages.MapGet("/desk/search", async (PatientSearch search, CancellationToken ct, string q = "") =>
            q.Trim().Length < 2 ? Show.Page<DeskRows>(new { Q = "" }) : Show.Page<DeskRows>(new { Found = await search.Run(new() { Q = q, Limit = 8 }, ct), Q = q })).Requires(ClinicPermissions.IssueTokens);
        pages.MapGet("/desk/duplicates", async (LikelyDuplicates find, CancellationToken ct, string? name = null, string? phone = null, string? birthDate = null, string? nationalId = null, string? email = null) =>
            Show.Page<Duplicates>(new { Found = await find.Run(new() { Name = name, Phone = phone, BirthDate = DateOnly.TryParseExact(birthDate, "yyyy-MM-dd", out var day) ? day : null, NationalId = nationalId, Email = email }, ct) })).Requires(ClinicPermissions.WritePatients);
        pages.MapGet("/desk/new", (string name = "") => Show.Page<DeskRegister>(new { Name = name })).Requires(ClinicPermissions.WritePatients);
        pages.MapGet("/desk/patients/{id:guid}", async (Guid id, PatientRecord read, QueueSetup setup, CancellationToken ct) =>
            Show.Page<DeskPatient>(new { Patient = await read.Run(new() { PatientId = id }, ct), Setup = await setup.Run(new(), ct) })).Requires(ClinicPermissions.IssueTokens);
        pages.MapPost("/desk/patients", async (Form form, RegisterPatient register, PatientRecord read, QueueSetup setup, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            var made = await register.Run(PatientForm.Read(form, new RegisterPatient.Command { Number = form["number"] }), ct);
            return Show.After<DeskPatient>(http, page.At($"patients/{made.Id}"), new { Patient = await read.Run(new() { PatientId = made.Id }, ct), Setup = await setup.Run(new(), ct) });
        }).Requires(ClinicPermissions.WritePatients);
        pages.MapPost("/desk/tokens", async (Form form, IssueToken issue, ActorSlot slot, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            slot.Once(form);
            var issued = await issue.Run(new()
            {
                PatientId = form.Id("patientId") ?? default, QueueId = form.Id("queueId") ?? default, Urgency = form.Choice<Urgency>("urgency"), Reason = form["reason"], PolicyId = form.Id("policyId"),
            }, ct);
            return Show.After<DeskIssued>(http, page.At($"tickets/{issued.Id}/slip"), new { Issued = issued });
        }).Requires(ClinicPermissions.IssueTokens);
    }
}
