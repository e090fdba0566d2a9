using Microsoft.EntityFrameworkCore;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Orders.Lists;

public sealed record CodeRow(string Code, string Text);

/// <summary>Writes a part of a list of codes: known ones get the new text, others are added, some are taken out. Small parts, so that a list of 70 000 stops nobody's work.</summary>
public sealed class SaveCodes(Tools tools) : UseCase<SaveCodes.Command, int>(tools)
{
    public const string Action = "code.load";

    public sealed record Command
    {
        public string System { get; init; } = "";
        public IReadOnlyList<CodeRow> Rows { get; init; } = [];

        /// <summary>Codes that the new list no longer has.</summary>
        public IReadOnlyList<string> Archive { get; init; } = [];
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageCodes);

    protected override async Task<int> Handle(Command command, CancellationToken ct)
    {
        var codes = command.Rows.Select(r => r.Code).ToList();
        var known = await Db.DiagnosisCodes.Where(c => c.System == command.System && codes.Contains(c.Code)).ToDictionaryAsync(c => c.Code, ct);
        foreach (var row in command.Rows)
        {
            if (!known.TryGetValue(row.Code, out var code)) Db.Add(code = new() { System = command.System, Code = row.Code });
            (code.Text, code.ArchivedAt) = (row.Text, null);
            code.Index();
        }
        var archived = await Db.DiagnosisCodes.Where(c => c.System == command.System && command.Archive.Contains(c.Code)).ToListAsync(ct);
        foreach (var code in archived) code.ArchivedAt = Now;
        Subject("organisation", Db.OrganisationId, $"{command.System}: {command.Rows.Count} written, {archived.Count} archived");
        return command.Rows.Count + archived.Count;
    }
}

/// <summary>Loads a whole list of codes from a table. It is read twice as a stream: first every row is looked at, and only when all are right they are written, part by part. A broken load is mended by loading again.</summary>
public sealed class CodeLoad(Tools tools, SaveCodes save)
{
    public const int MostBytes = 32 * 1024 * 1024;
    private const int Part = 500, MostRows = 200_000;

    /// <param name="table">Can be read twice; columns <c>code</c> and <c>text</c>.</param>
    /// <param name="replace">Codes that the table does not have are taken out of the list.</param>
    /// <exception cref="Refusal">403, 422 <c>load.rows</c>, 422 on <c>file</c> or <c>system</c>.</exception>
    public async Task<LoadReport> Run(Stream table, string system, bool replace, bool dryRun, CancellationToken ct)
    {
        if (!tools.Actor.May(ClinicPermissions.ManageCodes)) throw Refusal.Forbidden();
        if (!DiagnosisCode.Systems.Contains(system)) throw Refusal.Field("system", "Choose one of the list.");
        table.Position = 0;
        var known = await Known(system, ct);
        var report = await Look(table, known, replace, dryRun, ct);
        if (dryRun) return report;
        if (report.FaultCount > 0) throw report.ToRefusal();
        table.Position = 0;
        var part = new List<CodeRow>(Part);
        await foreach (var (_, cell) in CsvTable.Read(table, ["code", "text"], ct))
        {
            var row = Row(cell);
            if (known.Remove(row.Code, out var text) && text == row.Text) continue;
            part.Add(row);
            if (part.Count == Part) await Write(system, part, [], ct);
        }
        if (part.Count > 0) await Write(system, part, [], ct);
        if (replace) foreach (var gone in known.Where(k => k.Value is not null).Select(k => k.Key).Chunk(Part)) await Write(system, part, gone, ct);
        return report;
    }

    private async Task Write(string system, List<CodeRow> part, IReadOnlyList<string> archive, CancellationToken ct)
    {
        await save.Run(new() { System = system, Rows = [.. part], Archive = archive }, ct);
        part.Clear();
    }

    /// <summary>The texts by code; null for those that were taken out.</summary>
    private async Task<Dictionary<string, string?>> Known(string system, CancellationToken ct)
    {
        await using var db = tools.Database.Open(tools.Actor.OrganisationId);
        return await db.DiagnosisCodes.AsNoTracking().Where(c => c.System == system).Select(c => new { c.Code, Text = c.ArchivedAt == null ? c.Text : null }).ToDictionaryAsync(c => c.Code, c => c.Text, ct);
    }

    private static async Task<LoadReport> Look(Stream table, Dictionary<string, string?> known, bool replace, bool dryRun, CancellationToken ct)
    {
        var (codes, faults, faulty) = (new HashSet<string>(), new List<RowFault>(), 0);
        var (rows, added, changed, kept) = (0, 0, 0, 0);
        await foreach (var (number, cell) in CsvTable.Read(table, ["code", "text"], ct))
        {
            if (++rows > MostRows) throw Refusal.Field("file", "This table has too many rows.");
            var row = Row(cell);
            var fault = Fault(number, row) ?? (codes.Add(row.Code) ? null : new(number, "code", Words.CodeTwice));
            if (fault is not null)
            {
                faulty++;
                if (faults.Count < LoadReport.MostFaults) faults.Add(fault);
            }
            else if (!known.TryGetValue(row.Code, out var text)) added++;
            else
            {
                if (text is not null) kept++;
                if (text != row.Text) changed++;
            }
        }
        if (rows == 0) throw Refusal.Field("file", "This table is empty.");
        return new(dryRun, rows, added, changed, rows - added - changed - faulty, replace ? known.Count(k => k.Value is not null) - kept : 0, faulty, faults);
    }

    private static CodeRow Row(Func<string, string> cell) => new(cell("code").ToUpperInvariant(), cell("text"));

    private static RowFault? Fault(int number, CodeRow row) => row switch
    {
        { Code.Length: 0 } => new(number, "code", "Please fill this in."),
        { Code.Length: > DiagnosisCode.MostCode } => new(number, "code", "This is too long."),
        _ when row.Code.Any(c => !char.IsAsciiLetterOrDigit(c) && !".&/+*-".Contains(c, StringComparison.Ordinal)) => new(number, "code", Words.NoCode),
        { Text.Length: 0 } => new(number, "text", "Please fill this in."),
        { Text.Length: > DiagnosisCode.MostText } => new(number, "text", "This is too long."),
        _ => null,
    };
}
