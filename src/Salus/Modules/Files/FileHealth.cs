using Salus.Kernel;
using Salus.Modules.Files.Images;
using Salus.Modules.Files.Scanning;
using Salus.Modules.Files.Storage;

namespace Salus.Modules.Files;

/// <summary>Whether the folder takes files, the stores that are used answer with their credentials, the scanner answers, and pictures can be read.</summary>
public sealed class FileHealth(FileStores stores, Clamd clamd, Settings settings, TimeProvider clock) : IHealthSource, IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim gate = new(1);
    private DateTime looked = DateTime.MinValue;

    public IReadOnlyList<HealthPart> Latest { get; private set; } = [];

    public async Task<IReadOnlyList<HealthPart>> Look(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            if ((clock.Now() - looked).Duration() < Fresh) return Latest;
            Latest = await Parts(stores, clamd, settings, ct);
            looked = clock.Now();
            return Latest;
        }
        finally { gate.Release(); }
    }

    /// <summary>Also for <c>salus check</c>, which looks without the program running.</summary>
    public static async Task<IReadOnlyList<HealthPart>> Parts(FileStores stores, Clamd clamd, Settings settings, CancellationToken ct)
    {
        var used = FileStores.Rules(settings.FilesStore).Values.Append(LocalFolder.StoreKey).Concat(stores.Set.Select(s => s.Key)).Distinct().Order(StringComparer.Ordinal);
        var parts = await Task.WhenAll(used.Select(key => StoreOf(stores[key], ct)).Append(Scanner(clamd, ct)));
        return [.. parts, new HealthPart("pictures", Pictures.CanRead ? HealthPart.Ok : HealthPart.Degraded, Pictures.CanRead ? "" : "missing")];
    }

    private static async Task<HealthPart> StoreOf(FileStore store, CancellationToken ct)
    {
        var name = "files-" + store.Key;
        if (!store.IsSet) return new(name, HealthPart.Degraded, "not-set");
        try
        {
            await store.Check(ct);
            return new(name, HealthPart.Ok);
        }
        catch (StoreFault fault) { return new(name, HealthPart.Degraded, fault.Kind); }
    }

    private static async Task<HealthPart> Scanner(Clamd clamd, CancellationToken ct)
    {
        if (!clamd.IsSet) return new("scanner", HealthPart.Off, "not-set");
        try
        {
            await clamd.Check(ct);
            return new("scanner", HealthPart.Ok);
        }
        catch (ScannerAway away) { return new("scanner", HealthPart.Degraded, away.Message); }
    }

    public void Dispose() => gate.Dispose();
}
