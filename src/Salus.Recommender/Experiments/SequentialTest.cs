namespace Salus.Recommender.Experiments;

/// <summary>Compares the mean of two arms with a p-value that stays valid however often it is looked at and whenever one stops: the mixture sequential
/// probability ratio test (Robbins 1970; Johari, Koomen, Pekelis and Walsh 2017), with a normal prior over the difference.</summary>
/// <param name="expectedEffect">The size of difference it should be quickest for, in units of the outcome; above zero.</param>
public sealed class SequentialTest(double expectedEffect)
{
    /// <summary>Before each arm has so many outcomes the normal approximation is not trusted and the p-value stays 1.</summary>
    private const int Least = 30;

    private readonly double tau2 = expectedEffect is > 0 and < double.PositiveInfinity ? expectedEffect * expectedEffect : throw new RecommenderException(Faults.Range, "The expected effect must be above zero.");
    private readonly Sums control = new(), treatment = new();

    private sealed class Sums
    {
        public long Count;
        public double Mean, Squares;

        public void Add(double x)
        {
            Count++;
            var change = x - Mean;
            Mean += change / Count;
            Squares += change * (x - Mean);
        }
    }

    /// <summary>The smallest p-value so far, of a difference either way: once small, a later look does not make it large again. What must be decided by how things stand now and in which
    /// direction, as a guardrail must, is not decided by it.</summary>
    public double PValue { get; private set; } = 1;

    /// <summary>Mean of the treatment minus mean of the control.</summary>
    public double Difference => treatment.Mean - control.Mean;

    /// <summary>Takes in one person's outcome.</summary>
    public void Add(bool isTreatment, double outcome)
    {
        if (!double.IsFinite(outcome)) throw new RecommenderException(Faults.NotFinite, "An outcome is not a finite number.");
        (isTreatment ? treatment : control).Add(outcome);
        if (control.Count < Least || treatment.Count < Least) return;
        // Each arm counts as if one of its outcomes had been off by the difference: nearly nothing where there is spread, and where there is none a difference is a number of deviations all the same.
        var spread = Difference * Difference;
        var variance = (control.Squares + spread) / (control.Count - 1) / control.Count + (treatment.Squares + spread) / (treatment.Count - 1) / treatment.Count;
        if (variance <= 0) return;
        var ratio = Math.Sqrt(variance / (variance + tau2)) * Math.Exp(tau2 * Difference * Difference / (2 * variance * (variance + tau2)));
        PValue = Math.Min(PValue, Math.Min(1, 1 / ratio));
    }
}
