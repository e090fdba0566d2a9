using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Salus.Recommender.Experiments;

/// <summary>A comparison of rankers between people: who gets which arm follows from a keyed hash of the experiment and the person, so that a person keeps their arm on every
/// machine without anything being stored, and nobody without the key can tell or choose it.</summary>
public sealed class Experiment
{
    private readonly byte[] key;
    private readonly (string Arm, double Upto)[] arms;

    /// <param name="name">Another name deals all people anew.</param>
    /// <param name="shares">The arms and their shares, which must add up to 1.</param>
    /// <param name="key">At least 16 bytes, kept secret.</param>
    public Experiment(string name, IReadOnlyList<(string Arm, double Share)> shares, byte[] key)
    {
        if (shares.Count == 0 || shares.Any(s => !(s.Share >= 0)) || Math.Abs(shares.Sum(s => s.Share) - 1) > 1e-9) throw new RecommenderException(Faults.Range, "The shares of the arms must be at least zero and add up to 1.");
        if (shares.Select(s => s.Arm).Distinct(StringComparer.Ordinal).Count() != shares.Count) throw new RecommenderException(Faults.Malformed, "Two arms have the same name.");
        if (key.Length < 16) throw new RecommenderException(Faults.Range, "The key of an experiment needs at least 16 bytes.");
        (Name, this.key) = (name, key);
        double sum = 0;
        arms = [.. shares.Select(s => (s.Arm, sum += s.Share))];
    }

    public string Name { get; }

    /// <summary>The arm of a person: always the same.</summary>
    public string ArmOf(string person)
    {
        var hash = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Name.Length}:{Name}{person}"));
        var unit = (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
        foreach (var (arm, upto) in arms)
            if (unit < upto) return arm;
        return arms[^1].Arm;
    }
}

/// <summary>One item that was shown: what every later estimate is made from.</summary>
/// <param name="Experiment">Which comparison.</param>
/// <param name="Arm">Which ranker.</param>
/// <param name="Person">A pseudonym, never an identifier.</param>
/// <param name="Item">What was shown.</param>
/// <param name="Position">From 1.</param>
/// <param name="Propensity">The probability with which the ranker would show the item there; above 0, at most 1.</param>
/// <param name="Time">Unix seconds.</param>
public sealed record Impression(string Experiment, string Arm, string Person, string Item, int Position, double Propensity, long Time)
{
    /// <summary>Fails for what no estimate could use.</summary>
    public Impression Checked() => Propensity is > 0 and <= 1 && Position >= 1 ? this : throw new RecommenderException(Faults.Range, "An impression needs a position from 1 and a propensity above 0 and at most 1.");
}
