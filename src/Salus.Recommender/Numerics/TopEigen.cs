using System.Numerics.Tensors;
using Salus.Recommender.Data;

namespace Salus.Recommender.Numerics;

/// <summary>The largest eigenpairs of G = AᵀA for a sparse A, without ever forming G: subspace iteration with Rayleigh-Ritz steps, sped up by Chebyshev
/// polynomials that damp what lies below the wanted part (Halko, Martinsson and Tropp 2011; Zhou, Saad, Tiago and Chelikowsky 2006).</summary>
/// <param name="a">People x items.</param>
/// <param name="at">Its transpose.</param>
/// <param name="workers">The cores to use.</param>
/// <param name="ids">What the columns are called: the random start is drawn by it, so that their order does not matter.</param>
internal sealed class TopEigen(SparseMatrix a, SparseMatrix at, Workers workers, IdMap ids)
{
    private const int Few = 128;
    private readonly int n = a.ColumnCount;

    /// <summary>The most <see cref="Solve"/> has in memory at one time: seven blocks of items and one of people, each with the wanted columns and those that are spare.</summary>
    public static long Bytes(int people, int items, int wanted) => 4L * Width(items, wanted) * (7L * items + people);

    /// <summary>Spare columns make the wanted ones right sooner. Over few items all are taken, and the pairs are exact.</summary>
    private static int Width(int items, int wanted) => items <= Few ? items : Math.Min(items, wanted + Math.Max(8, wanted / 10));

    /// <summary>Row-major n x d vectors, orthonormal columns, and their eigenvalues in descending order.</summary>
    public (float[] Values, Matrix Vectors) Solve(int wanted, int rounds, ulong seed, Action<double>? progress = null)
    {
        var d = Width(n, wanted);
        if (d == n) return Exact(wanted, progress);
        var q = Orthonormal(Apply(Start(d, seed)));
        float[] values = [];
        for (var round = 0; round < rounds; round++)
        {
            workers.Cancellation.ThrowIfCancellationRequested();
            var y = Apply(q);
            (values, var turn) = Ritz(q, y);
            q = Times(q, turn);
            progress?.Invoke((round + 1.0) / rounds);
            if (round == rounds - 1) break;
            q = Orthonormal(Filter(q, Times(y, turn), Math.Max(values[^1], 1e-6f * values[0]), values));
        }
        return Best(values, q, Math.Min(wanted, d));
    }

    /// <summary>Where every column is taken anyway nothing has to be drawn: applied to the unit vectors, G is itself.</summary>
    private (float[] Values, Matrix Vectors) Exact(int wanted, Action<double>? progress)
    {
        var unit = new Matrix(n, n);
        for (var i = 0; i < n; i++) unit.Row(i)[i] = 1;
        var (values, turn) = Ritz(unit, Apply(unit));
        progress?.Invoke(1);
        return Best(values, turn, Math.Min(wanted, n));
    }

    private Matrix Start(int d, ulong seed)
    {
        var q = new Matrix(n, d);
        for (var r = 0; r < n; r++)
        {
            var random = SeededRandom.Of(ids[r], seed);
            foreach (ref var value in q.Row(r)) value = (float)random.Normal();
        }
        return q;
    }

    private Matrix Apply(Matrix x)
    {
        var middle = new Matrix(a.Rows, x.Columns);
        a.Multiply(x, middle, workers);
        var result = new Matrix(n, x.Columns);
        at.Multiply(middle, result, workers);
        return result;
    }

    /// <summary>A Chebyshev polynomial of degree three on [0, cut]: small there, growing fast above it. <paramref name="gx"/> is G x already at hand.</summary>
    private Matrix Filter(Matrix x, Matrix gx, float cut, float[] values)
    {
        var scale = 2 / cut;
        // T1 = s G x - x; T2 = 2 (s G - 1) T1 - x; each column is divided by what the polynomial makes of its own eigenvalue, so that none outgrows the others.
        Combine(gx, x, scale, -1, gx);
        var (before, now) = (x, gx);
        for (var degree = 2; degree <= 3; degree++)
        {
            var next = Apply(now);
            Combine(next, now, 2 * scale, -2, next);
            Combine(next, before, 1, -1, next);
            (before, now) = (now, next);
        }
        var shrink = new float[x.Columns];
        for (var j = 0; j < shrink.Length; j++)
        {
            var t = scale * values[j] - 1;
            shrink[j] = 1 / Math.Max(1f, Math.Abs(4 * t * t * t - 3 * t));
        }
        workers.Blocks(n, 256, (first, last) =>
        {
            for (var r = first; r < last; r++) TensorPrimitives.Multiply(now.Row(r), shrink, now.Row(r));
        });
        return now;
    }

    private void Combine(Matrix x, Matrix y, float fx, float fy, Matrix result) => workers.Blocks(n, 256, (first, last) =>
    {
        for (var r = first; r < last; r++)
        {
            TensorPrimitives.Multiply(x.Row(r), fx, result.Row(r));
            TensorPrimitives.MultiplyAdd(y.Row(r), fy, result.Row(r), result.Row(r));
        }
    });

    /// <summary>Cholesky QR, twice: as good as Householder for what comes out of a filtered, scaled block (Yamamoto and others 2015). A block whose columns depend on each other, as when items
    /// nobody has taken leave G with less rank than columns are wanted, has no Cholesky factor; it goes the slow way.</summary>
    private Matrix Orthonormal(Matrix y)
    {
        try { return CholeskyQr(y); }
        catch (RecommenderException dependent) when (dependent.Code == Faults.Numeric) { return GramSchmidt(y); }
    }

    /// <summary>Column by column, twice over each (Giraud and others 2005); a column that is nothing but the ones before it is drawn anew.</summary>
    private Matrix GramSchmidt(Matrix y)
    {
        var (d, rows) = (y.Columns, y.Rows);
        var again = 0UL;
        // Columns as rows, where they lie together.
        var columns = new Matrix(d, rows);
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < d; c++) columns.Values[c * rows + r] = y.Values[r * d + c];
        for (var c = 0; c < d; c++)
        {
            var own = columns.Row(c);
            for (var before = TensorPrimitives.Norm<float>(own); ;)
            {
                for (var pass = 0; pass < 2; pass++)
                    for (var other = 0; other < c; other++)
                        TensorPrimitives.MultiplyAdd(columns.Row(other), -TensorPrimitives.Dot<float>(columns.Row(other), own), own, own);
                var norm = TensorPrimitives.Norm<float>(own);
                if (norm > 1e-4f * before && norm > 0)
                {
                    TensorPrimitives.Multiply(own, 1 / norm, own);
                    break;
                }
                again++;
                for (var r = 0; r < rows; r++) own[r] = (float)SeededRandom.Of(ids[r], again).Normal();
                before = TensorPrimitives.Norm<float>(own);
            }
        }
        var result = new Matrix(rows, d);
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < d; c++) result.Values[r * d + c] = columns.Values[c * rows + r];
        return result;
    }

    private Matrix CholeskyQr(Matrix y)
    {
        for (var pass = 0; pass < 2; pass++)
        {
            var gram = Small(y, y);
            double trace = 0;
            for (var i = 0; i < y.Columns; i++) trace += gram[i, i];
            for (var i = 0; i < y.Columns; i++) gram[i, i] += trace * (pass == 0 ? 1e-7 : 1e-10) + 1e-30;
            Cholesky.FactorSmall(gram);
            var inverse = Cholesky.InvertTriangle(gram);
            var right = new Matrix(y.Columns, y.Columns);
            for (var r = 0; r < y.Columns; r++)
                for (var c = 0; c <= r; c++) right.Values[c * y.Columns + r] = (float)inverse[r, c];
            y = Times(y, right);
        }
        return y;
    }

    private (float[], Matrix) Ritz(Matrix q, Matrix y)
    {
        var small = Small(q, y);
        var d = q.Columns;
        var rows = new double[d][];
        for (var r = 0; r < d; r++)
        {
            rows[r] = new double[d];
            for (var c = 0; c < d; c++) rows[r][c] = (small[r, c] + small[c, r]) / 2;
        }
        var (values, vectors) = SymmetricEigen.Solve(rows);
        var turn = new Matrix(d, d);
        for (var j = 0; j < d; j++)
            for (var i = 0; i < d; i++) turn.Values[i * d + j] = (float)vectors[j][i];
        return ([.. values.Select(v => (float)Math.Max(0, v))], turn);
    }

    private double[,] Small(Matrix x, Matrix y)
    {
        var product = new Matrix(x.Columns, y.Columns);
        Gemm.Add(1, x.All.Transposed, y.All, product.All, workers);
        var result = new double[x.Columns, y.Columns];
        for (var r = 0; r < x.Columns; r++)
            for (var c = 0; c < y.Columns; c++) result[r, c] = product.Values[r * y.Columns + c];
        return result;
    }

    private Matrix Times(Matrix x, Matrix right)
    {
        var result = new Matrix(x.Rows, right.Columns);
        Gemm.Add(1, x.All, right.All, result.All, workers);
        return result;
    }

    /// <summary>The wanted columns.</summary>
    private static (float[], Matrix) Best(float[] values, Matrix q, int wanted)
    {
        var result = new Matrix(q.Rows, wanted);
        for (var r = 0; r < q.Rows; r++) q.Row(r)[..wanted].CopyTo(result.Row(r));
        return (values[..wanted], result);
    }
}
