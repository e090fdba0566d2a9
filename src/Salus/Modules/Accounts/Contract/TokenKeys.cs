using System.Globalization;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Salus.Kernel;
using Salus.Kernel.Audit;

namespace Salus.Modules.Accounts.Contract;

/// <summary>One key of the folder.</summary>
public sealed record TokenKey(string Path, DateTime CreatedAt, ECDsaSecurityKey Key)
{
    public string Id => Key.KeyId;
}

/// <summary>
/// The keys of access tokens: files in the keys folder, which all nodes share. The newest signs, two minutes after it came: every
/// node looks into the folder each minute, so all know it by then. The one before verifies for another hour, which is longer than
/// any token lives: nobody is signed out when a key changes.
/// </summary>
public sealed class TokenKeys : IDisposable
{
    public static readonly TimeSpan Settle = TimeSpan.FromMinutes(2), Overlap = TimeSpan.FromHours(1), Look = TimeSpan.FromMinutes(1);
    private const string First = "token-key.pem", Later = "token-key-*.pem", Stamp = "yyyyMMddHHmmssfff";
    private readonly string folder;
    private readonly TimeSpan life;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private volatile TokenKey[] keys;
    private DateTime looked;

    public TokenKeys(Settings settings, TimeProvider clock)
    {
        (folder, life, this.clock) = (settings.KeysFolder, TimeSpan.FromDays(Math.Max(1, settings.KeyDays)), clock);
        if (Files().Count == 0) KeyFile.ReadOrCreate(Path.Combine(folder, First), Fresh);
        (keys, looked) = (Read([]), clock.Now());
        RotateIfOld(clock.Now());
    }

    /// <summary>The key that signs now. When it is old, the next one is made.</summary>
    public TokenKey Signing
    {
        get
        {
            var now = clock.Now();
            if (LookAgain(now)) RotateIfOld(now);
            return keys.LastOrDefault(k => now - k.CreatedAt >= Settle) ?? keys[0];
        }
    }

    /// <summary>Every key with which a token may be signed that has not ended yet.</summary>
    public IReadOnlyList<TokenKey> Verifying
    {
        get
        {
            var (now, all) = (clock.Now(), keys);
            return [.. all.Where((_, i) => i == all.Length - 1 || now - all[i + 1].CreatedAt < Overlap)];
        }
    }

    /// <summary>The key of a token by the id in its head. Another node may have made it, so the folder is looked at for an unknown one, once a minute at most.</summary>
    public TokenKey? Find(string? id)
    {
        var found = Verifying.FirstOrDefault(k => k.Id == id);
        if (found is not null || !LookAgain(clock.Now())) return found;
        return Verifying.FirstOrDefault(k => k.Id == id);
    }

    /// <summary>Makes the next key and removes those that verify nothing any more.</summary>
    public TokenKey Rotate()
    {
        lock (gate)
        {
            var keep = Verifying;
            foreach (var over in keys.Where(k => !keep.Contains(k))) File.Delete(over.Path);
            var path = Path.Combine(folder, $"token-key-{clock.Now().ToString(Stamp, CultureInfo.InvariantCulture)}.pem");
            KeyFile.ReadOrCreate(path, Fresh);
            return (keys = Read(keep)).First(k => k.Path == path);
        }
    }

    // A folder that cannot be written to is no reason to sign nobody in: the old key goes on, and is tried to be replaced once a minute.
    private void RotateIfOld(DateTime now)
    {
        if (now - keys[^1].CreatedAt <= life) return;
        try { Rotate(); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { }
    }

    private bool LookAgain(DateTime now)
    {
        if ((now - looked).Duration() < Look) return false;
        lock (gate)
        {
            if ((now - looked).Duration() < Look) return false;
            looked = now;
            // A folder that cannot be read just now, or holds half a file, is no reason to forget the keys that are known.
            try { keys = Read(keys); }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException) { }
            return true;
        }
    }

    private List<string> Files() => !Directory.Exists(folder) ? [] : [.. Directory.EnumerateFiles(folder, First), .. Directory.EnumerateFiles(folder, Later)];

    private TokenKey[] Read(IReadOnlyList<TokenKey> known) => [.. Files().Select(path => known.FirstOrDefault(k => k.Path == path) ?? Open(path)).OrderBy(k => k.CreatedAt)];

    private static TokenKey Open(string path)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(path));
        return new(path, Age(path), new ECDsaSecurityKey(key)
        {
            // A factory of its own: the shared one keeps signers by key for ever, and would hand out one over a disposed key.
            CryptoProviderFactory = new CryptoProviderFactory(),
            KeyId = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16],
        });
    }

    // The name tells when a key was made, also after a restore; the first one's has no time in it.
    private static DateTime Age(string path) =>
        DateTime.TryParseExact(Path.GetFileNameWithoutExtension(path)["token-key".Length..].TrimStart('-'), Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at : File.GetLastWriteTimeUtc(path);

    private static string Fresh()
    {
        using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return fresh.ExportPkcs8PrivateKeyPem();
    }

    public void Dispose()
    {
        foreach (var key in keys) key.Key.ECDsa.Dispose();
    }
}
