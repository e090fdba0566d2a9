using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Salus.Kernel;
using Salus.Kernel.Audit;
using Salus.Kernel.Data;

namespace Salus.Tests.Support;

/// <summary>
/// The servers of a run encrypt texts with the same key, which lies in the keys folder of each: what EF builds for one serves all, as it takes seconds to build. Where there is
/// another key in the folder, as in tests of keys, a server has its own.
/// </summary>
internal static class TestKeys
{
    private static readonly string Folder = Directory.CreateTempSubdirectory("salus-test-keys-").FullName;
    private static readonly Lazy<(KeyRing Ring, TextSeal Seal)> Shared = new(() =>
    {
        var ring = new KeyRing(new Settings { Keys = Folder });
        return (ring, new(ring, NullLogger<TextSeal>.Instance));
    });

    /// <summary>Puts the key into a new keys folder.</summary>
    public static void Give(string data)
    {
        KeyFile.MakeFolder(Path.Combine(data, "keys"));
        File.Copy(Path.Combine(Shared.Value.Ring.Folder, Name), Path.Combine(data, "keys", Name));
    }

    /// <summary>Another key in the place of that one: for <c>OwnServer.Start</c>.</summary>
    public static Settings Own(Settings settings)
    {
        File.WriteAllText(Path.Combine(settings.KeysFolder, Name), Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(KeyRing.KeyBytes)));
        return settings;
    }

    private const string Name = "file-wrapping.key";

    /// <summary>What stands in the place of the program's own keys; nothing where they are others.</summary>
    public static IEnumerable<Module> For(Settings settings) =>
        KeyRing.Read(settings.KeysFolder) is [var only] && only.Id == Shared.Value.Ring.Newest.Id ? [new Replacement(services => services.AddSingleton(Shared.Value.Ring).AddSingleton(Shared.Value.Seal))] : [];
}
