using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;
using Salus.Resources;

namespace Salus.Modules.Clinic.Patients.Importing;

/// <summary>A row that describes somebody who is here, or may be.</summary>
/// <param name="IsSame">Without doubt: the row is left out. Else it is brought in, and the two can be merged.</param>
/// <param name="SameLine">The earlier row of the file that describes the same person.</param>
public sealed record RowMatch(int Line, bool IsSame, int? SameLine, IReadOnlyList<PatientLine> Patients);

/// <summary>What importing a file would do. Of many faults and matches the first are listed; the counts are of all.</summary>
/// <param name="New">Rows that would become patients.</param>
/// <param name="Done">Rows that were brought in from this very file already.</param>
public sealed record ImportReport(int Rows, int New, int LeftOut, int Faulty, int Done, IReadOnlyList<RowFault> Faults, IReadOnlyList<RowMatch> Matches);

/// <summary>Reads a file of patients and says what importing it would do; writes nothing.</summary>
public sealed class CheckImport(Tools tools, OrganisationSlot organisation, IStringLocalizer<Texts> texts) : ReadModel<CheckImport.Query, ImportReport>(tools)
{
    public const string Action = "patient.import-check";
    private const int MostShown = 200;

    public sealed record Query([property: Required] string Text);

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ImportPatients);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, ImportReport result) =>
        result.Matches.SelectMany(m => m.Patients).Select(p => p.Id).Distinct().ToList() is { Count: > 0 } ids ? ("patient", ids) : null;

    protected override async Task<ImportReport> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var file = PatientFile.Read(query.Text);
        var done = await db.PatientImports.Where(i => i.FileHash == file.Hash).Select(i => i.Done).FirstOrDefaultAsync(ct);
        var (clinic, today) = (organisation.Current, Clock.Today(organisation.Current.Zone));
        var rows = await new RowCheck(db, Actor, clinic, Clock.Now(), today).Run([.. file.Rows.Skip(done)], ct);
        var faults = rows.SelectMany(r => r.Faults).OrderBy(f => f.Line).Take(MostShown).Select(f => f with { Sentence = texts[f.Sentence] });
        var matches = rows.Where(r => r.IsLeftOut || r.Likely.Count > 0).OrderBy(r => r.Row.Line).Take(MostShown)
            .Select(r => new RowMatch(r.Row.Line, r.IsLeftOut, r.SameLine, [.. (r.Same is { } same ? [same] : r.Likely).Select(p => PatientLine.Of(p, today))]));
        return new(file.Rows.Count, rows.Count(r => r.Faults.Count == 0 && !r.IsLeftOut), rows.Count(r => r.IsLeftOut), rows.Count(r => r.Faults.Count > 0), done, [.. faults], [.. matches]);
    }
}
