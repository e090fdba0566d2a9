using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Salus.Kernel;

/// <summary>
/// Where an address is, as far as a table says that the operator keeps on this machine: nobody else is asked, and without a table nothing is said. A hint for people who look
/// through their sessions; nothing is decided by it.
/// </summary>
public sealed class Places(Settings settings, ILogger<Places> log) : IDisposable
{
    private readonly Lazy<PlaceTable?> table = new(() => Open(settings, log));

    /// <summary>City and country, such as "Rome, Italy", in the language of the moment where the table knows it, else in English; empty where nothing is known.</summary>
    public string Of(string? address)
    {
        if (!IPAddress.TryParse(address, out var ip) || table.Value is not { } known) return "";
        try { return Name(known.Find(ip)); }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            log.LogWarning("The table of places cannot be read: {Reason}", error.Message);
            return "";
        }
    }

    /// <summary>What is wrong with the table; null: nothing, or there is none.</summary>
    public static string? Fault(Settings settings)
    {
        if (settings.Places.Length == 0) return null;
        try { using (new PlaceTable(settings.Places)) return null; }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException) { return error.Message; }
    }

    private static PlaceTable? Open(Settings settings, ILogger log)
    {
        if (settings.Places.Length == 0) return null;
        try { return new(settings.Places); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            log.LogWarning("The table of places cannot be read: {Reason}", error.Message);
            return null;
        }
    }

    // The tables that are published name things in three ways.
    private static string Name(object? found)
    {
        var code = (Part(found, "country", "iso_code") ?? Part(found, "country_code") ?? Part(found, "country")) as string;
        var city = (Part(found, "city", "names", CultureInfo.CurrentUICulture.TwoLetterISOLanguageName) ?? Part(found, "city", "names", "en") ?? Part(found, "city")) as string;
        var country = Part(found, "country", "names", CultureInfo.CurrentUICulture.TwoLetterISOLanguageName) as string ?? Country(code);
        return string.Join(", ", new[] { city, country }.Where(n => !string.IsNullOrEmpty(n)));
    }

    // In English: the framework keeps the name in whatever language it was asked for first.
    private static string Country(string? code)
    {
        if (string.IsNullOrEmpty(code)) return "";
        try { return new RegionInfo(code).EnglishName; }
        catch (ArgumentException) { return code; }
    }

    private static object? Part(object? value, params ReadOnlySpan<string> path)
    {
        foreach (var name in path) value = (value as Dictionary<string, object?>)?.GetValueOrDefault(name);
        return value;
    }

    public void Dispose()
    {
        if (table.IsValueCreated) table.Value?.Dispose();
    }
}

/// <summary>
/// A file in the MMDB format, version 2 (https://maxmind.github.io/MaxMind-DB/): a tree of address bits, then values. Read where needed, never as a whole; what is not as the
/// format says is an <see cref="InvalidDataException"/>, never an endless walk.
/// </summary>
internal sealed class PlaceTable : IDisposable
{
    private const int MostMetadata = 128 * 1024, MostValues = 4000, MostDepth = 16, MostText = 4096, Gap = 16;
    private static readonly byte[] Mark = [0xab, 0xcd, 0xef, .. "MaxMind.com"u8];
    private readonly SafeFileHandle file;
    private readonly long nodes, data, end;
    private readonly int bits;
    private readonly bool knows6;

    public PlaceTable(string path)
    {
        file = File.OpenHandle(path);
        try
        {
            end = RandomAccess.GetLength(file);
            var tail = new byte[Math.Min(MostMetadata, end)];
            RandomAccess.Read(file, tail, end - tail.Length);
            var at = tail.AsSpan().LastIndexOf(Mark);
            if (at < 0) throw new InvalidDataException("This is not a table in the MMDB format.");
            var start = end - tail.Length + at + Mark.Length;
            var (left, position) = (MostValues, start);
            var about = Read(ref position, start, 0, ref left) as Dictionary<string, object?>;
            (nodes, bits, knows6) = (Number(about, "node_count"), (int)Number(about, "record_size"), Number(about, "ip_version") == 6);
            if (bits is not (24 or 28 or 32) || nodes > end / (bits / 4) || nodes * (bits / 4) + Gap > start) throw new InvalidDataException("The table is cut off, or of a kind that is not known.");
            data = nodes * (bits / 4) + Gap;
        }
        catch { file.Dispose(); throw; }
    }

    /// <summary>What the table says of an address: maps, texts and whole numbers; null: nothing.</summary>
    public object? Find(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var is6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        if (is6 && !knows6) return null;
        var bytes = address.GetAddressBytes();
        // In a tree of the longer addresses the shorter ones stand below 96 zeros.
        var node = 0L;
        for (var i = 0; i < 96 && knows6 && !is6 && node < nodes; i++) node = Record(node, 0);
        for (var i = 0; i < bytes.Length * 8 && node < nodes; i++) node = Record(node, (bytes[i / 8] >> (7 - i % 8)) & 1);
        if (node <= nodes) return null;
        var (left, position) = (MostValues, data + node - nodes - Gap);
        return Read(ref position, data, 0, ref left);
    }

    private long Record(long node, int side)
    {
        Span<byte> pair = stackalloc byte[8];
        Fill(pair[..(bits / 4)], node * (bits / 4));
        return bits switch
        {
            24 => side == 0 ? pair[0] << 16 | pair[1] << 8 | pair[2] : pair[3] << 16 | pair[4] << 8 | pair[5],
            28 => side == 0 ? (pair[3] & 0xf0) << 20 | pair[0] << 16 | pair[1] << 8 | pair[2] : (pair[3] & 0x0f) << 24 | pair[4] << 16 | pair[5] << 8 | pair[6],
            _ => BinaryPrimitives.ReadUInt32BigEndian(pair[(side * 4)..]),
        };
    }

    private object? Read(ref long position, long section, int depth, ref int left)
    {
        if (depth > MostDepth || left-- <= 0) throw new InvalidDataException("A value of the table is nested too deeply, or too large.");
        var control = Byte(ref position);
        var type = control >> 5;
        if (type == 1) return Pointed(ref position, control, section, depth, ref left);
        if (type == 0) type = 7 + Byte(ref position);
        var size = control & 0x1f;
        if (size >= 29) size = (int)(size switch { 29 => 29, 30 => 285, _ => 65_821 } + Whole(ref position, size - 28));
        switch (type)
        {
            case 2: return Word(ref position, size);
            case 5 or 6 or 9 when size <= 8: return Whole(ref position, size);
            case 7:
                var map = new Dictionary<string, object?>();
                for (var i = 0; i < size; i++)
                {
                    if (Read(ref position, section, depth + 1, ref left) is not string name) throw new InvalidDataException("A name in the table is not a text.");
                    map[name] = Read(ref position, section, depth + 1, ref left);
                }
                return map;
            case 11:
                for (var i = 0; i < size; i++) Read(ref position, section, depth + 1, ref left);
                return null;
            case 14: return null; // its size is its value
            default:
                position += size;
                return null;
        }
    }

    private object? Pointed(ref long position, int control, long section, int depth, ref int left)
    {
        var (size, high) = ((control >> 3) & 3, (long)(control & 7));
        var target = size switch { 0 => high << 8 | Whole(ref position, 1), 1 => (high << 16 | Whole(ref position, 2)) + 2048, 2 => (high << 24 | Whole(ref position, 3)) + 526_336, _ => Whole(ref position, 4) };
        var there = section + target;
        return Read(ref there, section, depth + 1, ref left);
    }

    private string Word(ref long position, int size)
    {
        if (size > MostText) throw new InvalidDataException("A text of the table is too long.");
        Span<byte> text = size == 0 ? [] : new byte[size];
        Fill(text, position);
        position += size;
        return Encoding.UTF8.GetString(text);
    }

    private long Whole(ref long position, int size)
    {
        var value = 0L;
        for (var i = 0; i < size; i++) value = value << 8 | Byte(ref position);
        return value;
    }

    private byte Byte(ref long position)
    {
        Span<byte> one = stackalloc byte[1];
        Fill(one, position++);
        return one[0];
    }

    private void Fill(Span<byte> into, long at)
    {
        if (at < 0 || at + into.Length > end || RandomAccess.Read(file, into, at) < into.Length) throw new InvalidDataException("The table is cut off.");
    }

    private static long Number(Dictionary<string, object?>? map, string name) => map?.GetValueOrDefault(name) is long number and >= 0 ? number : throw new InvalidDataException($"The table does not say its {name}.");

    public void Dispose() => file.Dispose();
}
