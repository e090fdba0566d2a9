using System.Buffers;
using System.Runtime.Intrinsics;

namespace Salus.Recommender.Numerics;

/// <summary>An immutable matrix for products with few rows on the left: numbers of 16 bits, as shares of the largest of their row, in strips of sixteen rows with
/// column after column. Half the memory of float32, which is what such a product waits for; nothing has to be packed first. A number is off by at most 1/65 000 of its row's largest.</summary>
internal sealed unsafe class CompactRows
{
    private const int Width = 16, Height = 6, StripBlock = 32;
    private readonly short[] strips;
    private readonly float[] unit;

    public CompactRows(int rows, int columns, short[] strips, float[] unit) => (Rows, Columns, this.strips, this.unit) = (rows, columns, strips, unit);

    public int Rows { get; }
    public int Columns { get; }

    /// <summary>As they are kept: 16 x columns numbers for every sixteen rows, and the last unit of each row.</summary>
    public ReadOnlySpan<short> Strips => strips;

    /// <summary>What 1 stands for, row by row.</summary>
    public ReadOnlySpan<float> Unit => unit;

    public static long Length(int rows, int columns) => ((long)rows + Width - 1) / Width * Width * columns;

    public static CompactRows Of(Matrix matrix)
    {
        var (strips, unit) = (new short[Length(matrix.Rows, matrix.Columns)], new float[matrix.Rows]);
        for (var r = 0; r < matrix.Rows; r++)
        {
            var row = matrix.Row(r);
            var most = 0f;
            foreach (var value in row) most = Math.Max(most, Math.Abs(value));
            unit[r] = most / short.MaxValue;
            if (unit[r] == 0) continue;
            for (var k = 0; k < row.Length; k++) strips[At(r, k, matrix.Columns)] = (short)Math.Clamp(MathF.Round(row[k] / unit[r]), -short.MaxValue, short.MaxValue);
        }
        return new(matrix.Rows, matrix.Columns, strips, unit);
    }

    private static long At(int row, int column, int columns) => (((long)row / Width * columns) + column) * Width + row % Width;

    public float this[int row, int column] => strips[At(row, column, Columns)] * unit[row];

    /// <summary>sum += amount * row.</summary>
    public void Add(int row, float amount, Span<float> sum)
    {
        var at = At(row, 0, Columns);
        for (var k = 0; k < sum.Length; k++, at += Width) sum[k] += amount * unit[row] * strips[at];
    }

    /// <summary>target[p, r] = (target[p, r] - left[p] · row r) * scale[r]. Each is summed in the order of the columns: how many rows the left has changes nothing.</summary>
    /// <param name="left">p x columns.</param>
    /// <param name="target">p x rows, one after the other, from <paramref name="offset"/>.</param>
    /// <param name="offset">Where the target begins.</param>
    /// <param name="scale">One number for each row.</param>
    /// <param name="workers">The cores to use.</param>
    public void SubtractAndScale(Matrix left, float[] target, long offset, float[] scale, Workers workers)
    {
        if (left.Columns != Columns || scale.Length != Rows || offset + (long)left.Rows * Rows > target.LongLength) throw new ArgumentException("The shapes do not fit.");
        var packed = Packed(left);
        workers.Blocks((Rows + Width - 1) / Width, StripBlock, (first, last) =>
        {
            var sums = stackalloc float[Height * Width];
            var rented = left.Rows == 1 ? [] : ArrayPool<float>.Shared.Rent(StripBlock * Width * Columns);
            fixed (short* strip = strips)
            fixed (float* mix = packed, units = unit, factors = scale, scores = target, wide = rented)
            {
                if (left.Rows > 1) Widen(strip + (long)first * Width * Columns, (last - first) * Width * Columns, wide);
                for (var p = 0; p < left.Rows; p += Height)
                    for (var s = first; s < last; s++)
                    {
                        var height = Math.Min(Height, left.Rows - p);
                        if (left.Rows == 1) One(Columns, mix, strip + (long)s * Width * Columns, sums);
                        else Six(Columns, mix + (long)p * Columns, wide + (long)(s - first) * Width * Columns, sums);
                        for (var h = 0; h < height; h++) Finish(scores + offset + (long)(p + h) * Rows, s * Width, sums + h * Width, units, factors);
                    }
            }
            if (rented.Length > 0) ArrayPool<float>.Shared.Return(rented);
        });
    }

    private static void Widen(short* from, int count, float* to)
    {
        for (var i = 0; i < count; i += Width)
        {
            var (low, high) = Load(from + i);
            low.Store(to + i);
            high.Store(to + i + 8);
        }
    }

    /// <summary>Six rows side by side, column after column; what is missing at the end is zero. A single row stands as it is.</summary>
    private static float[] Packed(Matrix left)
    {
        if (left.Rows == 1) return left.Values;
        var packed = new float[(left.Rows + Height - 1) / Height * Height * left.Columns];
        for (var p = 0; p < left.Rows; p++)
        {
            var row = left.Row(p);
            var group = p / Height * Height;
            for (var k = 0; k < row.Length; k++) packed[group * row.Length + k * Height + p - group] = row[k];
        }
        return packed;
    }

    private void Finish(float* row, int from, float* sums, float* units, float* factors)
    {
        if (from + Width <= Rows)
            for (var half = 0; half < Width; half += 8)
            {
                var at = from + half;
                var sum = Vector256.Load(sums + half) * Vector256.Load(units + at);
                ((Vector256.Load(row + at) - sum) * Vector256.Load(factors + at)).Store(row + at);
            }
        else
            for (var r = from; r < Rows; r++) row[r] = (row[r] - sums[r - from] * units[r]) * factors[r];
    }

    private static (Vector256<float> Low, Vector256<float> High) Load(short* from)
    {
        var (low, high) = Vector256.Widen(Vector256.Load(from));
        return (Vector256.ConvertToSingle(low), Vector256.ConvertToSingle(high));
    }

    private static void One(int columns, float* a, short* b, float* sums)
    {
        Vector256<float> low = default, high = default;
        for (var k = 0; k < columns; k++, a++, b += Width)
        {
            var (b0, b1) = Load(b);
            var x = Vector256.Create(*a);
            low = Vector256.FusedMultiplyAdd(x, b0, low);
            high = Vector256.FusedMultiplyAdd(x, b1, high);
        }
        low.Store(sums);
        high.Store(sums + 8);
    }

    /// <summary>Six rows by sixteen in twelve registers.</summary>
    private static void Six(int columns, float* a, float* b, float* sums)
    {
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector256<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        for (var k = 0; k < columns; k++, a += Height, b += Width)
        {
            var b0 = Vector256.Load(b);
            var b1 = Vector256.Load(b + 8);
            var x = Vector256.Create(a[0]);
            c00 = Vector256.FusedMultiplyAdd(x, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(x, b1, c01);
            x = Vector256.Create(a[1]);
            c10 = Vector256.FusedMultiplyAdd(x, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(x, b1, c11);
            x = Vector256.Create(a[2]);
            c20 = Vector256.FusedMultiplyAdd(x, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(x, b1, c21);
            x = Vector256.Create(a[3]);
            c30 = Vector256.FusedMultiplyAdd(x, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(x, b1, c31);
            x = Vector256.Create(a[4]);
            c40 = Vector256.FusedMultiplyAdd(x, b0, c40);
            c41 = Vector256.FusedMultiplyAdd(x, b1, c41);
            x = Vector256.Create(a[5]);
            c50 = Vector256.FusedMultiplyAdd(x, b0, c50);
            c51 = Vector256.FusedMultiplyAdd(x, b1, c51);
        }
        c00.Store(sums);
        c01.Store(sums + 8);
        c10.Store(sums + 16);
        c11.Store(sums + 24);
        c20.Store(sums + 32);
        c21.Store(sums + 40);
        c30.Store(sums + 48);
        c31.Store(sums + 56);
        c40.Store(sums + 64);
        c41.Store(sums + 72);
        c50.Store(sums + 80);
        c51.Store(sums + 88);
    }
}
