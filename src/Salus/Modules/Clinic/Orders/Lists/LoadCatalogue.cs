using Microsoft.EntityFrameworkCore;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Orders.Lists;

/// <summary>Loads tests, studies and procedures from a table: new codes are added, known ones changed. All rows or none.</summary>
public sealed class LoadCatalogue(Tools tools) : UseCase<LoadCatalogue.Command, LoadReport>(tools)
{
    public const string Action = "catalogue.load";
    public const int MostBytes = 4 * 1024 * 1024;
    private const int MostRows = 10_000;
    private readonly List<EntryForm> forms = [];
    private readonly List<RowFault> faults = [];

    public sealed record Command
    {
        /// <summary>Can be read again.</summary>
        public required Stream Table { get; init; }

        /// <summary>Says what would happen and writes nothing.</summary>
        public bool DryRun { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageCatalogue);

    protected override async Task Prepare(Command command, CancellationToken ct)
    {
        forms.Clear();
        faults.Clear();
        command.Table.Position = 0;
        var codes = new HashSet<string>();
        await foreach (var (row, cell) in CsvTable.Read(command.Table, ["code", "name"], ct))
        {
            if (row > MostRows + 1) throw Refusal.Field("file", "This table has too many rows.");
            var (form, wrong) = EntryForm.Read(row, cell);
            faults.AddRange(wrong);
            if (form.Code.Length > 0 && !codes.Add(form.Code.ToUpperInvariant())) faults.Add(new(row, "code", Words.CodeTwice));
            forms.Add(form);
        }
        if (forms.Count == 0) throw Refusal.Field("file", "This table is empty.");
    }

    protected override async Task<LoadReport> Handle(Command command, CancellationToken ct)
    {
        if (faults.Count > 0)
        {
            var report = new LoadReport(command.DryRun, forms.Count, 0, 0, 0, 0, faults.Select(f => f.Row).Distinct().Count(), [.. faults.Take(LoadReport.MostFaults)]);
            return command.DryRun ? report : throw report.ToRefusal();
        }
        var known = await Db.Catalogue.ToDictionaryAsync(e => e.Code, ct);
        var (added, changed) = (0, 0);
        foreach (var form in forms)
        {
            if (known.TryGetValue(form.Code.ToUpperInvariant(), out var entry)) { if (form.WriteTo(entry) | Restore(entry)) changed++; }
            else
            {
                form.WriteTo(entry = new CatalogueEntry());
                Db.Add(entry);
                added++;
            }
        }
        Subject("organisation", Db.OrganisationId, $"{(command.DryRun ? "dry run, " : "")}{added} new, {changed} changed");
        // What was only tried is forgotten before anything is saved.
        if (command.DryRun) Db.ChangeTracker.Clear();
        return new(command.DryRun, forms.Count, added, changed, forms.Count - added - changed, 0, 0, []);
    }

    private static bool Restore(CatalogueEntry entry)
    {
        var was = entry.ArchivedAt is not null;
        entry.ArchivedAt = null;
        return was;
    }
}

/// <summary>The whole list as a table that can be loaded again.</summary>
public sealed class ExportCatalogue(Tools tools) : UseCase<ExportCatalogue.Command, byte[]>(tools)
{
    public const string Action = "catalogue.export";

    public sealed record Command;

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageCatalogue);

    protected override async Task<byte[]> Handle(Command command, CancellationToken ct)
    {
        var entries = await Db.Catalogue.AsNoTracking().Where(e => e.ArchivedAt == null).OrderBy(e => e.Code).ToListAsync(ct);
        Subject("organisation", Db.OrganisationId, $"{entries.Count} entries");
        return await Csv.Write(EntryForm.Columns, entries.Select(EntryForm.Values));
    }
}
