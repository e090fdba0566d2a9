using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Salus.Bench;

/// <summary>
/// One HTTP/1.1 connection that does as little as possible, so that the client's own cost hardly shows beside the server's.
/// </summary>
public sealed class Wire : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[64 * 1024];
    private int filled;

    public Wire(int port) => socket.Connect(IPAddress.Loopback, port);

    /// <summary>The body of the last answer, with chunk marks taken out.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    public static byte[] Get(string path, string token, string extra = "") =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nUser-Agent: bench\r\n{extra}\r\n");

    public static byte[] Post(string path, string token, string json, string extra = "") =>
        Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{(token.Length > 0 ? $"Authorization: Bearer {token}\r\n" : "")}User-Agent: bench\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n{extra}\r\n{json}");

    /// <summary>Sends the request and reads the whole answer; returns the status.</summary>
    public async ValueTask<int> Send(byte[] request)
    {
        await socket.SendAsync(request, SocketFlags.None);
        filled = 0;
        int end;
        while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0) await Fill();
        var head = Encoding.ASCII.GetString(buffer, 0, end + 2);
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var start = end + 4;
        if (status is 304 or 204) { Body = default; return status; }
        if (Header(head, "Content-Length") is { } length) await Fixed(start, int.Parse(length, CultureInfo.InvariantCulture));
        else await Chunks(start);
        return status;
    }

    public static string? Header(string head, string name)
    {
        var at = head.IndexOf("\r\n" + name + ":", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        at += name.Length + 3;
        return head[at..head.IndexOf("\r\n", at, StringComparison.Ordinal)].Trim();
    }

    /// <summary>As <see cref="Send"/>, and gives the value of one header.</summary>
    public async Task<(int Status, string? Value)> SendFor(byte[] request, string header)
    {
        var status = await Send(request);
        var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        return (status, Header(Encoding.ASCII.GetString(buffer, 0, end + 2), header));
    }

    private async ValueTask Fixed(int start, int length)
    {
        while (filled < start + length) await Fill();
        Body = buffer.AsMemory(start, length);
    }

    private async ValueTask Chunks(int start)
    {
        var (read, write) = (start, start);
        while (true)
        {
            int line;
            while ((line = buffer.AsSpan(read, filled - read).IndexOf("\r\n"u8)) < 0) await Fill();
            var size = int.Parse(Encoding.ASCII.GetString(buffer, read, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            read += line + 2;
            while (filled < read + size + 2) await Fill();
            if (size == 0) break;
            buffer.AsSpan(read, size).CopyTo(buffer.AsSpan(write));
            write += size;
            read += size + 2;
        }
        Body = buffer.AsMemory(start, write - start);
    }

    private async ValueTask Fill()
    {
        if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        var got = await socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None);
        if (got == 0) throw new IOException("The server closed the connection.");
        filled += got;
    }

    public void Dispose() => socket.Dispose();
}
