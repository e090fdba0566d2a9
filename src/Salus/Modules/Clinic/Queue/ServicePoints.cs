using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;

namespace Salus.Modules.Clinic.Queue;

/// <summary>Adds a room or desk, or renames or closes one.</summary>
public sealed class SaveServicePoint(Tools tools) : UseCase<SaveServicePoint.Command, Guid>(tools)
{
    public const string Action = "service-point.save";

    public sealed record Command
    {
        /// <summary>Empty: a new one.</summary>
        public Guid? Id { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(60, ErrorMessage = "This is too long.")]
        public string Name { get; init; } = "";
        public bool Archived { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageQueues);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        ServicePoint point;
        if (command.Id is { } id) point = await Db.ServicePoints.FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw Refusal.NotFound();
        else Db.Add(point = new ServicePoint());
        (point.Name, point.ArchivedAt) = (Text.Clean(command.Name), command.Archived ? point.ArchivedAt ?? Now : null);
        Subject("service-point", point.Id);
        return point.Id;
    }

    protected override Refusal Taken() => new(409, "service-point.exists", "There is already a room or desk with this name.");
}

public static class ServicePoints
{
    /// <exception cref="Refusal">422 when the room is not one of the clinic's.</exception>
    public static async Task Check(SalusDb db, Guid? id, CancellationToken ct)
    {
        if (id is not null && !await db.ServicePoints.AnyAsync(s => s.Id == id && s.ArchivedAt == null, ct)) throw Refusal.Field("servicePointId", "Choose one of the list.");
    }
}
