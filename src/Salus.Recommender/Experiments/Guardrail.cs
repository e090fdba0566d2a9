namespace Salus.Recommender.Experiments;

/// <summary>Stops an arm that harms: it watches one measure where more is better and calls for a stop when the treatment is proven worse than the control by more than a margin. It may be
/// asked after every outcome and stop at any time: the chance that it ever stops an arm that is not worse is at most the level, for outcomes of any shape within their range, with few of them or
/// many, however the people are shared out between the arms.</summary>
/// <remarks>Outcomes are cut into blocks, each as short as holds both arms. A block's difference d = mean of the treatment - mean of the control + margin lies within -r and r + margin, r the width
/// of the range moved by the margin; if the treatment is worse by no more than the margin, the mean of d, whatever came before, is at least 0. Then for a bet b within 0 and 1 / (r + margin) the
/// product of (1 - b d) is a non-negative supermartingale that begins at 1, and so is the mean of such products over several bets: an e-process. By Ville's inequality (1939) it ever reaches
/// 1 / level with a probability of at most the level (betting on bounded means: Waudby-Smith and Ramdas 2024). It goes down again when the treatment does better, so that it speaks of how things stand now.</remarks>
public sealed class Guardrail
{
    /// <summary>Shares of the largest bet, each half of the one before: large ones prove a great harm quickly, small ones a small harm at all.</summary>
    private static readonly double[] Shares = [.. Enumerable.Range(0, 10).Select(n => 0.95 * Math.Pow(2, -n))];

    private readonly double low, high, margin, level, most;
    private readonly double[] wealth = new double[Shares.Length];
    private (double Sum, int Count) control, treatment;

    /// <param name="measure">What is watched, in words.</param>
    /// <param name="margin">How much worse is tolerated; at least 0.</param>
    /// <param name="level">The chance of ever stopping an arm that is not worse; within 0 and 1.</param>
    /// <param name="low">The least an outcome can be.</param>
    /// <param name="high">The most an outcome can be; amounts without a bound must be cut at one before.</param>
    /// <exception cref="RecommenderException"><c>options.range</c>.</exception>
    public Guardrail(string measure, double margin = 0, double level = 0.01, double low = 0, double high = 1)
    {
        if (!(high > low) || !double.IsFinite(high - low) || !(margin >= 0) || !double.IsFinite(margin) || !(level is > 0 and < 1))
            throw new RecommenderException(Faults.Range, "A guardrail needs a range of outcomes, a margin of at least 0 and a level within 0 and 1.");
        (Measure, this.margin, this.level, this.low, this.high) = (measure, margin, level, low, high);
        most = 1 / (high - low + margin);
    }

    /// <summary>What is watched.</summary>
    public string Measure { get; }

    /// <summary>Whether the arm must be stopped; once so, always so.</summary>
    public bool Stopped { get; private set; }

    /// <summary>The evidence of harm as it stands now: what one unit, bet on the harm, has become. 1 at the beginning; it stops at 1 / level.</summary>
    public double Evidence => wealth.Average(Math.Exp);

    /// <summary>Takes in one person's outcome.</summary>
    /// <exception cref="RecommenderException"><c>data.not-finite</c>; <c>options.range</c>: outside the range of outcomes.</exception>
    public void Add(bool isTreatment, double outcome)
    {
        if (!double.IsFinite(outcome)) throw new RecommenderException(Faults.NotFinite, "An outcome is not a finite number.");
        if (outcome < low || outcome > high) throw new RecommenderException(Faults.Range, "An outcome lies outside the range of the guardrail.");
        ref var arm = ref isTreatment ? ref treatment : ref control;
        arm = (arm.Sum + outcome, arm.Count + 1);
        if (control.Count == 0 || treatment.Count == 0) return;
        var difference = treatment.Sum / treatment.Count - control.Sum / control.Count + margin;
        // As logarithms: thousands of factors leave the range of a number.
        for (var b = 0; b < Shares.Length; b++) wealth[b] += Math.Log(1 - Shares[b] * most * difference);
        (control, treatment) = (default, default);
        Stopped |= Evidence >= 1 / level;
    }
}
