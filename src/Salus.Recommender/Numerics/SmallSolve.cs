using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Salus.Recommender.Numerics;

/// <summary>Solves a small symmetric positive definite system in place, float32.</summary>
internal static class SmallSolve
{
    /// <param name="a">Row-major n x n; its lower triangle is replaced by the Cholesky factor.</param>
    /// <param name="b">The right side, replaced by the solution.</param>
    public static void Solve(Span<float> a, int n, Span<float> b)
    {
        for (var i = 0; i < n; i++)
        {
            var row = a.Slice(i * n, i + 1);
            for (var j = 0; j < i; j++)
            {
                var other = a.Slice(j * n, j + 1);
                row[j] = (row[j] - Dot(row, other, j)) / other[j];
            }
            var pivot = row[i] - Dot(row, row, i);
            if (!(pivot > 0)) throw new RecommenderException(Faults.Numeric, "A small system is not positive definite; a larger regularisation would make it so.");
            row[i] = MathF.Sqrt(pivot);
            b[i] = (b[i] - Dot(row, b, i)) / row[i];
        }
        for (var i = n - 1; i >= 0; i--)
        {
            b[i] /= a[i * n + i];
            var value = b[i];
            for (var j = 0; j < i; j++) b[j] -= a[i * n + j] * value;
        }
    }

    /// <summary>Adds amount * x xᵀ to the lower triangle of a row-major n x n matrix. What lies above the diagonal is then undefined.</summary>
    public static void AddOuter(Span<float> a, ReadOnlySpan<float> x, float amount)
    {
        var (n, width) = (x.Length, Vector<float>.Count);
        ref var from = ref MemoryMarshal.GetReference(x);
        for (var j = 0; j < n; j++)
        {
            var row = a.Slice(j * n, n);
            ref var to = ref MemoryMarshal.GetReference(row);
            var factor = new Vector<float>(amount * x[j]);
            var c = 0;
            for (; c <= j && c + width <= n; c += width)
                Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref from, (nuint)c), factor, Vector.LoadUnsafe(ref to, (nuint)c)).StoreUnsafe(ref to, (nuint)c);
            for (; c <= j; c++) row[c] += amount * x[j] * x[c];
        }
    }

    private static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y, int n)
    {
        if (n >= 16) return TensorPrimitives.Dot(x[..n], y[..n]);
        float sum = 0;
        for (var k = 0; k < n; k++) sum += x[k] * y[k];
        return sum;
    }
}
