using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Accounts.Contract;

namespace Salus.Modules.Clinic.Wards;

/// <summary>Says that a bed was cleaned, is out of use, or is in use again. Who lies in it is decided by admissions only.</summary>
public sealed class MoveBed(Tools tools) : UseCase<MoveBed.Command, MoveBed.Moved>(tools)
{
    public const string Action = "bed.move";

    public sealed record Command
    {
        public Guid BedId { get; init; }

        /// <summary>Clean, close or reopen.</summary>
        [Required(ErrorMessage = "Choose one of the list."), AllowedValues(BedAction.Clean, BedAction.Close, BedAction.Reopen, ErrorMessage = "Choose one of the list.")]
        public BedAction? Step { get; init; }

        /// <summary>Why it is taken out of use.</summary>
        [StringLength(200, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }

        /// <summary>The version that was looked at; a newer one refuses with 409.</summary>
        public Guid? Version { get; init; }
    }

    public sealed record Moved(Guid Id, BedState State, Guid Version);

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.CleanBeds);

    protected override async Task<Moved> Handle(Command command, CancellationToken ct)
    {
        var bed = (await Bed.Hold(Db, [command.BedId], Now, ct)).GetValueOrDefault(command.BedId);
        if (bed is not { ArchivedAt: null }) throw Refusal.NotFound();
        var (step, reason) = (command.Step!.Value, Text.Clean(command.Reason));
        Subject("bed", bed.Id, step.ToString());
        if (command.Version is { } seen && seen != bed.Version) throw Refusal.Stale();
        if (step == BedAction.Close && reason.Length == 0) throw Refusal.Field("reason", "Please give a reason.");
        Db.Add(bed.Move(step, Actor.Id, Now, step == BedAction.Close ? reason : ""));
        Changed(WardBoard.Topic(Db.OrganisationId));
        return new(bed.Id, bed.State, bed.Version);
    }
}

/// <summary>A step in a bed's history.</summary>
public sealed record BedMoveLine(DateTime At, BedAction Action, BedState State, string By, string Reason);

/// <summary>The last steps of one bed, newest first. It names no patient.</summary>
public sealed class BedHistory(Tools tools) : ReadModel<BedHistory.Query, BedHistory.Found>(tools)
{
    public const string Action = "bed.history";
    private const int Most = 100;

    public sealed record Query { public Guid BedId { get; init; } }

    public sealed record Found(Guid BedId, string Ward, string Label, IReadOnlyList<BedMoveLine> Items);

    protected override string Name => Action;
    protected override Task Authorize(Query query, CancellationToken ct) => Require(ClinicPermissions.ReadWards);
    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, Found result) => null;

    protected override async Task<Found> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var (wards, accounts) = (db.Wards, db.Set<Account>());
        var bed = await db.Beds.AsNoTracking().Where(b => b.Id == query.BedId).Select(b => new { b.Label, Ward = wards.First(w => w.Id == b.WardId).Name }).FirstOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        return new(query.BedId, bed.Ward, bed.Label, await db.BedMoves.AsNoTracking().Where(m => m.BedId == query.BedId).OrderByDescending(m => m.Id).Take(Most)
            .Select(m => new BedMoveLine(m.At, m.Action, m.State, accounts.Where(a => a.Id == m.ActorId).Select(a => a.Name).FirstOrDefault() ?? "", m.Reason)).ToListAsync(ct));
    }
}
