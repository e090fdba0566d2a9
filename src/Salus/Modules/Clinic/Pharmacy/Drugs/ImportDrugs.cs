using Microsoft.EntityFrameworkCore;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Pharmacy.Drugs;

/// <summary>Loads drugs from a file: known names are changed, others added, none removed. A dry run tells what it would do; a file with a faulty line writes nothing.</summary>
public sealed class ImportDrugs(Tools tools) : UseCase<ImportDrugs.Command, ImportOutcome>(tools)
{
    public const string Action = "drug.import";
    public static readonly IReadOnlyList<string> Columns = ["name", "code", "atc", "class", "ingredients", "form", "strength", "unit", "reorder_level"];

    public sealed record Command
    {
        public string Text { get; init; } = "";
        public bool DryRun { get; init; }
    }

    private List<CsvLine> lines = [];

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageStock);

    protected override Task Prepare(Command command, CancellationToken ct)
    {
        lines = CsvFile.Read(command.Text, "name");
        return Task.CompletedTask;
    }

    protected override async Task<ImportOutcome> Handle(Command command, CancellationToken ct)
    {
        var (faults, added, changed) = (new List<CsvFault>(), 0, 0);
        var known = (await Db.Drugs.ToListAsync(ct)).ToDictionary(d => d.Folded);
        var codes = known.Values.Where(d => d.Code != "").ToDictionary(d => d.Code, d => d.Folded);
        var seen = new HashSet<string>();
        foreach (var line in lines)
        {
            var form = Form(line, faults);
            var wrong = CsvFile.Check(line, form).ToList();
            faults.AddRange(wrong);
            if (wrong.Count > 0) continue;
            var folded = Text.Fold(form.Name);
            if (!folded.Any(char.IsLetter)) faults.Add(CsvFault.Of(line, Refusal.Field("name", "A name has at least one letter.")));
            else if (!seen.Add(folded)) faults.Add(CsvFault.Of(line, Refusal.Field("name", "This name stands in the file twice.")));
            else if (Text.Clean(form.Code).ToUpperInvariant() is { Length: > 0 } code && codes.TryGetValue(code, out var other) && other != folded) faults.Add(CsvFault.Of(line, Refusal.Field("code", "Another drug has this code.")));
            else
            {
                if (Text.Clean(form.Code).ToUpperInvariant() is { Length: > 0 } own) codes[own] = folded;
                if (!known.TryGetValue(folded, out var drug)) { Db.Add(drug = new Drug { StockAt = Now }); added++; form.WriteTo(drug); }
                else if (form.WriteTo(drug)) changed++;
            }
        }
        var outcome = new ImportOutcome(command.DryRun, lines.Count, added, changed, lines.Count - added - changed - faults.Select(f => f.Line).Distinct().Count(), CsvFile.Shown(faults));
        if (!outcome.IsWritten) Db.ChangeTracker.Clear();
        Subject("drugs", Db.OrganisationId, $"{(command.DryRun ? "dry run" : outcome.IsWritten ? "written" : "faulty")} +{added} ~{changed} !{faults.Count}");
        return outcome;
    }

    private static DrugForm Form(CsvLine line, List<CsvFault> faults)
    {
        var level = line["reorder_level"].Length == 0 ? 0 : line.Whole("reorder_level");
        if (level is null) faults.Add(CsvFault.Of(line, Refusal.Field("reorder_level", "This value does not fit.")));
        return new()
        {
            Name = line["name"], Code = line["code"], Atc = line["atc"], Class = line["class"], Ingredients = line["ingredients"], Form = line["form"], Strength = line["strength"], Unit = line["unit"],
            ReorderLevel = level ?? 0,
        };
    }
}
