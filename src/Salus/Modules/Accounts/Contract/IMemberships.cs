using Salus.Kernel;

namespace Salus.Modules.Accounts.Contract;

public sealed record MeOrganisation(string Slug, string Name, IReadOnlyList<string> Roles);

/// <summary>Lists the organisations of an account; registered by the module that owns memberships.</summary>
public interface IMemberships
{
    Task<IReadOnlyList<MeOrganisation>> Of(Actor actor, CancellationToken ct);

    /// <summary>An organisation whose only administrator the account is; null when there is none.</summary>
    Task<Guid?> AloneIn(Kernel.Data.SalusDb db, Guid account, CancellationToken ct);
}
