using Microsoft.EntityFrameworkCore;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Pharmacy.Drugs;

/// <summary>Adds a drug to the clinic's list, changes it, or takes it out of use.</summary>
public sealed class SaveDrug(Tools tools) : UseCase<SaveDrug.Command, SaveDrug.Outcome>(tools)
{
    public const string Action = "drug.save";

    public sealed record Command : DrugForm
    {
        /// <summary>Empty: a new drug.</summary>
        public Guid? Id { get; init; }

        /// <summary>Out of use: it is no longer prescribed; what is in stock stays there.</summary>
        public bool Archived { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    public sealed record Outcome(Guid Id, Guid Version);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageStock);

    protected override async Task<Outcome> Handle(Command command, CancellationToken ct)
    {
        Drug drug;
        if (command.Id is { } id) drug = await Db.Drugs.FirstOrDefaultAsync(d => d.Id == id, ct) ?? throw Refusal.NotFound();
        else Db.Add(drug = new Drug { StockAt = Now });
        if (command.Version is { } seen && command.Id is not null && seen != drug.Version) throw Refusal.Stale();
        command.WriteTo(drug);
        if (await Db.Drugs.AnyAsync(d => d.Id != drug.Id && (d.Folded == drug.Folded || (drug.Code != "" && d.Code == drug.Code)), ct)) throw Taken();
        drug.ArchivedAt = command.Archived ? drug.ArchivedAt ?? Now : null;
        drug.Version = Guid.CreateVersion7();
        Subject("drug", drug.Id, command.Id is null ? "added" : "changed");
        return new(drug.Id, drug.Version);
    }

    protected override Refusal Taken() => new(409, "drug.exists", "There is already a drug with this name or code.") { Unlock = "Look for it in the list; it may be out of use." };
}
