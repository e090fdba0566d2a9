using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Salus.Modules.Accounts.Contract;

/// <summary>Argon2id (RFC 9106) by the reference library of the system, libargon2, with the figures of OWASP: 19 MiB, two passes, one lane.</summary>
public static class Argon2
{
    private const uint Memory = 19 * 1024, Passes = 2, Lanes = 1;
    private const int SaltBytes = 16, HashBytes = 32, MostText = 300;

    /// <summary>How every text made with today's figures begins.</summary>
    public const string Prefix = "$argon2id$v=19$m=19456,t=2,p=1$";

    // Each hash takes 19 MiB: as many at once as there are processors, and the others wait a few milliseconds.
    private static readonly SemaphoreSlim Room = new(Environment.ProcessorCount);

    /// <summary>True when the library is on this machine.</summary>
    public static bool IsThere { get; } = NativeLibrary.TryLoad(Library, typeof(Argon2).Assembly, null, out _);

    /// <summary>The hash with its salt and figures, as the library writes it.</summary>
    /// <exception cref="CryptographicException">The library refused, for example for want of memory.</exception>
    public static string Hash(string password)
    {
        var (secret, salt, text) = (Encoding.UTF8.GetBytes(password), RandomNumberGenerator.GetBytes(SaltBytes), new byte[MostText]);
        var code = InRoom(() => argon2id_hash_encoded(Passes, Memory, Lanes, secret, (nuint)secret.Length, salt, (nuint)salt.Length, HashBytes, text, (nuint)text.Length));
        return code == 0 ? Encoding.ASCII.GetString(text, 0, Array.IndexOf(text, (byte)0)) : throw new CryptographicException($"Argon2id failed with code {code}.");
    }

    /// <summary>Whether the password gives this hash, with the figures that stand in it.</summary>
    public static bool Verify(string hash, string password)
    {
        var (text, secret) = (Encoding.ASCII.GetBytes(hash + '\0'), Encoding.UTF8.GetBytes(password));
        return InRoom(() => argon2id_verify(text, secret, (nuint)secret.Length)) == 0;
    }

    private static int InRoom(Func<int> work)
    {
        Room.Wait();
        try { return work(); }
        finally { Room.Release(); }
    }

    private const string Library = "libargon2.so.1";

#pragma warning disable IDE1006, SYSLIB1054 // the library's own names; byte arrays need no generated marshalling
    [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int argon2id_hash_encoded(uint passes, uint memory, uint lanes, byte[] password, nuint passwordLength, byte[] salt, nuint saltLength, nuint hashLength, byte[] encoded, nuint encodedLength);

    [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int argon2id_verify(byte[] encoded, byte[] password, nuint passwordLength);
#pragma warning restore IDE1006, SYSLIB1054
}
