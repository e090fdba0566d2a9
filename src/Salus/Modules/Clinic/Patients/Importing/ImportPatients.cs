using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Patients.Importing;

/// <summary>How far a file has been brought in.</summary>
public sealed record ImportOutcome(Guid Id, int Rows, int Done, int Imported, int LeftOut)
{
    public bool IsDone => Done >= Rows;
}

/// <summary>
/// Brings in the next rows of a file of patients, each time some hundred in a transaction of their own, so that the desk goes on between them. How far it got stands beside the
/// hash of the file: the same file again goes on there. A file with a faulty row is refused whole, before anything of it is written.
/// </summary>
public sealed class ImportPatients(Tools tools, OrganisationSlot organisation) : UseCase<ImportPatients.Command, ImportOutcome>(tools)
{
    public const string Action = "patient.import";
    private const int Batch = 200;

    public sealed record Command([property: Required] string Text);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ImportPatients);

    protected override async Task<ImportOutcome> Handle(Command command, CancellationToken ct)
    {
        var (file, clinic, today) = (PatientFile.Read(command.Text), organisation.Current, Clock.Today(organisation.Current.Zone));
        var import = await Begin(file, ct);
        var (check, isFirst) = (new RowCheck(Db, Actor, clinic, Now, today), import.Done == 0);
        var rows = (await check.Run([.. file.Rows.Skip(import.Done).Take(isFirst ? file.Rows.Count : Batch)], ct)).ToList();
        if (rows.Sum(r => r.Faults.Count > 0 ? 1 : 0) is > 0 and var faulty)
            throw new Refusal(422, "import.faults", "{0} rows have faults; nothing of them was brought in.", faulty) { Unlock = "Try the file first: every fault is listed with its line." };
        rows = [.. rows.Take(Batch)];
        var wanted = rows.Where(r => !r.IsLeftOut).Select(r => r.Patient!).ToList();
        Db.AddRange(wanted.Where(p => p.Number.Length > 0));
        // Saved first: a number that is given must be none that was brought along.
        await Db.SaveChangesAsync(ct);
        foreach (var patient in wanted.Where(p => p.Number.Length == 0))
        {
            patient.Number = await PatientNumbers.Next(Db, clinic, today, ct);
            patient.Index();
            Db.Add(patient);
        }
        (import.Done, import.Imported, import.LeftOut) = (import.Done + rows.Count, import.Imported + wanted.Count, import.LeftOut + rows.Count - wanted.Count);
        if (wanted.Count > 0) Subjects("patient", [.. wanted.Select(p => p.Id)], $"{wanted.Count} patients");
        else Subject("import", import.Id);
        return new(import.Id, import.Rows, import.Done, import.Imported, import.LeftOut);
    }

    /// <summary>The file's own row, held until the commit: of two who send the same file at once one waits, and goes on behind the other.</summary>
    private async Task<PatientImport> Begin(PatientFile file, CancellationToken ct)
    {
        await Db.PatientImports.Where(i => i.FileHash == file.Hash).ExecuteUpdateAsync(set => set.SetProperty(i => i.Rows, file.Rows.Count), ct);
        if (await Db.PatientImports.FirstOrDefaultAsync(i => i.FileHash == file.Hash, ct) is { } known) return known;
        var import = new PatientImport { FileHash = file.Hash, Rows = file.Rows.Count, StartedAt = Now, StartedBy = Actor.Id };
        Db.Add(import);
        await Db.SaveChangesAsync(ct);
        return import;
    }

    /// <summary>All of the file.</summary>
    public async Task<ImportOutcome> RunAll(Command command, CancellationToken ct)
    {
        ImportOutcome outcome;
        do outcome = await Run(command, ct); while (!outcome.IsDone);
        return outcome;
    }

    protected override Refusal Taken() => new(409, "import.taken", "Somebody else registered a patient with one of these numbers or national ids meanwhile.") { Unlock = "Try the file again: it goes on where it stopped." };
}
