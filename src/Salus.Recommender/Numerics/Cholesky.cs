namespace Salus.Recommender.Numerics;

/// <summary>Blocked Cholesky factor and inverse of a symmetric positive definite matrix, in place. All heavy work is matrix times matrix; the blocks on the
/// diagonal are done in float64, which keeps float32 good enough for the closed-form models.</summary>
internal static class Cholesky
{
    private const int Block = 192;

    /// <summary>Replaces the lower triangle of <paramref name="a"/> by L with A = L Lᵀ. What lies above the diagonal is neither read nor kept.</summary>
    /// <param name="a">Symmetric, positive definite.</param>
    /// <param name="workers">The cores to use.</param>
    /// <param name="progress">Told the share of the rows that is done.</param>
    public static void Factor(Matrix a, Workers workers, Action<double>? progress = null)
    {
        var n = a.Rows;
        for (var k = 0; k < n; k += Block)
        {
            progress?.Invoke((double)k / n);
            var size = Math.Min(Block, n - k);
            var below = n - k - size;
            var inverse = Invert(Corner(a, k, size));
            if (below == 0) break;
            var panel = Copy(a.Part(k + size, below, k, size));
            Clear(a, k + size, below, k, size);
            Gemm.Add(1, panel.All, inverse.All.Transposed, a.Part(k + size, below, k, size), workers);
            var column = a.Part(k + size, below, k, size);
            Gemm.Add(-1, column, column.Transposed, a.Part(k + size, below, k + size, below), workers, lowerOnly: true);
        }
    }

    /// <summary>Replaces A by its inverse, both triangles.</summary>
    /// <param name="a">Symmetric, positive definite.</param>
    /// <param name="workers">The cores to use.</param>
    /// <param name="progress">Told the share that is done; its three parts cost about the same.</param>
    public static void Inverse(Matrix a, Workers workers, Action<double>? progress = null)
    {
        var n = a.Rows;
        Factor(a, workers, p => progress?.Invoke(p / 3));
        for (var row = 0; row < n; row++) a.Row(row)[(row + 1)..].Clear();
        InvertLower(a, workers, p => progress?.Invoke((1 + p) / 3));
        for (var i = 0; i < n; i += Block)
        {
            var size = Math.Min(Block, n - i);
            progress?.Invoke((2 + (double)i / n) / 3);
            var sum = new Matrix(size, i + size);
            // Row block i of (L⁻¹)ᵀ L⁻¹ needs only rows from i on, so it may replace row block i at once.
            Gemm.Add(1, a.Part(i, n - i, i, size).Transposed, a.Part(i, n - i, 0, i + size), sum.All, workers);
            for (var r = 0; r < size; r++) sum.Row(r).CopyTo(a.Row(i + r));
        }
        workers.Blocks(n, 64, (first, last) =>
        {
            for (var row = first; row < last; row++)
                for (var column = row + 1; column < n; column++) a.Values[(long)row * n + column] = a.Values[(long)column * n + row];
        });
    }

    private static void InvertLower(Matrix a, Workers workers, Action<double> progress)
    {
        var n = a.Rows;
        for (var k = (n - 1) / Block * Block; k >= 0; k -= Block)
        {
            var size = Math.Min(Block, n - k);
            var below = n - k - size;
            progress((double)below / n);
            var corner = InvertTriangle(ReadCorner(a, k, size));
            for (var r = 0; r < size; r++)
                for (var c = 0; c <= r; c++) a.Values[(long)(k + r) * n + k + c] = (float)corner[r, c];
            if (below == 0) continue;
            var panel = new Matrix(below, size);
            Gemm.Add(-1, a.Part(k + size, below, k, size), a.Part(k, size, k, size), panel.All, workers);
            Clear(a, k + size, below, k, size);
            const int chunk = 4 * Block;
            for (var row = 0; row < below; row += chunk)
            {
                var rows = Math.Min(chunk, below - row);
                Gemm.Add(1, a.Part(k + size + row, rows, k + size, row + rows), panel.Part(0, row + rows, 0, size), a.Part(k + size + row, rows, k, size), workers);
            }
        }
    }

    /// <summary>Factors one block on the diagonal and writes it back.</summary>
    private static double[,] Corner(Matrix a, int at, int size)
    {
        var block = ReadCorner(a, at, size);
        FactorSmall(block);
        for (var r = 0; r < size; r++)
            for (var c = 0; c <= r; c++) a.Values[(long)(at + r) * a.Columns + at + c] = (float)block[r, c];
        return block;
    }

    private static double[,] ReadCorner(Matrix a, int at, int size)
    {
        var block = new double[size, size];
        for (var r = 0; r < size; r++)
            for (var c = 0; c <= r; c++) block[r, c] = a.Values[(long)(at + r) * a.Columns + at + c];
        return block;
    }

    /// <summary>Unblocked factor in float64; the lower triangle becomes L.</summary>
    public static void FactorSmall(double[,] a)
    {
        var n = a.GetLength(0);
        for (var j = 0; j < n; j++)
        {
            var pivot = a[j, j];
            for (var k = 0; k < j; k++) pivot -= a[j, k] * a[j, k];
            if (!(pivot > 0) || !double.IsFinite(pivot)) throw new RecommenderException(Faults.Numeric, "A matrix is not positive definite; a larger regularisation would make it so.");
            var root = Math.Sqrt(pivot);
            a[j, j] = root;
            for (var i = j + 1; i < n; i++)
            {
                var sum = a[i, j];
                for (var k = 0; k < j; k++) sum -= a[i, k] * a[j, k];
                a[i, j] = sum / root;
            }
        }
    }

    public static double[,] InvertTriangle(double[,] lower)
    {
        var n = lower.GetLength(0);
        var inverse = new double[n, n];
        for (var c = 0; c < n; c++)
        {
            inverse[c, c] = 1 / lower[c, c];
            for (var r = c + 1; r < n; r++)
            {
                double sum = 0;
                for (var k = c; k < r; k++) sum -= lower[r, k] * inverse[k, c];
                inverse[r, c] = sum / lower[r, r];
            }
        }
        return inverse;
    }

    private static Matrix Invert(double[,] lower)
    {
        var inverse = InvertTriangle(lower);
        var n = lower.GetLength(0);
        var result = new Matrix(n, n);
        for (var r = 0; r < n; r++)
            for (var c = 0; c <= r; c++) result.Values[r * n + c] = (float)inverse[r, c];
        return result;
    }

    private static Matrix Copy(View view)
    {
        var copy = new Matrix(view.Rows, view.Columns);
        for (var r = 0; r < view.Rows; r++) new ReadOnlySpan<float>(view.Values).Slice(checked((int)(view.Offset + (long)r * view.RowStep)), view.Columns).CopyTo(copy.Row(r));
        return copy;
    }

    private static void Clear(Matrix a, int row, int rows, int column, int columns)
    {
        for (var r = row; r < row + rows; r++) Array.Clear(a.Values, checked((int)((long)r * a.Columns + column)), columns);
    }
}
