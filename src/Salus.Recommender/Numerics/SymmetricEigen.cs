using System.Numerics.Tensors;

namespace Salus.Recommender.Numerics;

/// <summary>All eigenpairs of a small dense symmetric matrix: Householder reduction to three diagonals, then the implicit QL iteration
/// (Bowdler, Martin, Reinsch and Wilkinson, Numerische Mathematik 11, 1968), in float64.</summary>
internal static class SymmetricEigen
{
    /// <summary>Eigenvalues descending; row j of the vectors belongs to value j. <paramref name="a"/> is used up.</summary>
    public static (double[] Values, double[][] Vectors) Solve(double[][] a)
    {
        var n = a.Length;
        var (diagonal, beside) = (new double[n], new double[n]);
        var reflectors = Reduce(a, diagonal, beside);
        var rows = Accumulate(reflectors, n);
        Iterate(diagonal, beside, rows);
        var order = Enumerable.Range(0, n).OrderByDescending(i => diagonal[i]).ToArray();
        return ([.. order.Select(i => diagonal[i])], [.. order.Select(i => rows[i])]);
    }

    /// <summary>Reduces to the diagonal and the one beside it; returns the Householder vectors, of length sqrt(2).</summary>
    private static double[]?[] Reduce(double[][] a, double[] diagonal, double[] beside)
    {
        var n = a.Length;
        var reflectors = new double[]?[n];
        var (p, v) = (new double[n], new double[n]);
        for (var k = 0; k < n - 1; k++)
        {
            diagonal[k] = a[k][k];
            var size = n - k - 1;
            var x = a[k].AsSpan(k + 1, size);
            var norm = TensorPrimitives.Norm(x);
            if (norm == 0 || size == 1)
            {
                beside[k] = x[0];
                continue;
            }
            var alpha = x[0] > 0 ? -norm : norm;
            beside[k] = alpha;
            var h = v.AsSpan(0, size);
            x.CopyTo(h);
            h[0] -= alpha;
            TensorPrimitives.Multiply(h, Math.Sqrt(2) / TensorPrimitives.Norm(h), h);
            for (var i = 0; i < size; i++) p[i] = TensorPrimitives.Dot(a[k + 1 + i].AsSpan(k + 1, size), h);
            var w = p.AsSpan(0, size);
            TensorPrimitives.MultiplyAdd(h, -TensorPrimitives.Dot<double>(w, h) / 2, w, w);
            for (var i = 0; i < size; i++)
            {
                var row = a[k + 1 + i].AsSpan(k + 1, size);
                TensorPrimitives.MultiplyAdd(h, -w[i], row, row);
                TensorPrimitives.MultiplyAdd(w, -h[i], row, row);
            }
            reflectors[k] = h.ToArray();
        }
        diagonal[n - 1] = a[n - 1][n - 1];
        return reflectors;
    }

    /// <summary>The transposed product of the reflectors, so that the rotations to come work on rows.</summary>
    private static double[][] Accumulate(double[]?[] reflectors, int n)
    {
        var rows = new double[n][];
        for (var i = 0; i < n; i++)
        {
            rows[i] = new double[n];
            rows[i][i] = 1;
        }
        for (var k = n - 2; k >= 0; k--)
        {
            if (reflectors[k] is not { } h) continue;
            for (var i = k + 1; i < n; i++)
            {
                var part = rows[i].AsSpan(k + 1);
                TensorPrimitives.MultiplyAdd(h, -TensorPrimitives.Dot<double>(part, h), part, part);
            }
        }
        return rows;
    }

    private static void Iterate(double[] d, double[] e, double[][] rows)
    {
        var n = d.Length;
        var kept = new double[n];
        for (var l = 0; l < n; l++)
        {
            for (var round = 0; ; round++)
            {
                var m = l;
                while (m < n - 1 && Math.Abs(e[m]) > 1e-15 * (Math.Abs(d[m]) + Math.Abs(d[m + 1]))) m++;
                if (m == l) break;
                if (round == 60) throw new RecommenderException(Faults.Numeric, "The eigenvalues of a matrix were not found.");
                var g = (d[l + 1] - d[l]) / (2 * e[l]);
                var r = Math.Sqrt(g * g + 1);
                g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r));
                double s = 1, c = 1, p = 0;
                var i = m - 1;
                for (; i >= l; i--)
                {
                    var f = s * e[i];
                    var b = c * e[i];
                    r = Math.Sqrt(f * f + g * g);
                    e[i + 1] = r;
                    if (r == 0)
                    {
                        d[i + 1] -= p;
                        e[m] = 0;
                        break;
                    }
                    s = f / r;
                    c = g / r;
                    g = d[i + 1] - p;
                    r = (d[i] - g) * s + 2 * c * b;
                    p = s * r;
                    d[i + 1] = g + p;
                    g = c * r - b;
                    Rotate(rows[i], rows[i + 1], c, s, kept);
                }
                if (r == 0 && i >= l) continue;
                d[l] -= p;
                e[l] = g;
                e[m] = 0;
            }
        }
    }

    private static void Rotate(double[] low, double[] high, double c, double s, double[] kept)
    {
        high.CopyTo(kept, 0);
        TensorPrimitives.Multiply(kept, c, high);
        TensorPrimitives.MultiplyAdd(low, s, high, high);
        TensorPrimitives.Multiply(low, c, low);
        TensorPrimitives.MultiplyAdd(kept, -s, low, low);
    }
}
