using System.Collections.Frozen;

namespace Salus.Kernel;

/// <summary>What kind of caller acts.</summary>
public enum ActorKind { Anonymous, Person, Device, System }

/// <summary>
/// Who acts, in which organisation, with which rights. Built once per request from a cookie or a bearer token and
/// handed on by constructor; nothing reads it from ambient state.
/// </summary>
public sealed record Actor
{
    /// <summary>Nobody: what a request is before it has shown who it is.</summary>
    public static Actor Anonymous { get; } = new() { Kind = ActorKind.Anonymous };

    public required ActorKind Kind { get; init; }

    /// <summary>The account, or the device; null for anonymous callers and for the program itself.</summary>
    public Guid? Id { get; init; }

    /// <summary>The name staff see beside what was done. Never written to the audit log.</summary>
    public string Name { get; init; } = "";

    /// <summary>The person's session; null for devices and for the program itself.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>When the person last showed in this session, with a password or a factor, who it is.</summary>
    public DateTime? ProvedAt { get; init; }

    /// <summary>The account has a second factor, with which its owner proves to be there.</summary>
    public bool HasSecondFactor { get; init; }

    /// <summary>The organisation whose rows are in reach; null reaches no organisation's rows.</summary>
    public Guid? OrganisationId { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    public FrozenSet<string> Permissions { get; init; } = [];

    public bool IsPlatformOwner { get; init; }

    public string? Ip { get; init; }

    public string? UserAgent { get; init; }

    public string RequestId { get; init; } = "";

    /// <summary>The client's <c>Idempotency-Key</c>, when the door honours one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>True when a person, device or the program itself is known to act.</summary>
    public bool IsKnown => Kind != ActorKind.Anonymous;

    /// <summary>True when the actor holds the permission in its organisation. The program itself may do everything.</summary>
    public bool May(string permission) => Kind == ActorKind.System || Permissions.Contains(permission);

    /// <summary>How long a proof holds for what must not be done at an unattended screen.</summary>
    public static readonly TimeSpan ProofLife = TimeSpan.FromMinutes(10);

    /// <exception cref="Refusal">403 <c>proof.needed</c> unless a person acts who has shown within ten minutes who it is; devices may never. The program itself may.</exception>
    public Task RequireProof(DateTime now) => Kind switch
    {
        ActorKind.System => Task.CompletedTask,
        ActorKind.Person when ProvedAt > now - ProofLife => Task.CompletedTask,
        ActorKind.Person => throw Refusal.ProofNeeded(),
        ActorKind.Anonymous => throw Refusal.Unknown(),
        _ => throw Refusal.Forbidden(),
    };

    /// <exception cref="Refusal">401 unless a person acts.</exception>
    public Task RequirePerson() => Kind == ActorKind.Person ? Task.CompletedTask : throw Refusal.Unknown();

    /// <summary>The program acting by itself, or a person at its command line.</summary>
    public static Actor System(Guid? organisationId = null, string requestId = "system") =>
        new() { Kind = ActorKind.System, OrganisationId = organisationId, RequestId = requestId, Roles = ["system"] };
}

/// <summary>Holds the actor of the current scope; written once by the door, read by constructors.</summary>
public sealed class ActorSlot
{
    public Actor Actor { get; set; } = Actor.Anonymous;
}
