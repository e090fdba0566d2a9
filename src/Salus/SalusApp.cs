using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.ResponseCompression;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Kernel.Live;
using Salus.Modules.Accounts;
using Salus.Modules.Accounts.Outside;
using Salus.Modules.Clinic;
using Salus.Modules.Files;
using Salus.Modules.Notifications;
using Salus.Modules.Operations;
using Salus.Modules.Organisations;
using Salus.Modules.Payments;
using Salus.Web;
using Salus.Web.Printing;

namespace Salus;

/// <summary>Composes the program: settings, kernel, modules, middleware.</summary>
public static class SalusApp
{
    /// <summary>Builds the program without starting it.</summary>
    /// <param name="more">Modules beside its own, such as those of tests that stand in for modules to come.</param>
    public static WebApplication Build(Settings settings, params Module[] more)
    {
        Directory.CreateDirectory(settings.Data);
        KeyFile.MakeFolder(settings.KeysFolder);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory, WebRootPath = WebRoot(), EnvironmentName = settings.IsProduction ? "Production" : "Development",
        });
        builder.WebHost.UseKestrelHttpsConfiguration().UseUrls(settings.Urls.Split(';')).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 50 * 1024 * 1024;
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
        });
        AddLogging(builder.Logging, settings);
        AddKernel(builder.Services, settings);
        AddWeb(builder.Services, settings);
        var modules = new Kernel.Modules([new AccountsModule(), new OrganisationsModule(), new NotificationsModule(), new FilesModule(), new PaymentsModule(), new ClinicModule(), new OperationsModule(), .. more]);
        builder.Services.AddSingleton(modules);
        foreach (var module in modules.All) module.AddServices(builder.Services);
        AddUseCases(builder.Services);
        var app = builder.Build();
        Configure(app, settings, modules);
        return app;
    }

    private static void AddLogging(ILoggingBuilder logging, Settings settings)
    {
        logging.ClearProviders();
        if (settings.IsProduction) logging.AddJsonConsole(o => o.UseUtcTimestamp = true);
        else logging.AddSimpleConsole(o => o.SingleLine = true);
        logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Salus", LogLevel.Information).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // Failed commands are logged with their parameters' types only, but their texts may still name values; the caller logs what is needed.
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None).AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.None);
        // The keys folder is closed to others; docs/operations.md says to keep it so.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
    }

    private static void AddKernel(IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<TimeProvider>(settings.ClockOffset == TimeSpan.Zero ? TimeProvider.System : new OffsetClock(settings.ClockOffset));
        if (settings.IsSqlite)
        {
            services.AddSingleton<Database>(s => new SqliteDatabase(Path.Combine(settings.Data, "salus.db"), s.GetRequiredService<TextSeal>())).AddSingleton<Relay>();
        }
        else
        {
            services.AddSingleton(s => new PostgresDatabase(settings.Database, s.GetRequiredService<TextSeal>())).AddSingleton<Database>(s => s.GetRequiredService<PostgresDatabase>());
            services.AddSingleton<PostgresRelay>().AddSingleton<Relay>(s => s.GetRequiredService<PostgresRelay>()).AddHostedService(s => s.GetRequiredService<PostgresRelay>());
        }
        services.AddSingleton<KeyRing>().AddSingleton<TextSeal>().AddSingleton<TextCare>().AddSingleton<IHealthSource>(s => s.GetRequiredService<TextCare>()).AddHostedService(s => s.GetRequiredService<TextCare>());
        services.AddScoped<ActorSlot>().AddScoped<Tools>().AddSingleton<RateLimits>().AddSingleton<NodeLimits>().AddSingleton<Traces>();
        services.AddSingleton<AuditLog>().AddSingleton<AuditKey>().AddSingleton<AuditSealer>().AddHostedService(s => s.GetRequiredService<AuditSealer>());
        services.AddSingleton<JobRunner>().AddHostedService(s => s.GetRequiredService<JobRunner>());
        services.AddSingleton<LiveTopics>().AddSingleton<LiveConnections>().AddSignalR();
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(5));
    }

    /// <summary>Every use case and read model of the assembly, by its own class.</summary>
    private static void AddUseCases(IServiceCollection services)
    {
        foreach (var type in UseCaseTypes()) services.AddScoped(type);
    }

    public static IEnumerable<Type> UseCaseTypes() => typeof(SalusApp).Assembly.GetTypes().Where(t => t is { IsAbstract: false, IsClass: true } && IsUseCase(t));

    private static bool IsUseCase(Type type)
    {
        for (var t = type.BaseType; t is not null; t = t.BaseType)
            if (t.IsGenericType && (t.GetGenericTypeDefinition() == typeof(UseCase<,>) || t.GetGenericTypeDefinition() == typeof(ReadModel<,>))) return true;
        return false;
    }

    private static void AddWeb(IServiceCollection services, Settings settings)
    {
        services.AddDataProtection().SetApplicationName("salus").PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(settings.KeysFolder, "cookies")));
        var doors = services.AddAuthentication("door")
            .AddPolicyScheme("door", null, o => o.ForwardDefaultSelector = http => http.Request.IsApi() ? BearerHandler.SchemeName : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null)
            .AddCookie(o =>
            {
                Harden(o.Cookie, settings, "salus-session");
                (o.ExpireTimeSpan, o.SlidingExpiration) = (TimeSpan.FromHours(12), true);
            });
        if (OutsideProvider.IsSet(settings)) OutsideHandler.Add(doors, settings, Harden);
        services.AddAntiforgery(o => Harden(o.Cookie, settings, "salus-form"));
        services.AddLocalization();
        services.AddRequestLocalization(o => RequestLanguage.Configure(o));
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddScoped<PageTools>();
        services.AddSingleton<Assets>().AddSingleton<Icons>();
        services.AddSingleton(new PrintLibrary(PrintLibrary.Load)).AddSingleton<IHealthSource>(s => s.GetRequiredService<PrintLibrary>()).AddSingleton<Printer>();
        services.AddPerimeter(settings);
        services.AddApiDescription();
        services.AddResponseCompression(o =>
        {
            // Pages carry form tokens; compressing them beside what a stranger can inject would leak them (BREACH). Static files and API lists are safe.
            o.EnableForHttps = true;
            o.MimeTypes = ["text/css", "text/javascript", "application/json", "application/fhir+json", "image/svg+xml", "application/openapi+json"];
        });
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(o =>
        {
            o.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false));
            o.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            o.SerializerOptions.MaxDepth = 16;
        });
    }

    // Production cookies carry the __Host- prefix and are only sent over TLS; a demo may be opened from a phone over plain HTTP.
    private static void Harden(CookieBuilder cookie, Settings settings, string name)
    {
        (cookie.HttpOnly, cookie.SameSite, cookie.Path) = (true, SameSiteMode.Lax, "/");
        (cookie.Name, cookie.SecurePolicy) = settings.IsProduction ? ("__Host-" + name, CookieSecurePolicy.Always) : (name, CookieSecurePolicy.SameAsRequest);
    }

    private static void Configure(WebApplication app, Settings settings, Kernel.Modules modules)
    {
        app.UseForwardedHeaders();
        app.UsePerimeter();
        app.UseListedOrigins();
        // What carries tokens or codes is not compressed; the secret of a new key or device comes as the answer to what was sent.
        app.UseWhen(http => HttpMethods.IsGet(http.Request.Method) && !http.Request.Path.StartsWithSegments("/api/v1/auth"), rest => rest.UseResponseCompression());
        app.UseRequestLocalization();
        app.UseMiddleware<RefusalMiddleware>();
        app.RefuseTricks(settings);
        app.DemandHttps(settings);
        app.RedirectUnversioned();
        app.UseStaticFiles(Assets.Served(app.Services.GetRequiredService<Assets>()));
        app.UseRouting();
        app.UseAuthentication();
        app.UseMiddleware<ActorMiddleware>();
        app.MapOpenApi("/api/{documentName}/schema").Public().ExcludeFromDescription();
        app.MapHub<LiveHub>("/live").Public();
        foreach (var module in modules.All) module.MapRoutes(app);
        WebPages.Map(app, settings);
    }

    /// <summary>The static files: beside the program, or in the source tree when it runs from there.</summary>
    private static string WebRoot() => Path.Combine(AppContext.BaseDirectory, "wwwroot");
}
