using Salus.Web;

namespace Salus.Modules.Operations.Security;

/// <summary>Security events, for the owner of the installation and for those who read an organisation's log.</summary>
public static class SecurityPages
{
    private const int OnPage = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.Pages().MapGet("/security", async (SecurityReview review, CancellationToken ct, long? after = null) =>
            Show.Page<SecurityPageView>(new { Found = await review.Run(new() { After = after, Limit = OnPage }, ct) })).Requires(OperationsModule.ReadAudit);
        routes.RootPages().MapGet("/platform/security", async (PlatformSecurity review, CancellationToken ct, long? after = null) =>
            Show.Page<SecurityPageView>(new { Found = await review.Run(new() { After = after, Limit = OnPage }, ct) })).PlatformOwner();
        routes.Api("Operations").MapGet("/security-events", (SecurityReview review, CancellationToken ct, long? after = null, int limit = 25) => review.Run(new() { After = after, Limit = limit }, ct))
            .Requires(OperationsModule.ReadAudit).Refuses("invalid").Describe("listSecurityEvents", "What concerns security in the organisation and the accounts of its members, newest first");
        routes.ApiRoot("Operations").MapGet("/security-events", (PlatformSecurity review, CancellationToken ct, long? after = null, int limit = 25) => review.Run(new() { After = after, Limit = limit }, ct))
            .PlatformOwner().Refuses("invalid").Describe("listAllSecurityEvents", "What concerns security in the whole installation, newest first");
    }
}
