namespace Salus.Recommender.Numerics;

/// <summary>A small generator whose sequence is ours and will not change with the runtime (SplitMix64; Steele, Lea and Flood 2014).</summary>
public sealed class SeededRandom(ulong seed)
{
    private ulong state = seed;

    /// <summary>A generator of its own for each identifier: what is drawn for it does not depend on which others there are, or on their order. The identifier goes in by FNV-1a over its
    /// code units (Fowler, Noll and Vo 1991), so that it is the same on every machine.</summary>
    public static SeededRandom Of(string id, ulong seed)
    {
        var hash = 14695981039346656037UL;
        foreach (var unit in id) hash = (hash ^ unit) * 1099511628211UL;
        // Mixed before the seed comes in: names that differ in their last letter only must not begin near each other.
        return new(new SeededRandom(hash).Next() ^ new SeededRandom(seed).Next());
    }

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="limit"/>).</summary>
    public int Below(int limit) => (int)(Unit() * limit);

    /// <summary>Standard normal, by Box and Muller.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit());

    /// <summary>Brings values into an order drawn evenly from all orders (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
