using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Modules.Clinic.Contract;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Patients.Importing;

/// <summary>Writes the patients of the clinic's lists as a table that can be imported again: key by key, so that a hundred thousand need no more room than a thousand.</summary>
public sealed class PatientExport(Tools tools, OrganisationSlot organisation, RateLimits limits, Settings settings)
{
    private const int Part = 1000;

    /// <exception cref="Refusal">403 without the right or a proof; 429 <c>rate-limit</c>. After that nothing is refused any more.</exception>
    public async Task Authorize()
    {
        var actor = tools.Actor;
        try
        {
            if (!actor.May(ClinicPermissions.ExportPatients)) throw Refusal.Forbidden();
            await actor.RequireProof(tools.Clock.Now());
        }
        catch (Refusal refusal) when (refusal.Status == 403)
        {
            await tools.Audit.Refused(actor, ClinicExport.PatientsAction, refusal);
            throw;
        }
        if (actor.Id is not { } account || await limits.Count(settings.ExportLimit, $"account:{account:N}") is not { } excess) return;
        if (excess.IsFirst) await tools.Audit.Refused(actor, ClinicExport.PatientsAction, excess.Refusal);
        throw excess.Refusal;
    }

    /// <summary>Only after <see cref="Authorize"/>.</summary>
    public async Task Write(Stream output, CancellationToken ct)
    {
        await using var db = tools.Database.Open(tools.Actor.OrganisationId);
        var patients = db.PatientsVisibleTo(tools.Actor, tools.Clock.Now()).AsNoTracking().Where(p => p.ArchivedAt == null);
        await Note(await patients.CountAsync(ct));
        await using var csv = new Csv(output, withMark: true);
        await csv.Line(["number", "name", "phone", "birth date", "age", "gender", "category", "email", "address", "emergency name", "emergency phone", "emergency relation", "national id", "blood group"]);
        var today = tools.Clock.Today(organisation.Current.Zone);
        for (var after = Guid.Empty; ;)
        {
            var some = await patients.Where(p => p.Id > after).OrderBy(p => p.Id).Take(Part).ToListAsync(ct);
            foreach (var patient in some) await csv.Line(Cells(patient, today));
            await csv.Flush();
            if (some.Count < Part) break;
            after = some[^1].Id;
        }
    }

    private static string[] Cells(Patient p, DateOnly today) =>
    [
        p.Number, p.Name, p.Phone, p.BirthDateIsEstimated ? "" : p.BirthDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
        p.BirthDateIsEstimated ? p.Age(today)?.ToString(CultureInfo.InvariantCulture) ?? "" : "", p.Gender == Gender.Unknown ? "" : p.Gender.ToString(), p.Category.ToString(), p.Email, p.Address,
        p.EmergencyName, p.EmergencyPhone, p.EmergencyRelation, p.NationalId, p.BloodGroup == BloodGroup.Unknown ? "" : p.BloodGroup.ToString(),
    ];

    // In the log before anything leaves, and much of it in a row of its own, so that whoever watches the log sees it.
    private async Task Note(int patients)
    {
        AuditEvent Row(string action)
        {
            var row = AuditEvent.By(tools.Actor, tools.Clock.Now(), action);
            (row.SubjectKind, row.SubjectId, row.Detail) = ("organisation", tools.Actor.OrganisationId, $"{patients} patients");
            return row;
        }
        await tools.Audit.Write(patients > settings.AlertExport ? [Row(ClinicExport.PatientsAction), Row(ClinicExport.LargePatientsAction)] : [Row(ClinicExport.PatientsAction)]);
    }
}
