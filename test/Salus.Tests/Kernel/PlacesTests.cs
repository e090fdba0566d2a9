using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Salus.Kernel;

namespace Salus.Tests;

/// <summary>Where an address is: a table in the MMDB format, which people see beside their sessions.</summary>
public sealed class PlacesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("salus-places-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Npm([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../places"));

    private static Places Open(string path) => new(new Settings { Places = path }, NullLogger<Places>.Instance);

    [Theory, InlineData("geo-whois-asn-country.mmdb"), InlineData("geo-whois-asn-country-ipv4.mmdb"), InlineData("geo-whois-asn-country-ipv6.mmdb")]
    public async Task addresses_are_found_as_the_reader_of_the_formats_makers_finds_them(string name)
    {
        var table = Path.Combine(Npm(), "node_modules/@ip-location-db/geo-whois-asn-country-mmdb", name);
        var random = new Random(7);
        List<string> addresses = ["8.8.8.8", "127.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "2001:4860:4860::8888"];
        foreach (var length in (int[])[4, 16])
            for (var i = 0; i < 400; i++)
            {
                var bytes = new byte[length];
                random.NextBytes(bytes);
                if (length == 16) (bytes[0], bytes[1]) = ((byte)(0x20 + random.Next(10)), (byte)random.Next(16));
                addresses.Add(new IPAddress(bytes).ToString());
            }
        // A table of the short addresses alone has nothing to say of long ones; the makers' reader throws there.
        if (name.Contains("ipv4", StringComparison.Ordinal)) addresses.RemoveAll(a => a.Contains(':', StringComparison.Ordinal));
        if (name.Contains("ipv6", StringComparison.Ordinal)) addresses.RemoveAll(a => !a.Contains(':', StringComparison.Ordinal));
        var theirs = await Theirs(table, addresses);
        using var places = Open(table);
        using var _ = In("en");
        var ours = addresses.Select(places.Of).ToList();
        Assert.Equal(theirs.Select(code => code.Length == 0 ? "" : new RegionInfo(code).EnglishName), ours);
        Assert.InRange(ours.Count(o => o.Length > 0), 10, addresses.Count);
        Assert.Null(Places.Fault(new Settings { Places = table }));
    }

    [Theory, InlineData(24), InlineData(28), InlineData(32)]
    public void city_and_country_are_said_in_the_language_of_the_reader_where_the_table_knows_it(int bits)
    {
        using var places = Open(Write(bits));
        foreach (var (language, place) in ((string, string)[])[("en", "Rome, Italy"), ("fr", "Rome, Italie"), ("it", "Roma, Italy")])
        {
            using var _ = In(language);
            Assert.Equal((place, place), (places.Of("127.0.0.1"), places.Of("::ffff:127.9.9.9")));
        }
        foreach (var nothing in (string?[])["128.0.0.1", "::1", "not an address", "", null]) Assert.Equal("", places.Of(nothing));
    }

    [Fact]
    public void a_broken_table_says_nothing_and_never_fails()
    {
        var whole = File.ReadAllBytes(Write(24));
        var random = new Random(11);
        for (var i = 0; i < 600; i++)
        {
            var bytes = whole[..];
            if (i % 2 == 0) bytes = bytes[..random.Next(bytes.Length)];
            else for (var flips = 0; flips < 3; flips++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var path = Path.Combine(folder, "broken.mmdb");
            File.WriteAllBytes(path, bytes);
            using var places = Open(path);
            Assert.NotNull(places.Of("127.0.0.1"));
        }
        foreach (var path in (string[])[Path.Combine(folder, "none.mmdb"), folder])
        {
            using var places = Open(path);
            Assert.Equal("", places.Of("127.0.0.1"));
            Assert.Contains(Cli.Check.Faults(new Settings { Places = path }), f => f.What.StartsWith("The table of places cannot be read", StringComparison.Ordinal) && !f.StopsStart);
        }
    }

    [Fact]
    public async Task one_sees_where_the_own_sessions_are()
    {
        var table = Write(28);
        await using var own = await OwnServer.Start(s => s with { Places = table });
        var clinic = await Clinic.Make(own.Salus);
        using var browser = new Browser(own.Salus);
        await browser.SignIn(clinic, "receptionist");
        using var page = await browser.Get("/account");
        Assert.Contains("Rome, ", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<List<string>> Theirs(string table, List<string> addresses)
    {
        var start = new ProcessStartInfo("node", ["look.js", table]) { WorkingDirectory = Npm(), RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(string.Join('\n', addresses));
        process.StandardInput.Close();
        var lines = (await said).Split('\n')[..^1];
        await process.WaitForExitAsync();
        Assert.Equal((0, addresses.Count), (process.ExitCode, lines.Length));
        return [.. lines];
    }

    private static Culture In(string language) => new(language);

    private sealed class Culture : IDisposable
    {
        private readonly CultureInfo before = CultureInfo.CurrentUICulture;
        public Culture(string language) => CultureInfo.CurrentUICulture = new(language);
        public void Dispose() => CultureInfo.CurrentUICulture = before;
    }

    /// <summary>A table of one network, 127.0.0.0/8, whose country stands behind a pointer.</summary>
    private string Write(int bits)
    {
        using var file = new MemoryStream();
        const int Nodes = 8;
        for (var node = 0; node < Nodes; node++)
        {
            uint on = node == Nodes - 1 ? Nodes + 16 : (uint)node + 1, left = node == 0 ? on : Nodes, right = node == 0 ? Nodes : on;
            var pair = new byte[bits / 4];
            switch (bits)
            {
                case 32: BinaryPrimitives.WriteUInt32BigEndian(pair, left); BinaryPrimitives.WriteUInt32BigEndian(pair.AsSpan(4), right); break;
                case 28: (pair[2], pair[6]) = ((byte)left, (byte)right); break;
                default: (pair[2], pair[5]) = ((byte)left, (byte)right); break;
            }
            file.Write(pair);
        }
        file.Write(new byte[16]);
        byte[] country = [.. Map(2), .. Word("iso_code"), .. Word("IT"), .. Word("names"), .. Map(1), .. Word("fr"), .. Word("Italie")], city = [.. Map(1), .. Word("names"), .. Map(2), .. Word("en"), .. Word("Rome"), .. Word("it"), .. Word("Roma")];
        var head = (byte[])[.. Map(2), .. Word("city"), .. city, .. Word("country")];
        file.Write([.. head, 0x20, (byte)(head.Length + 2), .. country]);
        file.Write([0xab, 0xcd, 0xef, .. "MaxMind.com"u8]);
        file.Write([.. Map(3), .. Word("node_count"), 0xc1, Nodes, .. Word("record_size"), 0xa1, (byte)bits, .. Word("ip_version"), 0xa1, 4]);
        var path = Path.Combine(folder, $"{bits}.mmdb");
        File.WriteAllBytes(path, file.ToArray());
        return path;
    }

    private static byte[] Map(int pairs) => [(byte)(0xe0 | pairs)];
    private static byte[] Word(string text) => [(byte)(0x40 | Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];
}
