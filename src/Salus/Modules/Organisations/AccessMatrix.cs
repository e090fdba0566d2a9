using Microsoft.EntityFrameworkCore;
using Salus.Kernel;
using Salus.Kernel.Data;
using Salus.Modules.Organisations.Contract;
using Salus.Web;

namespace Salus.Modules.Organisations;

/// <summary>Whom an address lets in: those with its permission, or what stands here.</summary>
public enum Audience { Permission, Everybody, SignedIn, Member, PlatformOwner, PlatformSupport }

/// <summary>One address of the program and the roles that may call it.</summary>
/// <param name="Permission">The permission it asks for; null: see <see cref="Audience"/>.</param>
/// <param name="Roles">The organisation's roles, standard and own, that pass.</param>
public sealed record MatrixRoute(string Method, string Path, string? Permission, Audience Audience, IReadOnlyList<string> Roles);

/// <summary>A permission and the roles that bundle it.</summary>
/// <param name="Module">What stands above it (a resource key).</param>
public sealed record MatrixPermission(string Key, string Sentence, string Module, IReadOnlyList<string> Roles);

public sealed record MatrixRole(string Key, string Title, bool IsOwn);

public sealed record MatrixView(IReadOnlyList<MatrixRole> Roles, IReadOnlyList<MatrixPermission> Permissions, IReadOnlyList<MatrixRoute> Routes);

/// <summary>Who may do what: made from the routes and manifests of the running program, so it cannot be out of date.</summary>
public sealed class AccessMatrix(Tools tools, Kernel.Modules modules, Bundles bundles, OrganisationSlot organisation, EndpointDataSource endpoints) : ReadModel<AccessMatrix.Query, MatrixView>(tools)
{
    public const string Action = "role.matrix";

    public sealed record Query;

    protected override string Name => Action;

    protected override Task Authorize(Query query, CancellationToken ct) => Require(OrganisationPermissions.ManageStaff);

    protected override (string, IReadOnlyCollection<Guid>)? Shown(Query query, MatrixView result) => null;

    protected override async Task<MatrixView> Handle(SalusDb db, Query query, CancellationToken ct)
    {
        var own = await db.OwnRoles.AsNoTracking().OrderBy(r => r.Title).ToListAsync(ct);
        List<MatrixRole> roles =
        [
            .. Role.ForPeople(organisation.Current.Kind).Append(Role.Display).Select(r => new MatrixRole(r, Role.Title(r), false)), .. own.Select(r => new MatrixRole(r.Key, r.Title, true)),
        ];
        var held = roles.ToDictionary(r => r.Key, r => bundles.Of(r.Key, own));
        IReadOnlyList<string> With(string permission) => [.. roles.Where(r => held[r.Key].Contains(permission)).Select(r => r.Key)];
        var permissions = modules.All.SelectMany(m => m.Permissions.Select(p => new MatrixPermission(p.Key, p.Sentence, m.Title, With(p.Key)))).ToList();
        return new(roles, permissions, [.. Routes().Select(r => new MatrixRoute(r.Method, r.Path, r.Gate.Permission, AudienceOf(r.Gate, r.Path),
            r.Gate.PlatformOwner || r.Gate.PlatformSupport ? [] : r.Gate.Permission is { } asked ? With(asked) : [.. roles.Select(x => x.Key)]))]);
    }

    private IEnumerable<(string Method, string Path, Gate Gate)> Routes() => endpoints.Endpoints.OfType<RouteEndpoint>()
        .Select(e => (Endpoint: e, Gate: e.Metadata.GetMetadata<Gate>())).Where(e => e.Gate is not null)
        .SelectMany(e => (e.Endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => (Method: m, Path: "/" + e.Endpoint.RoutePattern.RawText!.Trim('/'), Gate: e.Gate!)))
        .Distinct().OrderBy(r => r.Path, StringComparer.Ordinal).ThenBy(r => r.Method, StringComparer.Ordinal);

    private static Audience AudienceOf(Gate gate, string path) =>
        gate.Permission is not null ? Audience.Permission : gate.IsPublic ? Audience.Everybody : gate.PlatformOwner ? Audience.PlatformOwner : gate.PlatformSupport ? Audience.PlatformSupport
            : path.Contains("{org}", StringComparison.Ordinal) ? Audience.Member : Audience.SignedIn;
}
