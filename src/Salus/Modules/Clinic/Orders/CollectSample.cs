using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Orders;

/// <summary>Notes that a sample was taken, or why not. Only a whole sample moves the order on; every attempt stays in its history.</summary>
public sealed class CollectSample(Tools tools, CareGuard guard) : OrderUseCase<CollectSample.Command, OrderOutcome>(tools, guard)
{
    public const string Action = "order.collect";

    public sealed record Command
    {
        public Guid OrderId { get; init; }

        /// <summary>Said in so many words: no sample was taken because a field was forgotten.</summary>
        [Required(ErrorMessage = "Choose one of the list."), EnumDataType(typeof(SampleOutcome), ErrorMessage = "Choose one of the list.")]
        public SampleOutcome? Outcome { get; init; }

        /// <summary>What was taken; empty: what the clinic's list says.</summary>
        [StringLength(80, ErrorMessage = "This is too long.")]
        public string? Specimen { get; init; }

        /// <summary>Why it failed or was refused.</summary>
        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => CareAct.Sample;

    protected override async Task<OrderOutcome> Handle(Command command, CancellationToken ct)
    {
        var (order, reason, specimen) = (await HoldOrder(command.OrderId, command.Version, OrderKind.Lab, command, ct), Text.Clean(command.Reason), Text.Clean(command.Specimen));
        if (command.Outcome is SampleOutcome.Failed or SampleOutcome.Refused && reason.Length == 0) throw Refusal.Field("reason", "Please give a reason.");
        if (order.State != OrderState.Ordered) throw new Refusal(409, "order.state", "This is not possible: the order is “{0}”.", Words.Of(order.State)) { Unlock = "Look at the list again: somebody may have acted before you." };
        if (specimen.Length == 0) specimen = await Db.Catalogue.Where(e => e.Id == order.CatalogueId).Select(e => e.Specimen).FirstOrDefaultAsync(ct) ?? "";
        Db.Add(new Sample
        {
            EncounterId = order.EncounterId, PatientId = order.PatientId, OrderId = order.Id, Outcome = command.Outcome!.Value, Specimen = specimen, Reason = reason, CollectedBy = Author, CollectedAt = Now,
        });
        if (command.Outcome == SampleOutcome.Collected) return Moved(order, OrderAction.Collect);
        Subject("order", order.Id, $"{order.Kind} {command.Outcome}", order.EncounterId);
        return new(order.Id, order.EncounterId, order.Kind, order.State, order.Version);
    }
}

/// <summary>Radiology begins a study.</summary>
public sealed class StartStudy(Tools tools, CareGuard guard) : OrderUseCase<StartStudy.Command, OrderOutcome>(tools, guard)
{
    public const string Action = "order.start-study";

    public sealed record Command
    {
        public Guid OrderId { get; init; }
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.ImagingReport;

    protected override async Task<OrderOutcome> Handle(Command command, CancellationToken ct) =>
        Moved(await HoldOrder(command.OrderId, command.Version, OrderKind.Imaging, command, ct), OrderAction.Start);
}

/// <summary>A nurse begins a procedure.</summary>
public sealed class StartProcedure(Tools tools, CareGuard guard) : OrderUseCase<StartProcedure.Command, OrderOutcome>(tools, guard)
{
    public const string Action = "order.start-procedure";

    public sealed record Command
    {
        public Guid OrderId { get; init; }
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;
    protected override CareAct Act(Command command) => CareAct.Procedure;

    protected override async Task<OrderOutcome> Handle(Command command, CancellationToken ct) =>
        Moved(await HoldOrder(command.OrderId, command.Version, OrderKind.Procedure, command, ct), OrderAction.Start);
}
