using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Modules.Clinic.Billing;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Patients;
using Salus.Modules.Clinic.Pharmacy.Stock;
using Salus.Modules.Organisations.Contract;
using Salus.Resources;

namespace Salus.Modules.Clinic.Pharmacy.Dispensing;

/// <summary>Hands a prescribed medicine out, once: the batch that expires first goes first, an expired one never, and either everything is there or nothing is taken.</summary>
public sealed class DispensePrescription(Tools tools, CareGuard guard, OrganisationSlot organisation, Bills bills, IStringLocalizer<Texts> texts) : EncounterUseCase<DispensePrescription.Command, DispensePrescription.Outcome>(tools, guard)
{
    public const string Action = "prescription.dispense";

    public sealed record Command
    {
        public Guid PrescriptionId { get; init; }

        /// <summary>Empty: what was prescribed.</summary>
        [Range(1, 10_000, ErrorMessage = "Between 1 and 10,000.")]
        public int? Quantity { get; init; }

        [StringLength(300, ErrorMessage = "This is too long.")]
        public string? Notes { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    /// <param name="IsFromStock">False: the drug is in free words; no stock was moved.</param>
    public sealed record Outcome(Guid Id, Guid PrescriptionId, Guid EncounterId, string Drug, int Quantity, bool IsFromStock, IReadOnlyList<Line> Lines);

    public sealed record Line(Guid Id, string Batch, DateOnly Expiry, int Quantity);

    private bool isEmergency;

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => isEmergency ? CareAct.EmergencyDispense : CareAct.Dispense;

    protected override async Task<Outcome> Handle(Command command, CancellationToken ct)
    {
        var found = await Db.Prescriptions.Where(p => p.Id == command.PrescriptionId).Select(p => new { p.EncounterId, p.IsEmergency }).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        isEmergency = found.IsEmergency;
        var encounter = await Hold(found.EncounterId, command, ct, command.PrescriptionId);
        var prescription = await Db.Prescriptions.SingleAsync(p => p.Id == command.PrescriptionId, ct);
        Subject("prescription", prescription.Id, prescription.State.ToString(), encounter.Id);
        if (prescription.PrescribedBy == Author)
            throw new Refusal(403, "dispense.own-prescription", "Nobody dispenses what they prescribed themselves.") { Unlock = "Ask a colleague to dispense it." };
        prescription.End(PrescriptionState.Dispensed, Author, Now);
        if (command.Version is { } seen && seen != prescription.Version) throw Refusal.Stale();
        var quantity = command.Quantity ?? prescription.Quantity;
        if (quantity > prescription.Quantity) throw Refusal.Field("quantity", "This is more than was prescribed.");
        var dispense = new Dispense
        {
            EncounterId = encounter.Id, PatientId = encounter.PatientId, PrescriptionId = prescription.Id, Quantity = quantity, IsFromStock = prescription.DrugId is not null, Notes = Text.Clean(command.Notes),
            DispensedBy = Author, DispensedAt = Now,
        };
        Db.Add(dispense);
        var lines = prescription.DrugId is { } drug ? await Take(dispense, drug, ct) : [];
        Subject("prescription", prescription.Id, dispense.IsFromStock ? "dispensed" : "dispensed without stock", encounter.Id);
        Changed(PharmacyTopic.Of(Db.OrganisationId));
        Changed(EncounterList.Topic(Db.OrganisationId));
        if (quantity < prescription.Quantity) await bills.NotDone(bills.Booking(Db, Now, Actor.Id, Changed), prescription.Id, 1 - (decimal)quantity / prescription.Quantity, NotDispensed(), ct);
        return new(dispense.Id, prescription.Id, encounter.Id, prescription.Drug, quantity, dispense.IsFromStock, lines);
    }

    /// <summary>It stands on the credit note: in the clinic's language, whatever that of the pharmacist.</summary>
    private string NotDispensed()
    {
        using (Language.Use(organisation.Current.Language)) return texts["Not all of it was dispensed."];
    }

    private async Task<List<Line>> Take(Dispense dispense, Guid drugId, CancellationToken ct)
    {
        await Shelf.Hold(Db, drugId, Now, ct);
        var today = Clock.Today(organisation.Current.Zone);
        var batches = await Db.Batches.AsNoTracking().Where(b => b.DrugId == drugId && b.Quantity > 0 && b.Expiry >= today).OrderBy(b => b.Expiry).ThenBy(b => b.Id).ToListAsync(ct);
        if (batches.Sum(b => b.Quantity) is var there && there < dispense.Quantity) throw Shelf.Short(there, dispense.Quantity);
        var (lines, left) = (new List<Line>(), dispense.Quantity);
        foreach (var batch in batches)
        {
            var taken = Math.Min(left, batch.Quantity);
            if (taken == 0) break;
            await Shelf.Move(Db, new() { DrugId = drugId, BatchId = batch.Id, Kind = StockKind.Dispensed, Quantity = -taken, By = Author, At = Now, PrescriptionId = dispense.PrescriptionId }, ct);
            var line = new DispenseLine { DispenseId = dispense.Id, BatchId = batch.Id, Quantity = taken };
            Db.Add(line);
            lines.Add(new(line.Id, batch.Number, batch.Expiry, taken));
            left -= taken;
        }
        return lines;
    }

    protected override Refusal Taken() => new(409, "prescription.state", "This prescription was dispensed or cancelled already.") { Unlock = "Look at the list again: somebody may have acted before you." };
}

/// <summary>Takes back what was dispensed from stock, in part or whole. The visit may be closed by then: nothing in it changes.</summary>
public sealed class ReturnMedicine(Tools tools) : UseCase<ReturnMedicine.Command, BatchOutcome>(tools)
{
    public const string Action = "prescription.return";

    public sealed record Command
    {
        public Guid PrescriptionId { get; init; }

        /// <summary>Which line of the dispensing; empty: the only one.</summary>
        public Guid? LineId { get; init; }

        [Range(1, 10_000, ErrorMessage = "Between 1 and 10,000.")]
        public int Quantity { get; init; }

        [Required(ErrorMessage = "Please give a reason."), StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.Dispense);

    protected override async Task<BatchOutcome> Handle(Command command, CancellationToken ct)
    {
        var visible = Db.PatientsVisibleTo(Actor, Now);
        var prescription = await Db.Prescriptions.AsNoTracking().FirstOrDefaultAsync(p => p.Id == command.PrescriptionId && visible.Any(v => v.Id == p.PatientId), ct) ?? throw Refusal.NotFound();
        Subject("prescription", prescription.Id, "returned", prescription.EncounterId);
        if (prescription.State != PrescriptionState.Dispensed) throw new Refusal(409, "return.not-dispensed", "This prescription was not dispensed.");
        var dispenses = Db.Dispenses;
        var lines = await Db.DispenseLines.AsNoTracking().Where(l => dispenses.Any(d => d.Id == l.DispenseId && d.PrescriptionId == prescription.Id)).ToListAsync(ct);
        if (lines.Count == 0) throw new Refusal(409, "return.no-stock", "It was dispensed in free words, without the stock: nothing can be put back.");
        var line = (command.LineId is { } id ? lines.FirstOrDefault(l => l.Id == id) : lines.Count == 1 ? lines[0] : null) ?? throw Refusal.Field("lineId", "Choose one of the list.");
        await Shelf.Hold(Db, prescription.DrugId!.Value, Now, ct);
        if (await Db.DispenseLines.Where(l => l.Id == line.Id && l.Returned + command.Quantity <= l.Quantity).ExecuteUpdateAsync(set => set.SetProperty(l => l.Returned, l => l.Returned + command.Quantity), ct) == 0)
            throw new Refusal(409, "return.too-much", "More would come back than was dispensed.") { Unlock = "Look at what came back already." };
        await Shelf.Move(Db, new() { DrugId = prescription.DrugId.Value, BatchId = line.BatchId, Kind = StockKind.Returned, Quantity = command.Quantity, Reason = Text.Clean(command.Reason), By = Actor.Id ?? throw Refusal.Forbidden(), At = Now, PrescriptionId = prescription.Id }, ct);
        Changed(PharmacyTopic.Of(Db.OrganisationId));
        Changed(Encounter.Topic(prescription.EncounterId));
        return new(line.BatchId, prescription.DrugId.Value, await Db.Batches.Where(b => b.Id == line.BatchId).Select(b => b.Quantity).SingleAsync(ct));
    }
}
