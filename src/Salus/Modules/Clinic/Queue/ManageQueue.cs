using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;

namespace Salus.Modules.Clinic.Queue;

/// <summary>Defines a queue: its name, the letters before its tokens, the days on which it is open.</summary>
public sealed class SaveQueue(Tools tools) : UseCase<SaveQueue.Command, Guid>(tools)
{
    public const string Action = "queue.save";

    public sealed record Command
    {
        /// <summary>Empty: a new queue.</summary>
        public Guid? Id { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(100, ErrorMessage = "This is too long.")]
        public string Name { get; init; } = "";

        [RegularExpression("[A-Za-z]{0,3}", ErrorMessage = "At most three letters.")]
        public string? Prefix { get; init; }

        /// <summary>Open days of the week, 0 is Sunday.</summary>
        [Required(ErrorMessage = "Please fill this in."), MaxLength(7, ErrorMessage = "This is too long.")]
        public int[] OpenDays { get; init; } = [];
        public bool Archived { get; init; }
        public Guid? Version { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageQueues);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        if (command.OpenDays.Any(d => d is < 0 or > 6)) throw Refusal.Field("openDays", "Days are 0 (Sunday) to 6 (Saturday).");
        ServiceQueue queue;
        if (command.Id is { } id) queue = await Db.Queues.FirstOrDefaultAsync(q => q.Id == id, ct) ?? throw Refusal.NotFound();
        else Db.Add(queue = new ServiceQueue { CreatedAt = Now });
        if (command.Version is { } seen && command.Id is not null && seen != queue.Version) throw Refusal.Stale();
        (queue.Name, queue.Prefix, queue.ArchivedAt) = (Text.Clean(command.Name), (command.Prefix ?? "").ToUpperInvariant(), command.Archived ? queue.ArchivedAt ?? Now : null);
        queue.OpenDays = command.OpenDays.Aggregate(0, (days, day) => days | (1 << day));
        Subject("queue", queue.Id);
        Changed(QueueDay.Topic(queue.Id));
        Changed($"board:{Db.OrganisationId}");
        return queue.Id;
    }

    protected override Refusal Taken() => new(409, "queue.exists", "There is already a queue with this name.");
}

/// <summary>Closes a queue on one day, or opens it again.</summary>
public sealed class SetClosure(Tools tools, OrganisationSlot organisation) : UseCase<SetClosure.Command, Guid>(tools)
{
    public const string Action = "queue.set-closure";

    public sealed record Command
    {
        public Guid QueueId { get; init; }
        public DateOnly Day { get; init; }
        public bool Open { get; init; }

        [StringLength(100, ErrorMessage = "This is too long.")]
        public string? Reason { get; init; }
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.ManageQueues);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var queue = await Db.Queues.AsNoTracking().FirstOrDefaultAsync(q => q.Id == command.QueueId, ct) ?? throw Refusal.NotFound();
        var today = Clock.Today(organisation.Current.Zone);
        if (command.Day < today || command.Day > today.AddYears(2)) throw Refusal.Field("day", "Choose a day from today on.");
        var closure = await Db.Closures.FirstOrDefaultAsync(c => c.QueueId == queue.Id && c.Day == command.Day, ct);
        if (command.Open && closure is not null) Db.Remove(closure);
        if (!command.Open && closure is null) Db.Add(new Closure { QueueId = queue.Id, Day = command.Day, Reason = Text.Clean(command.Reason) });
        Subject("queue", queue.Id, $"{command.Day:yyyy-MM-dd} {(command.Open ? "open" : "closed")}");
        Changed(QueueDay.Topic(queue.Id));
        return queue.Id;
    }
}

/// <summary>Tells all who wait in a queue something, on the board and on their phones; a delay is added to the waiting times.</summary>
public sealed class PostNotice(Tools tools) : UseCase<PostNotice.Command, Guid>(tools)
{
    public const string Action = "queue.post-notice";

    public sealed record Command
    {
        public Guid QueueId { get; init; }

        [Required(ErrorMessage = "Please fill this in."), StringLength(300, ErrorMessage = "This is too long.")]
        public string Text { get; init; } = "";

        [Range(0, 480, ErrorMessage = "Between 0 and 480 minutes.")]
        public int DelayMinutes { get; init; }

        /// <summary>How long the notice is shown.</summary>
        [Range(5, 720, ErrorMessage = "Between 5 and 720 minutes.")]
        public int Minutes { get; init; } = 120;
    }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.PostNotices);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        if (!await Db.Queues.AnyAsync(q => q.Id == command.QueueId && q.ArchivedAt == null, ct)) throw Refusal.NotFound();
        var notice = new Notice
        {
            QueueId = command.QueueId, Text = Kernel.Text.Clean(command.Text), DelayMinutes = command.DelayMinutes, PostedAt = Now, ExpiresAt = Now.AddMinutes(command.Minutes), PostedBy = Actor.Id,
        };
        Db.Add(notice);
        Subject("notice", notice.Id);
        Changed(QueueDay.Topic(command.QueueId));
        Changed($"board:{Db.OrganisationId}");
        return notice.Id;
    }
}

/// <summary>Takes a notice back.</summary>
public sealed class EndNotice(Tools tools) : UseCase<EndNotice.Command, Guid>(tools)
{
    public const string Action = "queue.end-notice";

    public sealed record Command { public Guid NoticeId { get; init; } }

    protected override string Name => Action;

    protected override Task Authorize(Command command, CancellationToken ct) => Require(ClinicPermissions.PostNotices);

    protected override async Task<Guid> Handle(Command command, CancellationToken ct)
    {
        var notice = await Db.Notices.FirstOrDefaultAsync(n => n.Id == command.NoticeId, ct) ?? throw Refusal.NotFound();
        notice.ExpiresAt = Now;
        Subject("notice", notice.Id);
        Changed(QueueDay.Topic(notice.QueueId));
        Changed($"board:{notice.OrganisationId}");
        return notice.Id;
    }
}
