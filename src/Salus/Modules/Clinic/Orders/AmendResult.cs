using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Clinic.Encounters;

namespace Salus.Modules.Clinic.Orders;

/// <summary>Adds to a result what must be corrected or said later; the result itself never changes. Possible after the visit was closed, too.</summary>
public sealed class AmendResult(Tools tools, CareGuard guard) : EncounterUseCase<AmendResult.Command, AmendResult.Amended>(tools, guard)
{
    public const string Action = "result.amend", About = "result";

    public sealed record Command
    {
        public Guid ResultId { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(4000, ErrorMessage = "This is too long.")]
        public string Text { get; init; } = "";
    }

    public sealed record Amended(Guid Id, Guid EncounterId, OrderKind Kind);

    protected override string Name => Action;
    protected override bool IsRepeatable => true;
    protected override CareAct Act(Command command) => CareAct.Addendum;

    protected override async Task<Amended> Handle(Command command, CancellationToken ct)
    {
        var text = Text.Lines(command.Text);
        if (text.Length == 0) throw Refusal.Field("text", "Please fill this in.");
        var orders = Db.Orders;
        var found = await Db.Results.AsNoTracking().Where(r => r.Id == command.ResultId).Select(r => new { r.EncounterId, orders.First(o => o.Id == r.OrderId).Kind }).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        var encounter = await Hold(found.EncounterId, command, ct);
        // Who adds to a result reads results, or is of those who write results of this kind.
        if (!Actor.May(ClinicPermissions.ReadRecord) && !Actor.May(CareGuard.Permission(found.Kind switch { OrderKind.Lab => CareAct.LabResult, OrderKind.Imaging => CareAct.ImagingReport, _ => CareAct.Procedure })))
            throw Refusal.Forbidden();
        var note = new Note { EncounterId = encounter.Id, PatientId = encounter.PatientId, Kind = NoteKind.Addendum, Text = text, AboutKind = About, AboutId = command.ResultId, WrittenBy = Author, WrittenAt = Now };
        Db.Add(note);
        Subject("result", command.ResultId, found.Kind.ToString(), encounter.Id);
        Changed(OrderList.Topic(Db.OrganisationId));
        return new(note.Id, encounter.Id, found.Kind);
    }
}
