using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Salus.Modules.Accounts.Contract;

/// <summary>Argon2id (RFC 9106) by the reference library of the system, libargon2, with the figures of OWASP: 19 MiB, two passes, one lane.</summary>
public static unsafe class Argon2
{
    private const uint Memory = 19 * 1024, Passes = 2, Lanes = 1, Version = 0x13;
    private const int SaltBytes = 16, HashBytes = 32;

    /// <summary>How every text made with today's figures begins.</summary>
    public const string Prefix = "$argon2id$v=19$m=19456,t=2,p=1$";

    // Each hash takes 19 MiB: as many at once as there are processors, and the others wait a few milliseconds.
    private static readonly SemaphoreSlim Room = new(Environment.ProcessorCount);

    /// <summary>What was used stays for the next: the system's allocator would keep 19 MiB for each thread that ever checked a password. The library overwrites a piece before it gives it back.</summary>
    private static readonly ConcurrentBag<nint> Spare = [];

    /// <summary>True when the library is on this machine.</summary>
    public static bool IsThere { get; } = NativeLibrary.TryLoad(Library, typeof(Argon2).Assembly, null, out _);

    /// <summary>The hash with its salt and figures, as the library writes it.</summary>
    /// <exception cref="CryptographicException">The library refused, for example for want of memory.</exception>
    public static string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return $"{Prefix}{Text64(salt)}${Text64(Compute(password, salt))}";
    }

    /// <summary>Whether the password gives this hash, with the figures that stand in it.</summary>
    public static bool Verify(string hash, string password)
    {
        if (hash.StartsWith(Prefix, StringComparison.Ordinal) && hash[Prefix.Length..].Split('$') is [var salt, var wanted] && Bytes(salt) is { Length: SaltBytes } own)
            return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Text64(Compute(password, own))), Encoding.ASCII.GetBytes(wanted));
        var (text, secret) = (Encoding.ASCII.GetBytes(hash + '\0'), Encoding.UTF8.GetBytes(password));
        return InRoom(() => argon2id_verify(text, secret, (nuint)secret.Length)) == 0;
    }

    private static string Text64(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[]? Bytes(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length) ? bytes[..length] : null;
    }

    private static byte[] Compute(string password, byte[] salt)
    {
        var (secret, hash) = (Encoding.UTF8.GetBytes(password), new byte[HashBytes]);
        var code = InRoom(() =>
        {
            fixed (byte* output = hash, pwd = secret, grain = salt)
            {
                var context = new Context
                {
                    Output = output, OutputLength = HashBytes, Password = pwd, PasswordLength = (uint)secret.Length, Salt = grain, SaltLength = (uint)salt.Length,
                    Passes = Passes, Memory = Memory, Lanes = Lanes, Threads = Lanes, Version = Version, Allocate = &Allocate, Free = &Free,
                };
                return argon2id_ctx(&context);
            }
        });
        return code == 0 ? hash : throw new CryptographicException($"Argon2id failed with code {code}.");
    }

    private static int InRoom(Func<int> work)
    {
        Room.Wait();
        try { return work(); }
        finally { Room.Release(); }
    }

    // Only today's figures come here, so that every piece is as large as the next. Nothing may be thrown through the library.
    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int Allocate(byte** memory, nuint bytes)
    {
        const int noMemory = -22;
        try
        {
            *memory = (byte*)(Spare.TryTake(out var used) ? used : (nint)NativeMemory.AlignedAlloc(bytes, 64));
            return 0;
        }
        catch (OutOfMemoryException) { return noMemory; }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static void Free(byte* memory, nuint bytes) => Spare.Add((nint)memory);

    private const string Library = "libargon2.so.1";

    /// <summary><c>argon2_context</c> of the library.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Context
    {
        public byte* Output;
        public uint OutputLength;
        public byte* Password;
        public uint PasswordLength;
        public byte* Salt;
        public uint SaltLength;
        public byte* Key;
        public uint KeyLength;
        public byte* Data;
        public uint DataLength;
        public uint Passes, Memory, Lanes, Threads, Version;
        public delegate* unmanaged[Cdecl]<byte**, nuint, int> Allocate;
        public delegate* unmanaged[Cdecl]<byte*, nuint, void> Free;
        public uint Flags;
    }

#pragma warning disable IDE1006, SYSLIB1054 // the library's own names
    [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int argon2id_ctx(Context* context);

    [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int argon2id_verify(byte[] encoded, byte[] password, nuint passwordLength);
#pragma warning restore IDE1006, SYSLIB1054
}
