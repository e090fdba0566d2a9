using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Salus.Kernel;

namespace Salus.Modules.Files.Scanning;

/// <param name="Found">The signature's name; null: nothing was found.</param>
/// <param name="NotScanned">Why it did not look at all of it; null: it did.</param>
public sealed record Verdict(string? Found, string? NotScanned = null);

/// <summary>The scanner could not be asked.</summary>
public sealed class ScannerAway(string kind, Exception? because = null) : Exception(kind, because);

/// <summary>Asks clamd over its socket, with its command INSTREAM: it gets the content and needs to see no file of ours.</summary>
public sealed class Clamd(Settings settings)
{
    public bool IsSet => settings.Clamd.Length > 0;

    /// <exception cref="ScannerAway">It did not answer, or not as it should.</exception>
    public Task<Verdict> Scan(Stream content, CancellationToken ct) => Talk(async (line, limit) =>
    {
        try { await Send(line, content, limit); }
        // Beyond its limit it answers and closes before all was sent.
        catch (IOException) { }
        var answer = await Read(line, limit);
        if (answer.EndsWith(" OK", StringComparison.Ordinal)) return new Verdict(null);
        if (answer.EndsWith(" FOUND", StringComparison.Ordinal)) return new Verdict(answer[(answer.IndexOf(": ", StringComparison.Ordinal) + 2)..^6]);
        return answer.Contains("size limit exceeded", StringComparison.OrdinalIgnoreCase) ? new Verdict(null, Contract.ScanWords.TooLarge) : throw new ScannerAway("error");
    }, ct);

    private static async Task Send(Stream line, Stream content, CancellationToken ct)
    {
        await line.WriteAsync("zINSTREAM\0"u8.ToArray(), ct);
        var buffer = new byte[4 + (64 * 1024)];
        for (int read; (read = await content.ReadAsync(buffer.AsMemory(4), ct)) > 0;)
        {
            BinaryPrimitives.WriteInt32BigEndian(buffer, read);
            await line.WriteAsync(buffer.AsMemory(0, read + 4), ct);
        }
        await line.WriteAsync(new byte[4], ct);
    }

    /// <exception cref="ScannerAway">It does not answer.</exception>
    public Task Check(CancellationToken ct) => Talk(async (line, limit) =>
    {
        await line.WriteAsync("zPING\0"u8.ToArray(), limit);
        return await Read(line, limit) == "PONG" ? true : throw new ScannerAway("error");
    }, ct);

    private static async Task<string> Read(Stream line, CancellationToken ct)
    {
        var answer = new byte[1024];
        var filled = 0;
        while (filled < answer.Length && await line.ReadAsync(answer.AsMemory(filled), ct) is var read and > 0)
        {
            filled += read;
            if (answer[filled - 1] == 0) break;
        }
        return Encoding.UTF8.GetString(answer, 0, filled).TrimEnd('\0', '\n');
    }

    private async Task<T> Talk<T>(Func<Stream, CancellationToken, Task<T>> talk, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(settings.FilesWait);
        try
        {
            using var socket = await Connect(limit.Token);
            await using var line = new NetworkStream(socket);
            return await talk(line, limit.Token);
        }
        catch (OperationCanceledException error) when (!ct.IsCancellationRequested) { throw new ScannerAway("slow", error); }
        catch (Exception error) when (error is SocketException or IOException or ArgumentException) { throw new ScannerAway("away", error); }
    }

    private async Task<Socket> Connect(CancellationToken ct)
    {
        var isPath = settings.Clamd.StartsWith('/');
        var socket = isPath ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            var colon = settings.Clamd.LastIndexOf(':');
            if (isPath) await socket.ConnectAsync(new UnixDomainSocketEndPoint(settings.Clamd), ct);
            else await socket.ConnectAsync(colon < 0 ? settings.Clamd : settings.Clamd[..colon], colon < 0 ? 3310 : int.Parse(settings.Clamd[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture), ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
