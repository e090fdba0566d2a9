using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Orders.Lists;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>Loads the price list from a table: new codes are added, known ones changed. All rows or none.</summary>
public sealed class LoadServices(Tools tools) : UseCase<LoadServices.Command, LoadReport>(tools)
{
    public const string Action = "service.load";
    public const int MostBytes = 4 * 1024 * 1024;
    private const int MostRows = 10_000;
    private readonly List<(int Row, ServiceForm Form)> forms = [];
    private readonly List<RowFault> faults = [];

    public sealed record Command
    {
        /// <summary>Can be read again.</summary>
        public required Stream Table { get; init; }

        /// <summary>Says what would happen and writes nothing.</summary>
        public bool DryRun { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManagePrices);

    protected override async Task Prepare(Command command, CancellationToken ct)
    {
        forms.Clear();
        faults.Clear();
        command.Table.Position = 0;
        var codes = new HashSet<(Department, string)>();
        await foreach (var (row, cell) in CsvTable.Read(command.Table, ["department", "code", "name", "price"], ct))
        {
            if (row > MostRows + 1) throw Refusal.Field("file", "This table has too many rows.");
            var (form, fault) = ServiceForm.Read(row, cell);
            if (fault is not null) faults.Add(fault);
            else if (!codes.Add((form!.Department, form.Code.ToUpperInvariant()))) faults.Add(new(row, "code", Orders.Words.CodeTwice));
            else forms.Add((row, form));
        }
        if (forms.Count + faults.Count == 0) throw Refusal.Field("file", "This table is empty.");
    }

    protected override async Task<LoadReport> Handle(Command command, CancellationToken ct)
    {
        var currency = (await Db.PaymentSettingsNow(ct)).Currency;
        var known = await Db.Services.ToDictionaryAsync(s => (s.Department, s.Code), ct);
        var (added, changed, total) = (0, 0, forms.Count + faults.Count);
        foreach (var (row, form) in forms)
        {
            var service = known.GetValueOrDefault((form.Department, Text.Clean(form.Code).ToUpperInvariant()));
            try
            {
                var target = service ?? new Service();
                var differs = form.WriteTo(target, currency) | target.ArchivedAt is not null;
                target.ArchivedAt = null;
                if (differs) target.Version = Guid.CreateVersion7();
                if (service is null) { Db.Add(target); added++; }
                else if (differs) changed++;
            }
            catch (Refusal refusal) when (refusal.Status == 422) { faults.AddRange(refusal.Errors.Select(e => new RowFault(row, e.Key == "taxRate" ? "tax" : e.Key, e.Value[0]))); }
        }
        Subject("organisation", Db.OrganisationId, $"{(command.DryRun ? "dry run, " : "")}{added} new, {changed} changed");
        if (faults.Count > 0)
        {
            var report = new LoadReport(command.DryRun, total, 0, 0, 0, 0, faults.Select(f => f.Row).Distinct().Count(), [.. faults.OrderBy(f => f.Row).Take(LoadReport.MostFaults)]);
            Db.ChangeTracker.Clear();
            return command.DryRun ? report : throw report.ToRefusal();
        }
        // What was only tried is forgotten before anything is saved.
        if (command.DryRun) Db.ChangeTracker.Clear();
        return new(command.DryRun, total, added, changed, total - added - changed, 0, 0, []);
    }
}

/// <summary>The whole price list as a table that can be loaded again.</summary>
public sealed class ExportServices(Tools tools) : UseCase<ExportServices.Command, byte[]>(tools)
{
    public const string Action = "service.export";

    public sealed record Command;

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManagePrices);

    protected override async Task<byte[]> Handle(Command command, CancellationToken ct)
    {
        var currency = (await Db.PaymentSettingsNow(ct)).Currency;
        var services = await Db.Services.AsNoTracking().Where(s => s.ArchivedAt == null).OrderBy(s => s.Department).ThenBy(s => s.Code).ToListAsync(ct);
        Subject("organisation", Db.OrganisationId, $"{services.Count} services");
        return await Csv.Write(ServiceForm.Columns, services.Select(s => ServiceForm.Values(s, currency)));
    }
}
