namespace Salus.Recommender.Privacy;

/// <summary>One release and what it cost.</summary>
/// <param name="Release">What was released, in words.</param>
/// <param name="Epsilon">Above 0.</param>
/// <param name="Delta">At least 0, below 1.</param>
/// <param name="At">When.</param>
public sealed record BudgetEntry(string Release, double Epsilon, double Delta, DateTimeOffset At);

/// <summary>Keeps account of a privacy budget: what is released adds up (basic composition; Dwork and Roth 2014, theorem 3.16), and what is not covered any more is
/// refused before anything is looked at. Safe to use from many threads.</summary>
public sealed class PrivacyBudget
{
    private readonly Lock gate = new();
    private readonly List<BudgetEntry> ledger = [];
    private readonly TimeProvider clock;
    private double spentEpsilon, spentDelta;

    /// <param name="epsilon">All there is to spend; above 0.</param>
    /// <param name="delta">All there is to spend; within 0 and 1.</param>
    /// <param name="earlier">What was spent before, from where the ledger is kept.</param>
    /// <param name="clock">For the ledger.</param>
    /// <exception cref="RecommenderException"><c>options.range</c>, for entries that no release could have made too: one that is no number would cover whatever comes.</exception>
    public PrivacyBudget(double epsilon, double delta = 0, IEnumerable<BudgetEntry>? earlier = null, TimeProvider? clock = null)
    {
        if (!(epsilon > 0) || !double.IsFinite(epsilon) || !(delta is >= 0 and < 1)) throw new RecommenderException(Faults.Range, "A budget needs an epsilon above 0 and a delta of at least 0 and below 1.");
        (Epsilon, Delta, this.clock) = (epsilon, delta, clock ?? TimeProvider.System);
        foreach (var entry in earlier ?? [])
        {
            Check(entry.Epsilon, entry.Delta);
            Write(entry);
        }
    }

    /// <summary>All there is to spend.</summary>
    public double Epsilon { get; }

    /// <summary>All there is to spend.</summary>
    public double Delta { get; }

    /// <summary>What is left of epsilon.</summary>
    public double EpsilonLeft
    {
        get { lock (gate) return Math.Max(0, Epsilon - spentEpsilon); }
    }

    /// <summary>Everything released so far.</summary>
    public IReadOnlyList<BudgetEntry> Ledger
    {
        get { lock (gate) return [.. ledger]; }
    }

    /// <summary>Pays for a release, or refuses and pays nothing.</summary>
    /// <exception cref="RecommenderException"><c>privacy.budget-spent</c>, <c>options.range</c>.</exception>
    public void Spend(string release, double epsilon, double delta = 0)
    {
        Check(epsilon, delta);
        lock (gate)
        {
            // A hair of slack: ten tenths are one, whatever binary fractions say.
            if (spentEpsilon + epsilon > Epsilon * (1 + 1e-12) || spentDelta + delta > Delta * (1 + 1e-12))
                throw new RecommenderException(Faults.BudgetSpent, "The privacy budget does not cover this release; nothing was released.");
            Write(new(release, epsilon, delta, clock.GetUtcNow()));
        }
    }

    private static void Check(double epsilon, double delta)
    {
        if (!(epsilon > 0) || !double.IsFinite(epsilon) || !(delta is >= 0 and < 1)) throw new RecommenderException(Faults.Range, "A release costs an epsilon above 0 and a delta of at least 0 and below 1.");
    }

    private void Write(BudgetEntry entry)
    {
        ledger.Add(entry);
        spentEpsilon += entry.Epsilon;
        spentDelta += entry.Delta;
    }
}
