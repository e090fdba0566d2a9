using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;
using Salus.Modules.Clinic.Orders;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Clinic.Documents;

/// <summary>Adds received files to a visit: row of the file and row of the record together, or neither. That a remote store is down does not matter here.</summary>
public sealed class AddDocuments(Tools tools, CareGuard guard, FileRows rows) : EncounterUseCase<AddDocuments.Command, IReadOnlyList<DocumentLine>>(tools, guard)
{
    public const string Action = "document.add";

    public sealed record Command
    {
        public Guid EncounterId { get; init; }
        public DocumentKind Kind { get; init; }

        /// <summary>The order whose result the files belong to.</summary>
        public Guid? OrderId { get; init; }

        /// <summary>Whether that is an imaging study; said by the door, compared with the order.</summary>
        public bool IsImaging { get; init; }
        public IReadOnlyList<ReceivedFile> Files { get; init; } = [];
    }

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => DocumentPlaces.Act(command.Kind, command.IsImaging ? OrderKind.Imaging : OrderKind.Lab);

    protected override async Task<IReadOnlyList<DocumentLine>> Handle(Command command, CancellationToken ct)
    {
        var encounter = await Hold(command.EncounterId, command, ct, command.OrderId);
        if (command.Kind == DocumentKind.Result) await CheckOrder(command, encounter, ct);
        var lines = new List<DocumentLine>();
        foreach (var received in command.Files)
        {
            var file = await rows.Keep(Db, received, "encounter", encounter.Id, Now, ct);
            var document = new Document { EncounterId = encounter.Id, PatientId = encounter.PatientId, Kind = command.Kind, FileId = file.Id, OrderId = command.OrderId, AddedBy = Author, AddedAt = Now };
            Db.Add(document);
            file.Version = Guid.CreateVersion7();
            lines.Add(new(document.Id, document.Kind, document.OrderId, document.AddedBy, document.AddedAt, FileView.Of(file)));
        }
        return lines;
    }

    private async Task CheckOrder(Command command, Encounter encounter, CancellationToken ct)
    {
        var order = await Db.Orders.AsNoTracking().FirstOrDefaultAsync(o => o.Id == command.OrderId && o.EncounterId == encounter.Id, ct) ?? throw Refusal.NotFound();
        if ((order.Kind == OrderKind.Imaging) != command.IsImaging || order.Kind == OrderKind.Procedure) throw Refusal.Forbidden();
        if (order.State == OrderState.Cancelled) throw new Refusal(409, "order.state", "This is not possible: the order is “{0}”.", Orders.Words.Of(order.State)) { Unlock = "Look at the list again: somebody may have acted before you." };
    }
}
