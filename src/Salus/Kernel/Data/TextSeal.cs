using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;

namespace Salus.Kernel.Data;

/// <summary>
/// Encrypts texts for the database with a key that is not in it (docs/adr/0038): a mark, then in base64 a version, the key's id, a nonce, the text under AES-256-GCM and
/// its tag. The name of the column is authenticated: a text that was moved to another column does not open.
/// </summary>
public sealed class TextSeal(KeyRing ring, ILogger<TextSeal> log) : IDisposable
{
    /// <summary>No text that people type begins with it: control characters are taken out of all of them (<see cref="Text"/>). So what begins otherwise was written before texts were sealed.</summary>
    public const char Mark = '\u0001';

    private const byte Version = 1;
    private const int HeadBytes = 1 + KeyRing.IdBytes, NonceBytes = 12, TagBytes = 16, Around = HeadBytes + NonceBytes + TagBytes;
    private const int OnStack = 1024, SayAgain = 60_000;
    private readonly ConcurrentDictionary<uint, TextKey> opened = new();
    private readonly ConcurrentDictionary<string, long> said = new();
    private TextKey? newest;
    private int damaged;

    /// <summary>Where EF keeps the model and the queries built on it: they hold this seal, and a program with other keys in the same process, as in tests, must not be given them.</summary>
    internal IMemoryCache Models { get; } = new MemoryCache(new MemoryCacheOptions { SizeLimit = 10_240 });

    /// <summary>How many texts since the start did not open although their key is there.</summary>
    public int Damaged => Volatile.Read(ref damaged);

    public static bool IsSealed(string stored) => stored.Length > 0 && stored[0] == Mark;

    /// <summary>An empty text stays empty.</summary>
    public string Seal(string plain, SealedColumn column)
    {
        if (plain.Length == 0) return plain;
        var (key, most) = (Newest(), Encoding.UTF8.GetMaxByteCount(plain.Length));
        var rented = 2 * most + Around > OnStack ? ArrayPool<byte>.Shared.Rent(2 * most + Around) : null;
        Span<byte> room = rented is null ? stackalloc byte[OnStack] : rented;
        try
        {
            var length = Encoding.UTF8.GetBytes(plain, room);
            var box = room.Slice(most, Around + length);
            box[0] = Version;
            BinaryPrimitives.WriteUInt32BigEndian(box[1..], key.Id);
            RandomNumberGenerator.Fill(box.Slice(HeadBytes, NonceBytes));
            key.Aes.Encrypt(box.Slice(HeadBytes, NonceBytes), room[..length], box.Slice(HeadBytes + NonceBytes, length), box[^TagBytes..], column.Bytes);
            return string.Create(1 + (box.Length + 2) / 3 * 4, (ReadOnlySpan<byte>)box, static (text, bytes) =>
            {
                text[0] = Mark;
                Convert.TryToBase64Chars(bytes, text[1..], out _);
            });
        }
        finally { if (rented is not null) ArrayPool<byte>.Shared.Return(rented, clearArray: true); }
    }

    /// <summary>What was sealed; a text that was not is given back as it is.</summary>
    /// <exception cref="Refusal">503 <c>text.key-missing</c>; 500 <c>text.damaged</c> when it is not what was written into this column.</exception>
    public string Open(string stored, SealedColumn column)
    {
        if (!IsSealed(stored)) return stored;
        var most = stored.Length / 4 * 3 + 3;
        var rented = 2 * most > OnStack ? ArrayPool<byte>.Shared.Rent(2 * most) : null;
        Span<byte> room = rented is null ? stackalloc byte[OnStack] : rented;
        try
        {
            if (!Convert.TryFromBase64Chars(stored.AsSpan(1), room, out var length) || length < Around || room[0] != Version) throw Changed(column);
            var box = room[..length];
            var plain = room.Slice(most, length - Around);
            var key = KeyOf(BinaryPrimitives.ReadUInt32BigEndian(box[1..]), column);
            try { key.Aes.Decrypt(box.Slice(HeadBytes, NonceBytes), box.Slice(HeadBytes + NonceBytes, plain.Length), box[^TagBytes..], plain, column.Bytes); }
            catch (AuthenticationTagMismatchException) { throw Changed(column); }
            return Encoding.UTF8.GetString(plain);
        }
        finally { if (rented is not null) ArrayPool<byte>.Shared.Return(rented, clearArray: true); }
    }

    private TextKey Newest()
    {
        var source = ring.Newest;
        if (newest is { } key && ReferenceEquals(key.Source, source)) return key;
        return newest = new(source);
    }

    private TextKey KeyOf(uint id, SealedColumn column)
    {
        if (opened.TryGetValue(id, out var key)) return key;
        var name = id.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
        if (ring.Find(name) is { } source) return opened.GetOrAdd(id, static (_, s) => new(s), source);
        Say(column, $"the key {name} is not in the keys folder");
        throw new Refusal(503, "text.key-missing", "The key that opens a text here is missing. The text is not lost.") { Unlock = "Whoever runs this installation puts the folder of the keys back from its backup." };
    }

    private Refusal Changed(SealedColumn column)
    {
        Interlocked.Increment(ref damaged);
        Say(column, "it is not what was written there");
        return new(500, "text.damaged", "A text here was changed from outside and is not shown.") { Unlock = "It was noted. Whoever runs this installation can bring it back from a backup." };
    }

    // Once a minute for each column: a list that is looked at again and again would fill the log.
    private void Say(SealedColumn column, string reason)
    {
        var now = Environment.TickCount64;
        if (said.TryGetValue(column.Name, out var before) && now - before < SayAgain) return;
        said[column.Name] = now;
        log.LogError("A text of {Column} does not open: {Reason}", column.Name, reason);
    }

    public void Dispose()
    {
        foreach (var key in opened.Values) key.Dispose();
        newest?.Dispose();
        Models.Dispose();
    }

    /// <summary>The key of texts that follows from one of the ring. Whoever learns it still cannot unwrap a file.</summary>
    private sealed class TextKey(RingKey source) : IDisposable
    {
        private readonly ThreadLocal<AesGcm> aes = new(() => new(HKDF.DeriveKey(HashAlgorithmName.SHA256, source.Secret, KeyRing.KeyBytes, info: "salus text 1"u8.ToArray()), TagBytes));

        public RingKey Source { get; } = source;
        public uint Id { get; } = BinaryPrimitives.ReadUInt32BigEndian(Convert.FromHexString(source.Id));

        /// <summary>One for each thread: it keeps what it has computed of its key, and must not be used by two at once.</summary>
        public AesGcm Aes => aes.Value!;

        public void Dispose() => aes.Dispose();
    }
}

/// <summary>A column whose texts are sealed, by the name that is authenticated with each of them: renaming it would make what is there unreadable.</summary>
public sealed class SealedColumn(string table, string column)
{
    public string Column { get; } = column;
    public string Name { get; } = $"{table}.{column}";
    internal byte[] Bytes { get; } = Encoding.UTF8.GetBytes($"{table}.{column}");
}
