using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;
using Salus.Kernel.Jobs;
using Salus.Modules.Accounts;
using Salus.Modules.Accounts.Contract;

namespace Salus.Tests.Support;

/// <summary>The real program, started in this process on a free port.</summary>
public sealed class RunningSalus : IAsyncDisposable
{
    public const string Password = "Grand-Garden-2026!";
    public static readonly string PasswordHash = Passwords.Hash(Password);
    private static readonly SocketsHttpHandler Wire = new() { AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = 256 };
    private readonly WebApplication app;

    private RunningSalus(WebApplication app, Settings settings)
    {
        (this.app, Settings) = (app, settings);
        Http = new HttpClient(Wire, disposeHandler: false) { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(120) };
    }

    public Settings Settings { get; }
    public HttpClient Http { get; }
    public IServiceProvider Services => app.Services;
    public Database Database => app.Services.GetRequiredService<Database>();
    public DateTime Now => app.Services.GetRequiredService<TimeProvider>().Now();

    public static Settings SettingsFor(TestDatabase database) => new() { Mode = Mode.Development, Data = database.Folder, Database = database.Connection, Urls = "http://127.0.0.1:0", SignInLimit = RateLimit.Parse("sign-in", "1000000/min"), RefreshLimit = RateLimit.Parse("refresh", "1000000/min"), RegisterLimit = RateLimit.Parse("register", "1000000/min"), ResetLimit = RateLimit.Parse("reset", "1000000/min"), SearchLimit = RateLimit.Parse("search", "1000000/min"), ExportLimit = RateLimit.Parse("export", "1000000/min"), UploadLimit = RateLimit.Parse("upload", "1000000/min"), DownloadLimit = RateLimit.Parse("download", "1000000/min"), PayLimit = RateLimit.Parse("pay", "1000000/min") };

    public static Task<RunningSalus> Start(TestDatabase database, Func<Settings, Settings>? change = null, params Module[] more)
    {
        var settings = SettingsFor(database);
        return Start(change is null ? settings : change(settings), migrate: true, more);
    }

    public static async Task<RunningSalus> Start(Settings settings, bool migrate, params Module[] more)
    {
        var app = SalusApp.Build(settings, [.. TestKeys.For(settings), .. more]);
        if (migrate) await app.Services.GetRequiredService<Database>().Migrate();
        await app.StartAsync();
        return new RunningSalus(app, settings);
    }

    /// <summary>The account that owns the installation; made once per database.</summary>
    public async Task<Account> Owner()
    {
        await using (var db = Database.Open())
            if (await db.Accounts.FirstOrDefaultAsync(a => a.IsPlatformOwner) is { } known) return known;
        await using var scope = Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ActorSlot>().Actor = Actor.System(requestId: "tests");
        var id = await scope.ServiceProvider.GetRequiredService<CreateOwner>().Run(new() { Email = "owner@example.org", Name = "Paula Owner", Password = Password }, default);
        await using var after = Database.Open();
        return await after.Accounts.SingleAsync(a => a.Id == id);
    }

    public Caller Anonymous(string slug = "none") => new(Http, null, slug);
    public Caller As(Account account, string slug) => new(Http, TokenOf(account), slug);

    private readonly System.Collections.Concurrent.ConcurrentDictionary<Guid, Session> sessions = new();

    /// <summary>An access token as a sign-in would give it; all of an account are of one session.</summary>
    public string TokenOf(Account account)
    {
        Session New(Guid id) => Task.Run(() => SessionOf(id)).GetAwaiter().GetResult();
        // A proof of who it is holds for ten minutes. The owner of the installation serves all tests of a run, and that may take longer.
        return Services.GetRequiredService<AccessTokens>().Issue(sessions.AddOrUpdate(account.Id, New, (id, old) => old.ProvedAt > Now - Actor.ProofLife / 2 ? old : New(id)));
    }

    private async Task<Session> SessionOf(Guid account)
    {
        var session = Session.Begin(account, SessionKind.Program, new Actor { Kind = ActorKind.Person }, Now);
        try { await Database.Write(null, db => { db.Add(session); return db.SaveChangesAsync(); }, default); }
        catch (Refusal) { } // the database is away, as the test wants it
        return session;
    }

    /// <summary>What was sent to an address or number, oldest first, after all jobs have run.</summary>
    public async Task<IReadOnlyList<Mail>> Mailbox(string to)
    {
        await RunJobs();
        // A file has the name of its job, which begins with the time: two that were written in one tick of the file system have the same time of writing.
        string[] files = Directory.Exists(Settings.MailboxFolder) ? Directory.GetFiles(Settings.MailboxFolder, "*.json") : [];
        var mails = new List<Mail>();
        foreach (var file in files.Order(StringComparer.Ordinal)) mails.Add(System.Text.Json.JsonSerializer.Deserialize<Mail>(await File.ReadAllTextAsync(file))!);
        return [.. mails.Where(m => m.To == to)];
    }

    /// <summary>The same, as soon as there are so many.</summary>
    public async Task<IReadOnlyList<Mail>> Mailbox(string to, int atLeast)
    {
        IReadOnlyList<Mail> mails = [];
        await Wait.Until(async () => (mails = await Mailbox(to)).Count >= atLeast);
        return mails;
    }

    /// <summary>Runs every due job now, as the background service would, and waits for those that it has begun itself.</summary>
    public async Task RunJobs()
    {
        while (await Services.GetRequiredService<JobRunner>().RunNext(default)) { }
        var now = Now;
        List<Guid> begun;
        await using (var db = Database.Open()) begun = await db.Set<Job>().Where(j => j.State == JobState.Running && j.DueAt > now).Select(j => j.Id).ToListAsync();
        await Wait.Until(async () =>
        {
            await using var db = Database.Open();
            return !await db.Set<Job>().AnyAsync(j => begun.Contains(j.Id) && j.State == JobState.Running);
        });
    }

    /// <summary>Seals until nothing is left; the background service may have been quicker.</summary>
    public async Task Seal()
    {
        await Wait.Until(async () =>
        {
            try { while (await Services.GetRequiredService<AuditSealer>().SealNext(default) > 0) { } }
            catch (DbUpdateException) { return false; }
            await using var db = Database.Open();
            var bound = await db.Set<AuditSeal>().MaxAsync(s => (long?)s.Bound) ?? 0;
            return !await AuditSealer.Batch(db, bound, long.MaxValue).AnyAsync();
        });
    }

    public async Task<int> Sql(string sql)
    {
        await using var db = Database.Open();
        return await db.Database.ExecuteSqlRawAsync(sql);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>Waits for something that happens soon, by looking again and again.</summary>
public static class Wait
{
    public static async Task Until(Func<Task<bool>> happened, int seconds = 60)
    {
        for (var end = DateTime.UtcNow.AddSeconds(seconds); !await happened();)
        {
            Assert.True(DateTime.UtcNow < end, "What was waited for did not happen.");
            await Task.Delay(25);
        }
    }
}
