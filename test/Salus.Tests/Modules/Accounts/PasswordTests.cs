using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Salus.Modules.Accounts.Contract;

namespace Salus.Tests.Accounts;

/// <summary>How passwords are kept: Argon2id, old hashes replaced at the next sign-in, and never the password itself.</summary>
public sealed class PasswordTests(SalusServer server)
{
    [Fact]
    public void the_library_gives_the_vector_of_RFC_9106()
    {
        Assert.True(Argon2.IsThere, "libargon2 is not installed; eng/setup does it");
        var tag = new byte[32];
        GCHandle Pin(byte[] bytes) => GCHandle.Alloc(bytes, GCHandleType.Pinned);
        static byte[] Of(int count, byte value) => [.. Enumerable.Repeat(value, count)];
        var pins = new[] { Pin(tag), Pin(Of(32, 1)), Pin(Of(16, 2)), Pin(Of(8, 3)), Pin(Of(12, 4)) };
        try
        {
            var context = new Context
            {
                Out = pins[0].AddrOfPinnedObject(), OutLength = 32, Password = pins[1].AddrOfPinnedObject(), PasswordLength = 32, Salt = pins[2].AddrOfPinnedObject(), SaltLength = 16,
                Secret = pins[3].AddrOfPinnedObject(), SecretLength = 8, Data = pins[4].AddrOfPinnedObject(), DataLength = 12, Passes = 3, Memory = 32, Lanes = 4, Threads = 4, Version = 0x13,
            };
            Assert.Equal(0, argon2id_ctx(ref context));
        }
        finally { foreach (var pin in pins) pin.Free(); }
        Assert.Equal("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659", Convert.ToHexStringLower(tag)); // RFC 9106 §5.3
    }

    [Fact]
    public void a_hash_of_the_reference_implementation_is_understood()
    {
        const string hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        Assert.True(Argon2.Verify(hash, "password"));
        Assert.False(Argon2.Verify(hash, "Password"));
        Assert.False(Argon2.Verify(hash[..^2] + "AA", "password"));
        Assert.True(Passwords.IsOld(hash));
    }

    [Fact]
    public async Task what_is_written_here_is_what_the_library_writes_and_reads_also_many_at_once()
    {
        var (secret, text) = ("Grand-Garden-2026!"u8.ToArray(), new byte[300]);
        Assert.Equal(0, argon2id_hash_encoded(2, 19 * 1024, 1, secret, (nuint)secret.Length, new byte[16], 16, 32, text, 300));
        var theirs = System.Text.Encoding.ASCII.GetString(text, 0, Array.IndexOf(text, (byte)0));
        Assert.StartsWith(Argon2.Prefix, theirs, StringComparison.Ordinal);
        // The pieces of memory are used again: none may be given to two at once.
        var found = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => Argon2.Verify(theirs, i % 2 == 0 ? "Grand-Garden-2026!" : "Grand-Garden-2027!"))));
        Assert.All(found.Index(), f => Assert.Equal(f.Index % 2 == 0, f.Item));
        var ours = System.Text.Encoding.ASCII.GetBytes(Argon2.Hash("Grand-Garden-2026!") + '\0');
        Assert.Equal(0, argon2id_verify(ours, secret, (nuint)secret.Length));
        foreach (var broken in (string[])[theirs[..^1], theirs + "A", theirs.Replace("$", "$$", StringComparison.Ordinal), Argon2.Prefix, Argon2.Prefix + "$", Argon2.Prefix + "AAAA$AAAA", ""])
            Assert.False(Argon2.Verify(broken, "Grand-Garden-2026!"), broken);
    }

    [Theory, InlineData("Grüße-Aus-Köln-7")] [InlineData("密码密码密码密码Aa1-")] [InlineData("with a null \0 inside A1!")]
    public void what_people_type_is_kept_as_Argon2id_and_compares(string password)
    {
        var hash = Passwords.Hash(password);
        Assert.StartsWith(Argon2.Prefix, hash, StringComparison.Ordinal);
        Assert.NotEqual(hash, Passwords.Hash(password));
        Assert.True(Passwords.Matches(new Account { PasswordHash = hash }, password));
        Assert.False(Passwords.Matches(new Account { PasswordHash = hash }, password + "x"));
        Assert.False(Passwords.Matches(new Account(), password));
        Assert.False(Passwords.Matches(null, password));
    }

    [Fact]
    public async Task ID_11_a_hash_of_the_old_method_is_replaced_at_the_next_sign_in_and_only_then()
    {
        var clinic = await server.NewClinic();
        var account = clinic.Account("doctor");
        var old = new PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 })).HashPassword(account, RunningSalus.Password);
        await clinic.Salus.Database.Write(null, db => db.Accounts.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.PasswordHash, old)), default);
        async Task<string> Kept()
        {
            await using var db = clinic.Open();
            return (await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == account.Id)).PasswordHash!;
        }
        (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = account.Email, password = "Wrong-Password-1" })).Is(401);
        Assert.Equal(old, await Kept());
        (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = account.Email, password = RunningSalus.Password })).Is(200);
        var better = await Kept();
        Assert.StartsWith("$argon2id$", better, StringComparison.Ordinal);
        (await clinic.Anonymous.Post("/api/v1/auth/token", new { email = account.Email, password = RunningSalus.Password })).Is(200);
        Assert.Equal(better, await Kept());
    }

    [Fact]
    public async Task forty_hashes_at_once_all_come_out_right()
    {
        var hash = Passwords.Hash(RunningSalus.Password);
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => Passwords.Matches(new Account { PasswordHash = hash }, i % 2 == 0 ? RunningSalus.Password : "Wrong-Password-1"))));
        Assert.All(results.Select((right, i) => (right, i)), r => Assert.Equal(r.i % 2 == 0, r.right));
    }

    /// <summary>argon2_context of argon2.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Context
    {
        public nint Out;
        public uint OutLength;
        public nint Password;
        public uint PasswordLength;
        public nint Salt;
        public uint SaltLength;
        public nint Secret;
        public uint SecretLength;
        public nint Data;
        public uint DataLength;
        public uint Passes, Memory, Lanes, Threads, Version;
        public nint Allocate, Free;
        public uint Flags;
    }

#pragma warning disable IDE1006, SYSLIB1054 // the library's own name
    [DllImport("libargon2.so.1"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int argon2id_ctx(ref Context context);

    [DllImport("libargon2.so.1"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int argon2id_hash_encoded(uint passes, uint memory, uint lanes, byte[] password, nuint passwordLength, byte[] salt, nuint saltLength, nuint hashLength, byte[] encoded, nuint encodedLength);

    [DllImport("libargon2.so.1"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int argon2id_verify(byte[] encoded, byte[] password, nuint passwordLength);
#pragma warning restore IDE1006, SYSLIB1054
}
