using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Salus.Recommender.Numerics;

/// <summary>
/// The normal equations of a few dimensions over many rows, float32: what alternating least squares does most. Sums stay in registers while the rows go by, so the order in which
/// they are added, and with it the result, depends on nothing but the rows.
/// </summary>
internal static class BlockSolve
{
    private const int Tile = 4;

    /// <summary>Whether systems of this size are a whole number of vectors and tiles; others are <see cref="SmallSolve"/>'s.</summary>
    public static bool Takes(int n) => n % Vector<float>.Count == 0 && n % Tile == 0;

    /// <summary>Adds XᵀX to the upper triangle of a row-major n x n matrix. What lies below the diagonal is then undefined.</summary>
    /// <param name="x">Row-major count x n.</param>
    public static void AddSquare(Span<float> a, ReadOnlySpan<float> x, int n)
    {
        var (width, count) = (Vector<float>.Count, x.Length / n);
        if (count == 0) return;
        ref var from = ref MemoryMarshal.GetReference(x);
        for (var j = 0; j < n; j += Tile)
            for (var c = j - j % width; c < n; c += width)
            {
                var (s0, s1, s2, s3) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
                for (nuint at = 0, end = (nuint)(count * n); at < end; at += (nuint)n)
                {
                    var part = Vector.LoadUnsafe(ref from, at + (nuint)c);
                    ref var four = ref Unsafe.Add(ref from, at + (nuint)j);
                    s0 = Vector.FusedMultiplyAdd(part, new Vector<float>(four), s0);
                    s1 = Vector.FusedMultiplyAdd(part, new Vector<float>(Unsafe.Add(ref four, 1)), s1);
                    s2 = Vector.FusedMultiplyAdd(part, new Vector<float>(Unsafe.Add(ref four, 2)), s2);
                    s3 = Vector.FusedMultiplyAdd(part, new Vector<float>(Unsafe.Add(ref four, 3)), s3);
                }
                Add(a.Slice(j * n + c, width), s0);
                Add(a.Slice((j + 1) * n + c, width), s1);
                Add(a.Slice((j + 2) * n + c, width), s2);
                Add(a.Slice((j + 3) * n + c, width), s3);
            }
    }

    /// <summary>Adds Xᵀy to a vector of n numbers.</summary>
    /// <param name="x">Row-major, a row of n for each number of y.</param>
    public static void AddProduct(Span<float> to, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var (n, width) = (to.Length, Vector<float>.Count);
        ref var from = ref MemoryMarshal.GetReference(x);
        for (var c = 0; c < n; c += width)
        {
            var sum = Vector<float>.Zero;
            for (var r = 0; r < y.Length; r++) sum = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref from, (nuint)(r * n + c)), new Vector<float>(y[r]), sum);
            Add(to.Slice(c, width), sum);
        }
    }

    /// <summary>Takes X z from a vector, a number for each row of X.</summary>
    /// <param name="x">Row-major, a row as long as z for each number.</param>
    public static void SubtractProducts(Span<float> from, ReadOnlySpan<float> x, ReadOnlySpan<float> z)
    {
        var n = z.Length;
        ref var rows = ref MemoryMarshal.GetReference(x);
        ref var step = ref MemoryMarshal.GetReference(z);
        for (var r = 0; r < from.Length; r++)
        {
            var sum = Vector<float>.Zero;
            for (var c = 0; c < n; c += Vector<float>.Count) sum = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref rows, (nuint)(r * n + c)), Vector.LoadUnsafe(ref step, (nuint)c), sum);
            from[r] -= Vector.Sum(sum);
        }
    }

    /// <summary>Copies a part of some rows of a matrix one behind the other.</summary>
    /// <param name="at">The part's first column; it is as long as <paramref name="n"/>.</param>
    public static void Gather(Matrix matrix, ReadOnlySpan<int> rows, int at, int n, Span<float> to)
    {
        var values = matrix.Values.AsSpan();
        for (var r = 0; r < rows.Length; r++)
        {
            var (source, target) = (rows[r] * matrix.Columns + at, r * n);
            for (var c = 0; c < n; c += Vector<float>.Count) new Vector<float>(values[(source + c)..]).CopyTo(to[(target + c)..]);
        }
    }

    /// <summary>Solves a symmetric positive definite system in place.</summary>
    /// <param name="a">Row-major n x n, of which the upper triangle counts; replaced by its Cholesky factor.</param>
    /// <param name="b">The right side, replaced by the solution.</param>
    /// <exception cref="RecommenderException"><see cref="Faults.Numeric"/> when it is not positive definite.</exception>
    public static void Solve(Span<float> a, Span<float> b)
    {
        var (n, width) = (b.Length, Vector<float>.Count);
        Span<float> inverse = n <= 256 ? stackalloc float[n] : new float[n];
        for (var k = 0; k < n; k++)
        {
            var row = a.Slice(k * n, n);
            if (!(row[k] > 0)) throw new RecommenderException(Faults.Numeric, "A small system is not positive definite; a larger regularisation would make it so.");
            inverse[k] = 1 / MathF.Sqrt(row[k]);
            // Nought on the left, so that whole vectors can be taken of it.
            row[(k - k % width)..k].Clear();
            for (var c = k - k % width; c < n; c += width) (new Vector<float>(row[c..]) * inverse[k]).CopyTo(row[c..]);
            for (var i = k + 1; i < n; i++) Subtract(a.Slice(i * n, n), row, row[i], i - i % width);
            b[k] *= inverse[k];
            var (value, left) = (b[k], k + 1);
            for (; left < n && left % width != 0; left++) b[left] -= value * row[left];
            if (left < n) Subtract(b, row, value, left);
        }
        for (var k = n - 1; k >= 0; k--)
        {
            var row = a.Slice(k * n, n);
            var (sum, c) = (0f, k + 1);
            for (; c < n && c % width != 0; c++) sum += row[c] * b[c];
            var sums = Vector<float>.Zero;
            for (; c < n; c += width) sums = Vector.FusedMultiplyAdd(new Vector<float>(row[c..]), new Vector<float>(b[c..]), sums);
            b[k] = (b[k] - sum - Vector.Sum(sums)) * inverse[k];
        }
    }

    private static void Subtract(Span<float> from, ReadOnlySpan<float> row, float amount, int c)
    {
        for (var factor = new Vector<float>(-amount); c < from.Length; c += Vector<float>.Count)
            Vector.FusedMultiplyAdd(new Vector<float>(row[c..]), factor, new Vector<float>(from[c..])).CopyTo(from[c..]);
    }

    private static void Add(Span<float> to, Vector<float> sum) => (new Vector<float>(to) + sum).CopyTo(to);
}
