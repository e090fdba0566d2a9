using System.Buffers.Binary;
using System.Security.Cryptography;
using Salus.Recommender.Data;

namespace Salus.Recommender.Experiments;

/// <summary>A comparison of rankers between people: who gets which arm follows from a keyed hash of the experiment and the person, so that a person keeps their arm on every
/// machine without anything being stored, and nobody without the key can tell or choose it.</summary>
public sealed class Experiment
{
    private readonly byte[] key;
    private readonly (string Arm, double Share, double Upto)[] arms;

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
        arms = [.. shares.Select(s => (s.Arm, s.Share, sum += s.Share))];
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>The arm of a person: always the same, as long as it has not been stopped.</summary>
    /// <param name="person">Any text.</param>
    /// <param name="stopped">Arms that are dealt no more, such as those whose <see cref="Guardrail"/> has stopped them. Their people are dealt anew among the others by their shares;
    /// nobody else moves.</param>
    /// <exception cref="RecommenderException"><c>options.range</c>: every arm is stopped.</exception>
    public string ArmOf(string person, IReadOnlySet<string>? stopped = null)
    {
        var unit = Unit($"{Name.Length}:{Name}{person}");
        var dealt = arms.FirstOrDefault(a => unit < a.Upto, arms[^1]);
        if (stopped is null || !stopped.Contains(dealt.Arm)) return dealt.Arm;
        var left = arms.Where(a => !stopped.Contains(a.Arm)).ToArray();
        if (left.Length == 0) throw new RecommenderException(Faults.Range, "Every arm of the experiment is stopped.");
        // The smallest of exponential draws with the shares as rates (weighted rendezvous hashing): one more arm that stops moves its own people only.
        return left.MinBy(a => -Math.Log(1 - Unit($"{Name.Length}:{Name}{a.Arm.Length}:{a.Arm}{person}")) / a.Share).Arm;
    }

    private double Unit(string text) => (BinaryPrimitives.ReadUInt64BigEndian(HMACSHA256.HashData(key, StrictText.Bytes(text))) >> 11) * (1.0 / (1UL << 53));
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
