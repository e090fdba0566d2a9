using System.Net;
using System.Net.Sockets;

namespace Salus.Tests.Support;

public static class Ports
{
    /// <summary>A port on which nothing listens just now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
