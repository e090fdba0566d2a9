using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Files.Contract;

namespace Salus.Modules.Files;

/// <summary>Moves a file to the trash, from which it can be taken back for the days that are set.</summary>
public sealed class TrashFile(Tools tools, FileScope scope) : UseCase<TrashFile.Command, Guid>(tools)
{
    public const string Action = "file.trash";

    public sealed record Command
    {
        public Guid Id { get; init; }

        [StringLength(200, ErrorMessage = "This is too long.")]
        public string Reason { get; init; } = "";
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(FilePermissions.Open);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var file = await scope.FindToTrash(Db, Actor, command.Id, ct);
        Subject("file", file.Id, "", file.VisitId);
        if (file.LegalHold) throw new Refusal(409, "file.held", "This file is held for a legal reason. It cannot be removed.");
        if (!file.IsThere) throw new Refusal(409, "file.trashed", "This file is in the trash already.");
        (file.DeletedAt, file.DeletedBy, file.DeletedReason) = (Now, Actor.Id, Text.Clean(command.Reason));
        return file.Id;
    }
}

/// <summary>Takes a file back out of the trash.</summary>
public sealed class RestoreFile(Tools tools, FileScope scope) : UseCase<RestoreFile.Command, Guid>(tools)
{
    public const string Action = "file.restore";

    public sealed record Command(Guid Id);

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(FilePermissions.Open);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var file = await scope.FindToTrash(Db, Actor, command.Id, ct);
        Subject("file", file.Id, "", file.VisitId);
        if (file.IsErased) throw new Refusal(409, "file.erased", "This file was erased. It cannot be taken back.");
        if (file.DeletedAt is null) throw new Refusal(409, "file.not-trashed", "This file is not in the trash.");
        (file.DeletedAt, file.DeletedBy, file.DeletedReason) = (null, null, "");
        return file.Id;
    }
}

/// <summary>Holds a file for a legal reason, or lets it go: while it is held, nothing removes it.</summary>
public sealed class HoldFile(Tools tools) : UseCase<HoldFile.Command, Guid>(tools)
{
    public const string Action = "file.hold";

    public sealed record Command
    {
        public Guid Id { get; init; }
        public bool Held { get; init; }
    }

    protected override string Name => Action;
    protected override Task Authorize(Command command, CancellationToken ct) => Require(FilePermissions.Manage);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var file = await Db.Files.FirstOrDefaultAsync(f => f.Id == command.Id, ct) ?? throw Refusal.NotFound();
        Subject("file", file.Id, command.Held ? "held" : "let go", file.VisitId);
        if (file.IsErased) throw new Refusal(409, "file.erased", "This file was erased. It cannot be taken back.");
        file.LegalHold = command.Held;
        return file.Id;
    }
}
