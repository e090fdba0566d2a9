namespace Salus.Recommender.Experiments;

/// <summary>A logged choice looked at with the eyes of another ranker.</summary>
/// <param name="Logged">Probability with which the choice was made; above 0.</param>
/// <param name="Target">Probability with which the other ranker would have made it.</param>
/// <param name="Reward">What came of it, such as 1 for a visit.</param>
/// <param name="Predicted">What a model of rewards predicts for the choice made.</param>
/// <param name="Expected">What it predicts on average over the choices of the other ranker.</param>
public readonly record struct LoggedChoice(double Logged, double Target, double Reward, double Predicted = 0, double Expected = 0);

/// <summary>An estimated mean reward with its standard error.</summary>
/// <param name="Value">Reward for each choice.</param>
/// <param name="Error">Standard error.</param>
/// <param name="EffectiveSize">(sum of weights)² / sum of squared weights (Kish): how many choices the log is worth.</param>
public readonly record struct OffPolicyEstimate(double Value, double Error, double EffectiveSize);

/// <summary>What a ranker would have earned, from the log of another.</summary>
public static class OffPolicy
{
    /// <summary>Inverse-propensity estimate (Horvitz and Thompson 1952): unbiased while no weight is clipped.</summary>
    /// <param name="log">At least two choices.</param>
    /// <param name="mostWeight">Weights are cut here; some bias for less variance.</param>
    public static OffPolicyEstimate InversePropensity(IReadOnlyCollection<LoggedChoice> log, double mostWeight = double.PositiveInfinity) =>
        Estimate(log, mostWeight, (c, w) => w * c.Reward);

    /// <summary>Doubly robust estimate (Dudík, Langford and Li 2011): right if either the propensities or the model of rewards are.</summary>
    /// <inheritdoc cref="InversePropensity"/>
    public static OffPolicyEstimate DoublyRobust(IReadOnlyCollection<LoggedChoice> log, double mostWeight = double.PositiveInfinity) =>
        Estimate(log, mostWeight, (c, w) => c.Expected + w * (c.Reward - c.Predicted));

    private static OffPolicyEstimate Estimate(IReadOnlyCollection<LoggedChoice> log, double mostWeight, Func<LoggedChoice, double, double> term)
    {
        if (log.Count < 2) throw new RecommenderException(Faults.Empty, "An estimate needs at least two logged choices.");
        if (!(mostWeight > 0)) throw new RecommenderException(Faults.Range, "The largest weight must be above zero.");
        var (terms, sum, squares) = (new List<double>(log.Count), 0.0, 0.0);
        foreach (var choice in log)
        {
            if (!(choice.Logged is > 0 and <= 1) || !(choice.Target is >= 0 and <= 1)) throw new RecommenderException(Faults.Range, "A logged propensity must lie above 0, a target's at 0 or above, both at most at 1.");
            if (!double.IsFinite(choice.Reward) || !double.IsFinite(choice.Predicted) || !double.IsFinite(choice.Expected)) throw new RecommenderException(Faults.NotFinite, "A reward is not a finite number.");
            var weight = Math.Min(mostWeight, choice.Target / choice.Logged);
            terms.Add(term(choice, weight));
            (sum, squares) = (sum + weight, squares + weight * weight);
        }
        var mean = terms.Average();
        var variance = terms.Sum(t => (t - mean) * (t - mean)) / (terms.Count - 1);
        return new(mean, Math.Sqrt(variance / terms.Count), squares == 0 ? 0 : sum * sum / squares);
    }
}
