using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(Salus.Tests.Support.SalusServer))]

namespace Salus.Tests.Support;

/// <summary>One server for all tests that need nothing special; each test makes a clinic of its own on it.</summary>
public sealed class SalusServer : IAsyncLifetime
{
    private readonly SemaphoreSlim gate = new(1);
    private TestDatabase database = null!;
    private Clinic? stranger;

    public RunningSalus Salus { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Make();
        Salus = await RunningSalus.Start(database);
        await Salus.Owner();
    }

    public Task<Clinic> NewClinic(string zone = "Europe/Rome") => Clinic.Make(Salus, zone);

    /// <summary>Another clinic on the same installation; the same one for all tests.</summary>
    public async Task<Clinic> Stranger()
    {
        await gate.WaitAsync();
        try { return stranger ??= await NewClinic(); }
        finally { gate.Release(); }
    }

    public async ValueTask DisposeAsync()
    {
        await Salus.DisposeAsync();
        await database.DisposeAsync();
        gate.Dispose();
    }
}

/// <summary>A server with its own database, for tests that move its clock, stop it or harm its rows.</summary>
public sealed class OwnServer : IAsyncDisposable
{
    private readonly TestDatabase database;
    private readonly Kernel.Module[] more;
    private OwnServer(TestDatabase database, Kernel.Module[] more) => (this.database, this.more) = (database, more);

    public RunningSalus Salus { get; private set; } = null!;
    public string Folder => database.Folder;

    /// <summary>With other services in the place of the program's own.</summary>
    public static Task<OwnServer> Start(Action<IServiceCollection> services) => Start(null, new Replacement(services));

    public static async Task<OwnServer> Start(Func<Kernel.Settings, Kernel.Settings>? change = null, params Kernel.Module[] more)
    {
        var own = new OwnServer(await TestDatabase.Make(), more);
        own.Salus = await RunningSalus.Start(own.database, change, more);
        return own;
    }

    /// <summary>Stops the program and starts it again on the same rows and keys.</summary>
    public async Task Restart(Func<Kernel.Settings, Kernel.Settings> change)
    {
        await Salus.DisposeAsync();
        Salus = await RunningSalus.Start(database, change, more);
    }

    public async ValueTask DisposeAsync()
    {
        await Salus.DisposeAsync();
        await database.DisposeAsync();
    }
}

/// <summary>A module that only puts services in the place of others.</summary>
public sealed class Replacement(Action<IServiceCollection> replace) : Kernel.Module
{
    public override void AddServices(IServiceCollection services) => replace(services);
}
