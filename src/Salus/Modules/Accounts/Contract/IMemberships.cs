using Salus.Kernel;

namespace Salus.Modules.Accounts.Contract;

public sealed record MeOrganisation(string Slug, string Name, IReadOnlyList<string> Roles);

/// <summary>Lists the organisations of an account; registered by the module that owns memberships.</summary>
public interface IMemberships
{
    Task<IReadOnlyList<MeOrganisation>> Of(Actor actor, CancellationToken ct);
}
