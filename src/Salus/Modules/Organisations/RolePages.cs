using Salus.Kernel;
using Salus.Web;

namespace Salus.Modules.Organisations;

/// <summary>The pages of roles, of who may do what, and of keys for programs.</summary>
public static class RolePages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.Pages();
        pages.MapGet("/manage/roles", async (RoleList list, CancellationToken ct, bool saved = false) => Show.Page<RolesPage>(new { View = await list.Run(new(), ct), Saved = saved })).Requires(OrganisationPermissions.ManageRoles);
        pages.MapPost("/manage/roles", async (Form form, AddRole add, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await add.Run(new() { Title = form["title"], Permissions = form.All("permissions") }, ct);
            return Door.GoTo(http, page.At("manage/roles?saved=true"));
        }).Requires(OrganisationPermissions.ManageRoles);
        pages.MapPost("/manage/roles/{id:guid}", async (Guid id, Form form, ChangeRole change, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await change.Run(new() { RoleId = id, Title = form["title"], Permissions = form.All("permissions"), Version = form.Id("version") }, ct);
            return Door.GoTo(http, page.At("manage/roles?saved=true"));
        }).Requires(OrganisationPermissions.ManageRoles);
        pages.MapPost("/manage/roles/{id:guid}/removal", async (Guid id, Form form, RemoveRole remove, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await remove.Run(new() { RoleId = id }, ct);
            return Door.GoTo(http, page.At("manage/roles?saved=true"));
        }).Requires(OrganisationPermissions.ManageRoles);
        pages.MapGet("/manage/matrix", async (AccessMatrix matrix, CancellationToken ct, string? role = null) =>
            Show.Page<MatrixPage>(new { View = await matrix.Run(new(), ct), Chosen = role ?? "" })).Requires(OrganisationPermissions.ManageStaff);
        MapKeys(pages);
    }

    private static void MapKeys(RouteGroupBuilder pages)
    {
        pages.MapGet("/manage/keys", async (ApiKeyList list, CancellationToken ct) => Show.Page<KeysPage>(new { View = await list.Run(new(), ct) })).Requires(OrganisationPermissions.ManageKeys);
        pages.MapPost("/manage/keys", async (Form form, AddApiKey add, ApiKeyList list, HttpContext http, CancellationToken ct) =>
        {
            var added = await add.Run(new() { Name = form["name"], Permissions = form.All("permissions"), Days = form.Number("days") ?? 0 }, ct);
            // The secret is shown only now, so the page is the answer itself; it must not stay in any cache.
            http.Response.Headers.CacheControl = "no-store";
            return http.Request.IsHtmx() ? Show.Page<NewKey>(new { added.Secret }) : Show.Page<KeysPage>(new { View = await list.Run(new(), ct), added.Secret });
        }).Requires(OrganisationPermissions.ManageKeys);
        pages.MapPost("/manage/keys/{id:guid}/end", async (Guid id, Form form, RevokeApiKey revoke, PageTools page, HttpContext http, CancellationToken ct) =>
        {
            await revoke.Run(new() { KeyId = id }, ct);
            return Door.GoTo(http, page.At("manage/keys"));
        }).Requires(OrganisationPermissions.ManageKeys);
    }
}
