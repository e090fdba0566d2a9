using Salus.Kernel;
using Salus.Web;

namespace Salus.Modules.Organisations;

/// <summary>Own roles, keys for programs and the matrix over HTTP for programs.</summary>
public static class RoleApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.Api("Organisations");
        api.MapGet("/roles", (RoleList list, CancellationToken ct) => list.Run(new(), ct))
            .Requires(OrganisationPermissions.ManageRoles).Describe("listRoles", "The organisation's own roles and the standard ones, with what they allow and who holds them");
        api.MapPost("/roles", async (string org, AddRole.Command command, AddRole add, HttpContext http, CancellationToken ct) =>
            {
                var added = await add.Run(command, ct);
                http.ETag(added.Version);
                return TypedResults.Created($"/api/v1/orgs/{org}/roles", added);
            })
            .Requires(OrganisationPermissions.ManageRoles).Refuses("invalid", "role.not-yours", "role.too-many").Describe("addRole", "Define an own role out of permissions that you may hand on");
        api.MapPut("/roles/{id:guid}", async (Guid id, ChangeRole.Command command, ChangeRole change, HttpContext http, CancellationToken ct) =>
            {
                http.ETag(await change.Run(command with { RoleId = id, Version = http.Request.IfMatch() ?? command.Version }, ct));
                return TypedResults.NoContent();
            })
            .Requires(OrganisationPermissions.ManageRoles).Refuses("invalid", "not-found", "stale", "role.not-yours").Describe("changeRole", "Change an own role; it counts for all who hold it with their next request");
        api.MapDelete("/roles/{id:guid}", async (Guid id, RemoveRole remove, CancellationToken ct) =>
            {
                await remove.Run(new() { RoleId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(OrganisationPermissions.ManageRoles).Refuses("not-found", "role.in-use", "role.not-yours").Describe("removeRole", "Remove an own role that nobody holds");
        api.MapGet("/access-matrix", (AccessMatrix matrix, CancellationToken ct) => matrix.Run(new(), ct))
            .Requires(OrganisationPermissions.ManageStaff).Describe("getAccessMatrix", "Every address of the program and the roles that may call it, made from the running program");
        api.MapGet("/keys", (ApiKeyList list, CancellationToken ct) => list.Run(new(), ct))
            .Requires(OrganisationPermissions.ManageKeys).Describe("listKeys", "Keys for programs: what they may do, when they were used last, when they end");
        api.MapPost("/keys", async (string org, AddApiKey.Command command, AddApiKey add, CancellationToken ct) =>
                TypedResults.Created($"/api/v1/orgs/{org}/keys", await add.Run(command, ct)))
            .Requires(OrganisationPermissions.ManageKeys).Refuses("invalid", "role.not-yours", "key.too-many").Describe("addKey", "Make a key; its secret is shown once and presented as bearer token key_{secret}");
        api.MapDelete("/keys/{id:guid}", async (Guid id, RevokeApiKey revoke, CancellationToken ct) =>
            {
                await revoke.Run(new() { KeyId = id }, ct);
                return TypedResults.NoContent();
            })
            .Requires(OrganisationPermissions.ManageKeys).Refuses("not-found").Describe("revokeKey", "End a key at once");
    }
}
