using Salus.Recommender.Data;

namespace Salus.Recommender.Numerics;

/// <summary>Ridge regression from sparse features to dense factors, all columns at once, by conjugate gradients: memory is features x dimensions, no matrix of
/// features by features is formed.</summary>
internal static class RidgeMap
{
    private const int Rounds = 40;

    /// <summary>What the features of each row say its factors should be. Rows without a count take no part in the fit.</summary>
    public static Matrix Predict(SparseMatrix features, Matrix factors, int[] counts, double ridge, Workers workers)
    {
        if (!(ridge > 0)) throw new RecommenderException(Faults.Range, "The ridge must be above zero.");
        var known = counts.Select(c => c > 0 ? 1f : 0f).ToArray();
        var ones = new float[features.ColumnCount];
        Array.Fill(ones, 1f);
        var f = features.Scaled(known, ones);
        var ft = f.Transposed();
        var (p, d) = (features.ColumnCount, factors.Columns);
        var (residual, middle) = (new Matrix(p, d), new Matrix(features.Rows, d));
        ft.Multiply(factors, residual, workers);
        var (solution, applied) = (new Matrix(p, d), new Matrix(p, d));
        var direction = new Matrix(p, d, (float[])residual.Values.Clone());
        var old = Sums(residual, residual);
        for (var round = 0; round < Rounds && old.Max() > 1e-12; round++)
        {
            f.Multiply(direction, middle, workers);
            ft.Multiply(middle, applied, workers);
            for (var i = 0; i < applied.Values.Length; i++) applied.Values[i] += (float)ridge * direction.Values[i];
            var curve = Sums(direction, applied);
            var step = old.Select((o, j) => curve[j] > 0 ? o / curve[j] : 0).ToArray();
            Each(solution, direction, step, 1);
            Each(residual, applied, step, -1);
            var now = Sums(residual, residual);
            for (var r = 0; r < p; r++)
                for (var j = 0; j < d; j++)
                {
                    var at = r * d + j;
                    direction.Values[at] = residual.Values[at] + (old[j] > 0 ? (float)(now[j] / old[j]) : 0) * direction.Values[at];
                }
            old = now;
        }
        var result = new Matrix(features.Rows, d);
        features.Multiply(solution, result, workers);
        return result;
    }

    private static double[] Sums(Matrix x, Matrix y)
    {
        var sums = new double[x.Columns];
        for (var r = 0; r < x.Rows; r++)
            for (var j = 0; j < sums.Length; j++) sums[j] += (double)x.Values[r * sums.Length + j] * y.Values[r * sums.Length + j];
        return sums;
    }

    private static void Each(Matrix target, Matrix direction, double[] step, double sign)
    {
        for (var r = 0; r < target.Rows; r++)
            for (var j = 0; j < step.Length; j++) target.Values[r * step.Length + j] += (float)(sign * step[j] * direction.Values[r * step.Length + j]);
    }
}
