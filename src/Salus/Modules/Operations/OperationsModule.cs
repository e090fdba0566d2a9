using Salus.Kernel;
using Salus.Kernel.Jobs;
using Salus.Modules.Operations.Security;
using Salus.Modules.Organisations.Contract;
using Salus.Web;

namespace Salus.Modules.Operations;

/// <summary>Running the installation: health, the audit log, jobs.</summary>
public sealed class OperationsModule : Module
{
    public const string ReadAudit = Kernel.Audit.AuditLog.ReadPermission;

    public override string Title => "Operations";

    public override IEnumerable<Permission> Permissions => [new(ReadAudit, "See the audit log", Role.Admin)];

    public override IEnumerable<AuditAction> AuditActions =>
    [
        new(AuditReview.Action, "read the audit log"),
        new(AuditExport.Action, "exported the audit log"),
        new(AuditExport.Large, "exported many patients"),
        new(AuditPurge.Action, "erased audit rows whose time was over"),
        new(SecurityReview.Action, "read the security events"),
        new(PlatformSecurity.Action, "read the security events of the installation"),
        new(JobList.Action, "read the jobs of the installation"),
        new(RetryJob.Action, "had a job tried again that was given up"),
        new(Alerts.Action, "sent an alert"),
        new(Traces.Refused, "was refused at the door"),
        new(Traces.Failed, "met an unexpected error"),
    ];

    public override IEnumerable<MenuItem> Menu => [new("audit", "Audit log", "shield-check", ReadAudit, 90), new("security", "Security events", "alert-triangle", ReadAudit, 91)];

    public override void AddServices(IServiceCollection services)
    {
        services.AddScoped<AuditVerifier>().AddScoped<AuditExport>().AddSingleton<Retention>().AddHostedService(s => s.GetRequiredService<Retention>());
        services.AddSingleton<Alerts>().AddScoped<IJobHandler, AlertWebhook>().AddSingleton<AlertWatch>().AddHostedService(s => s.GetRequiredService<AlertWatch>());
    }

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.ApiRoot("Operations").MapGet("/health", Health.Check).Public().Describe("getHealth", "200 when the database answers, 503 when not");
        routes.ApiRoot("Operations").MapGet("/health/detail", Health.Detail).PlatformOwner().Describe("getHealthDetail", "How each part is: the database, the stores of files, the virus scanner, pictures");
        routes.MapGet("/api/health", Health.Check).Public().ExcludeFromDescription();
        AuditPages.Map(routes);
        JobPages.Map(routes);
        SecurityPages.Map(routes);
    }
}
