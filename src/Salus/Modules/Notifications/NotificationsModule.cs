using Salus.Kernel;
using Salus.Kernel.Jobs;

namespace Salus.Modules.Notifications;

/// <summary>Mail and short messages, through the outbox.</summary>
public sealed class NotificationsModule : Module
{
    public override void AddServices(IServiceCollection services) => services.AddScoped<IJobHandler, SendMail>().AddScoped<IJobHandler, SendSms>();

    public override void MapRoutes(IEndpointRouteBuilder routes) => MailboxPages.Map(routes);
}
