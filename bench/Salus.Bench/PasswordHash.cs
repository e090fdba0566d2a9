using System.Runtime.InteropServices;
using System.Text;

namespace Salus.Bench;

/// <summary>The password's hash without any program: Argon2id of the system's library with the program's figures.</summary>
public static class PasswordHash
{
    private const string Library = "libargon2.so.1";

    public static bool IsThere { get; } = NativeLibrary.TryLoad(Library, typeof(PasswordHash).Assembly, null, out _);

    public static Func<ValueTask> Verify(string password)
    {
        var (secret, salt, text) = (Encoding.UTF8.GetBytes(password), new byte[16], new byte[300]);
        if (argon2id_hash_encoded(2, 19 * 1024, 1, secret, (nuint)secret.Length, salt, 16, 32, text, 300) != 0) throw new InvalidOperationException("Argon2id failed.");
        return () => argon2id_verify(text, secret, (nuint)secret.Length) == 0 ? default : throw new InvalidOperationException("The password does not fit.");
    }

#pragma warning disable IDE1006, SYSLIB1054
    [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int argon2id_hash_encoded(uint passes, uint memory, uint lanes, byte[] password, nuint passwordLength, byte[] salt, nuint saltLength, nuint hashLength, byte[] encoded, nuint encodedLength);

    [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int argon2id_verify(byte[] encoded, byte[] password, nuint passwordLength);
#pragma warning restore IDE1006, SYSLIB1054
}
