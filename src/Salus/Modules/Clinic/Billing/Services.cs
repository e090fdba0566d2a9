using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Payments.Contract;

namespace Salus.Modules.Clinic.Billing;

/// <summary>Prices are kept in the organisation's currency, also archived ones: they can come back.</summary>
public sealed class ServicePrices : IHasPrices
{
    public Task<bool> Any(SalusDb db, CancellationToken ct) => db.Services.AnyAsync(ct);
}

/// <summary>A service after an act.</summary>
public sealed record ServiceOutcome(Guid Id, string Code, bool IsArchived, Guid Version);

/// <summary>Sets the price of something, or changes it. Bills that are there already keep what they were made with.</summary>
public sealed class SaveService(Tools tools) : UseCase<SaveService.Command, ServiceOutcome>(tools)
{
    public const string Action = "service.save";

    public sealed record Command : ServiceForm
    {
        /// <summary>Empty: a new service.</summary>
        public Guid? Id { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManagePrices);

    protected override async Task<ServiceOutcome> Handle(Command command, CancellationToken ct)
    {
        var service = command.Id is { } id ? await Db.Services.FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw Refusal.NotFound() : new Service();
        Subject("service", service.Id, command.Id is null ? "new" : "changed");
        if (command.Version is { } seen && seen != service.Version) throw Refusal.Stale();
        command.WriteTo(service, (await Db.PaymentSettingsNow(ct)).Currency);
        if (await Db.Services.AnyAsync(s => s.Department == service.Department && s.Code == service.Code && s.Id != service.Id, ct)) throw Taken();
        service.Version = Guid.CreateVersion7();
        if (command.Id is null) Db.Add(service);
        return new(service.Id, service.Code, service.ArchivedAt is not null, service.Version);
    }

    protected override Refusal Taken() => new(409, "service.code", "Another service of this department has this code.") { Unlock = "Choose another code, or change that service." };
}

/// <summary>Takes a service off the price list, or back onto it.</summary>
public sealed class ArchiveService(Tools tools) : UseCase<ArchiveService.Command, ServiceOutcome>(tools)
{
    public const string Action = "service.archive";

    public sealed record Command
    {
        public Guid Id { get; init; }

        /// <summary>True: back onto the list.</summary>
        public bool Restore { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManagePrices);

    protected override async Task<ServiceOutcome> Handle(Command command, CancellationToken ct)
    {
        var service = await Db.Services.FirstOrDefaultAsync(s => s.Id == command.Id, ct) ?? throw Refusal.NotFound();
        (service.ArchivedAt, service.Version) = (command.Restore ? null : service.ArchivedAt ?? Now, Guid.CreateVersion7());
        Subject("service", service.Id, command.Restore ? "restored" : "archived");
        return new(service.Id, service.Code, service.ArchivedAt is not null, service.Version);
    }
}

/// <summary>A service as it is shown.</summary>
/// <param name="TaxRate">In percent.</param>
public sealed record ServiceLine(Guid Id, Department Department, string Code, string Name, Money Price, decimal TaxRate, BillTiming Timing, IReadOnlyList<BilledBy> By, IReadOnlyList<string> Automatic, bool IsArchived, Guid Version)
{
    public static ServiceLine Of(Service s, string currency) => new(s.Id, s.Department, s.Code, s.Name, Money.Of(s.Price, currency), s.TaxRate / 100m, s.Timing,
        [.. Enum.GetValues<BilledBy>().Where(b => s.By.HasFlag(b))], [.. s.AutomaticFor], s.ArchivedAt is not null, s.Version);
}

public sealed record ServicePage(IReadOnlyList<ServiceLine> Items, string? Next, string Currency);

/// <summary>The price list by department and fragments of name and code, sorted by name, read by key.</summary>
public sealed class ServiceList(Tools tools) : ReadModel<ServiceList.Query, ServicePage>(tools)
{
    public const string Action = "service.list";

    public sealed record Query
    {
        public string Q { get; init; } = "";
        public Department? Department { get; init; }
        public bool Archived { get; init; }

        /// <summary>The last service of the page before.</summary>
        public Guid? After { get; init; }
        public int Limit { get; init; } = 25;
    }

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadPrices);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, ServicePage result) => null;

    protected override async Task<ServicePage> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        if (query.Q.Length > 100) throw Refusal.Field("q", "This is too long.");
        if (query.Limit is < 1 or > 100) throw Refusal.Field("limit", "Between 1 and 100.");
        var found = db.Services.AsNoTracking().Where(s => s.ArchivedAt == null != query.Archived);
        if (query.Department is { } one) found = found.Where(s => s.Department == one);
        foreach (var word in Text.Fold(query.Q).Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Take(6)) found = found.Where(s => s.SearchName.Contains(word));
        if (query.After is { } after)
        {
            var last = await db.Services.AsNoTracking().Where(s => s.Id == after).Select(s => s.Name).FirstOrDefaultAsync(ct) ?? throw Refusal.Field("after", "This is not a place in this list.");
            found = found.Where(s => string.Compare(s.Name, last) > 0 || (s.Name == last && s.Id > after));
        }
        var rows = await found.OrderBy(s => s.Name).ThenBy(s => s.Id).Take(query.Limit + 1).ToListAsync(ct);
        var currency = (await db.PaymentSettingsNow(ct)).Currency;
        return new([.. rows.Take(query.Limit).Select(s => ServiceLine.Of(s, currency))], rows.Count > query.Limit ? rows[query.Limit - 1].Id.ToString() : null, currency);
    }
}
