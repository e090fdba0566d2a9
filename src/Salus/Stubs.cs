#pragma warning disable
using Salus.Kernel;
namespace Salus.Modules.Clinic.Patients { public static class PatientPages { public static void Map(IEndpointRouteBuilder r) { } } }
namespace Salus.Modules.Clinic.Queue { public static class QueuePages { public static void Map(IEndpointRouteBuilder r) { } } }
namespace Salus.Modules.Organisations { public static class OrganisationPages { public static void Map(IEndpointRouteBuilder r) { } } }
namespace Salus.Modules.Accounts { public static class AccountPages { public static void Map(IEndpointRouteBuilder r) { } } }
namespace Salus.Modules.Notifications { public static class MailboxPages { public static void Map(IEndpointRouteBuilder r) { } } }
namespace Salus.Modules.Operations { public static class AuditPages { public static void Map(IEndpointRouteBuilder r) { } } }
namespace Salus.Web { public static class WebPages { public static void Map(WebApplication r, Settings s) { } } }
namespace Salus.Cli { public static class Demo { public static Task<int> Run(Settings s, CancellationToken ct) => Serve.Run(s, ct); } }
