using System.Security.Cryptography;

namespace Salus.Kernel.Audit;

/// <summary>Merkle tree hashing as in RFC 6962 §2.1: leaves and nodes are hashed with different first bytes.</summary>
public static class Merkle
{
    /// <summary>The hash of one row's bytes as a leaf.</summary>
    public static byte[] Leaf(byte[] row) => SHA256.HashData([0, .. row]);

    /// <summary>The root over the rows in order, lower-case hexadecimal.</summary>
    public static string Root(IEnumerable<byte[]> rows) => RootOf([.. rows.Select(Leaf)]);

    /// <summary>The root over leaf hashes in order. No leaves: the hash of nothing.</summary>
    public static string RootOf(IReadOnlyList<byte[]> leaves) =>
        Convert.ToHexStringLower(leaves.Count == 0 ? SHA256.HashData([]) : Node(leaves, 0, leaves.Count));

    private static byte[] Node(IReadOnlyList<byte[]> leaves, int from, int count)
    {
        if (count == 1) return leaves[from];
        var left = 1;
        while (left * 2 < count) left *= 2;
        return SHA256.HashData([1, .. Node(leaves, from, left), .. Node(leaves, from + left, count - left)]);
    }
}
