using System.Security.Cryptography;

namespace Salus.Kernel.Audit;

/// <summary>The key that signs seals. It lives in the keys folder, outside the database; whoever holds only the database cannot forge a seal.</summary>
public sealed class AuditKey : IDisposable
{
    private readonly ECDsa key;

    public AuditKey(Settings settings)
    {
        key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        key.ImportFromPem(KeyFile.ReadOrCreate(Path.Combine(settings.KeysFolder, "audit-signing.pem"), () =>
        {
            using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return fresh.ExportPkcs8PrivateKeyPem();
        }));
        PublicPem = key.ExportSubjectPublicKeyInfoPem();
        Id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
    }

    public string Id { get; }
    public string PublicPem { get; }

    public string Sign(byte[] data) => Convert.ToBase64String(key.SignData(data, HashAlgorithmName.SHA256));

    public static bool Verify(string publicPem, byte[] data, string signature)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(publicPem);
            return key.VerifyData(data, Convert.FromBase64String(signature), HashAlgorithmName.SHA256);
        }
        catch (Exception error) when (error is CryptographicException or FormatException or ArgumentException) { return false; }
    }

    public void Dispose() => key.Dispose();
}

/// <summary>Secrets as files only the program's user may read.</summary>
public static class KeyFile
{
    /// <summary>Returns the file's text, or writes what <paramref name="make"/> gives. Two programs that start at once agree on one key.</summary>
    public static string ReadOrCreate(string path, Func<string> make)
    {
        if (!File.Exists(path))
        {
            MakeFolder(Path.GetDirectoryName(path)!);
            var draft = path + "." + Guid.NewGuid().ToString("N");
            File.WriteAllText(draft, make());
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            try { File.Move(draft, path, overwrite: false); }
            catch (IOException) { File.Delete(draft); }
        }
        return File.ReadAllText(path);
    }

    /// <summary>Makes the folder, closed to everybody else; one that is there is left as it is.</summary>
    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
