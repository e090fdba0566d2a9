using System.Net;

namespace Salus.Kernel;

/// <summary>Addresses and networks, such as <c>192.0.2.7, 10.0.0.0/8</c>. An empty list is everywhere.</summary>
public sealed record AddressList(IReadOnlyList<IPNetwork> Networks)
{
    public static AddressList Everywhere { get; } = new([]);

    /// <exception cref="FormatException">A part is neither an address nor a network.</exception>
    public static AddressList Parse(string text) =>
        new([.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(part => Network(part) ?? throw new FormatException($"'{part}' is neither an address nor a network such as 10.0.0.0/8."))]);

    private static IPNetwork? Network(string part)
    {
        if (IPNetwork.TryParse(part, out var network)) return network;
        return IPAddress.TryParse(part, out var one) ? new IPNetwork(one, one.GetAddressBytes().Length * 8) : null;
    }

    public bool Contains(string? ip) => Networks.Count == 0 || (IPAddress.TryParse(ip, out var address) && Networks.Any(n => n.Contains(address)));
}
