using Microsoft.EntityFrameworkCore;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Pharmacy.Interactions;

/// <summary>Loads rules of interaction from a file: known pairs are changed, others added, none removed. A file with a faulty line writes nothing.</summary>
public sealed class ImportRules(Tools tools) : UseCase<ImportRules.Command, ImportOutcome>(tools)
{
    public const string Action = "interaction.import";
    public static readonly IReadOnlyList<string> Columns = ["a_side", "a", "b_side", "b", "severity", "text"];

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
        lines = CsvFile.Read(command.Text, "a", "b", "severity");
        return Task.CompletedTask;
    }

    protected override async Task<ImportOutcome> Handle(Command command, CancellationToken ct)
    {
        var (faults, added, changed) = (new List<CsvFault>(), 0, 0);
        var known = (await Db.InteractionRules.ToListAsync(ct)).ToDictionary(r => r.Pair);
        var seen = new HashSet<(RuleSide, string, RuleSide, string)>();
        foreach (var line in lines)
        {
            var before = faults.Count;
            var form = Form(line, faults);
            faults.AddRange(CsvFile.Check(line, form));
            if (faults.Count > before) continue;
            if (form.Wrong is { } column) { faults.Add(CsvFault.Of(line, Refusal.Field(column, "Name two different things."))); continue; }
            var rule = new InteractionRule();
            form.WriteTo(rule);
            if (!seen.Add(rule.Pair)) faults.Add(CsvFault.Of(line, Refusal.Field("a", "This pair stands in the file twice.")));
            else if (!known.TryGetValue(rule.Pair, out var old)) { Db.Add(rule); added++; }
            else if (form.WriteTo(old)) changed++;
        }
        var outcome = new ImportOutcome(command.DryRun, lines.Count, added, changed, lines.Count - added - changed - faults.Select(f => f.Line).Distinct().Count(), CsvFile.Shown(faults));
        if (!outcome.IsWritten) Db.ChangeTracker.Clear();
        Subject("interaction-rules", Db.OrganisationId, $"{(command.DryRun ? "dry run" : outcome.IsWritten ? "written" : "faulty")} +{added} ~{changed} !{faults.Count}");
        return outcome;
    }

    private static RuleForm Form(CsvLine line, List<CsvFault> faults)
    {
        T Choice<T>(string column, T absent) where T : struct, Enum
        {
            if (line[column].Length == 0) return absent;
            if (Enum.TryParse<T>(line[column], true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(line[column][0])) return value;
            faults.Add(CsvFault.Of(line, Refusal.Field(column, "Choose one of the list.")));
            return absent;
        }
        if (line["severity"].Length == 0) faults.Add(CsvFault.Of(line, Refusal.Field("severity", "Please fill this in.")));
        return new() { ASide = Choice("a_side", RuleSide.Ingredient), A = line["a"], BSide = Choice("b_side", RuleSide.Ingredient), B = line["b"], Severity = Choice("severity", InteractionSeverity.Severe), Text = line["text"] };
    }
}
