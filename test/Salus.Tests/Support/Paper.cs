using System.Diagnostics;
using System.Text;

namespace Salus.Tests.Support;

/// <summary>A PDF as it came, read by tools that know nothing of the program that made it.</summary>
public sealed class Paper : IDisposable
{
    public const string Missing = "LEFT OUT: printed documents are not read here; eng/setup installs libpangocairo-1.0-0, fonts-noto-core, fonts-noto-cjk, poppler-utils and zbar-tools.";

    /// <summary>True when documents can be made and read on this machine.</summary>
    public static bool CanBeRead { get; } = new Salus.Web.Printing.PrintLibrary(Salus.Web.Printing.PrintLibrary.Load) is { IsThere: true } library && library.MissingScripts().Count == 0 && IsThere("pdftotext") && IsThere("pdftoppm") && IsThere("zbarimg");

    private readonly string folder = Directory.CreateTempSubdirectory("salus-paper-").FullName;

    private Paper(byte[] bytes, IReadOnlyDictionary<string, string> headers) => (Bytes, Headers) = (bytes, headers);

    public byte[] Bytes { get; }
    public IReadOnlyDictionary<string, string> Headers { get; }

    public static async Task<Paper> Get(Caller caller, string path, params (string Name, string Value)[] headers)
    {
        using var request = caller.Request("GET", path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await caller.Http.SendAsync(request);
        return await Of(response);
    }

    public static async Task<Paper> Of(HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.True((int)response.StatusCode == 200 && response.Content.Headers.ContentType?.MediaType == "application/pdf", $"{(int)response.StatusCode} {response.Content.Headers.ContentType}");
        Assert.Equal("%PDF-", Encoding.ASCII.GetString(bytes, 0, 5));
        var paper = new Paper(bytes, response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value)));
        await File.WriteAllBytesAsync(paper.Place, bytes);
        return paper;
    }

    /// <summary>The words of all pages; each page ends with a form feed.</summary>
    public Task<string> Text() => Run("pdftotext", "-layout", Place, "-");

    public Task<string> Properties() => Run("pdfinfo", Place);

    /// <summary>What the codes on the first page say.</summary>
    public async Task<string> Code()
    {
        await Run("pdftoppm", "-r", "300", "-f", "1", "-l", "1", "-singlefile", "-png", Place, Path.Combine(folder, "page"));
        return (await Run("zbarimg", "-q", "--raw", Path.Combine(folder, "page.png"))).Trim();
    }

    /// <summary>How light the first page is at a point, from 0 to 255; in points from its upper left corner.</summary>
    public async Task<byte> LightAt(int x, int y)
    {
        await Run("pdftoppm", "-r", "72", "-f", "1", "-l", "1", "-singlefile", "-gray", Place, Path.Combine(folder, "grey"));
        var picture = await File.ReadAllBytesAsync(Path.Combine(folder, "grey.pgm"));
        // "P5", width and height, the whitest value; then a byte for each point.
        var head = Encoding.ASCII.GetString(picture, 0, 30).Split('\n');
        return picture[head[..3].Sum(line => line.Length + 1) + (y * int.Parse(head[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)) + x];
    }

    private string Place => Path.Combine(folder, "paper.pdf");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static bool IsThere(string tool) => Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, tool)));

    private static async Task<string> Run(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{tool}: {await errors}");
        return await output;
    }
}
