using System.Buffers;
using System.Runtime.Intrinsics;

namespace Salus.Recommender.Numerics;

/// <summary>C += alpha * A * B for float32, packed and blocked so that the inner kernel works from the caches (Goto and van de Geijn, "Anatomy of
/// high-performance matrix multiplication", 2008). Each element of C is summed in the order of k by one thread: the result does not depend on how many there are.</summary>
internal static unsafe class Gemm
{
    private const int Height = 6, Width = 16;
    private const int RowBlock = 144, DepthBlock = 256, ColumnBlock = 3072;

    /// <param name="lowerOnly">Leaves blocks that lie wholly above the diagonal of C untouched; elements above the diagonal inside a block are then undefined.</param>
    public static void Add(float alpha, View a, View b, View c, Workers workers, bool lowerOnly = false)
    {
        if (a.Columns != b.Rows || a.Rows != c.Rows || b.Columns != c.Columns || c.ColumnStep != 1) throw new ArgumentException("The shapes do not fit.");
        if (c.Rows == 0 || c.Columns == 0 || a.Columns == 0) return;
        var panelColumns = Math.Min(ColumnBlock, (c.Columns + Width - 1) / Width * Width);
        var packedB = ArrayPool<float>.Shared.Rent(panelColumns * Math.Min(DepthBlock, a.Columns));
        try
        {
            for (var column = 0; column < c.Columns; column += ColumnBlock)
            {
                var columns = Math.Min(ColumnBlock, c.Columns - column);
                for (var depth = 0; depth < a.Columns; depth += DepthBlock)
                {
                    var depths = Math.Min(DepthBlock, a.Columns - depth);
                    PackB(b, depth, depths, column, columns, packedB, workers);
                    Panel(alpha, a, c, packedB, column, columns, depth, depths, workers, lowerOnly);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(packedB);
        }
    }

    private static void Panel(float alpha, View a, View c, float[] packedB, int column, int columns, int depth, int depths, Workers workers, bool lowerOnly)
    {
        workers.Blocks(c.Rows, RowBlock, (row, end) =>
        {
            if (lowerOnly && column > end - 1) return;
            var packedA = ArrayPool<float>.Shared.Rent(RowBlock * depths);
            var edge = stackalloc float[Height * Width];
            fixed (float* pa = packedA, pb = packedB, pc = c.Values)
            {
                PackA(a, row, end - row, depth, depths, pa, alpha);
                for (var j = 0; j < columns; j += Width)
                    for (var i = row; i < end; i += Height)
                    {
                        var (height, width) = (Math.Min(Height, end - i), Math.Min(Width, columns - j));
                        if (lowerOnly && column + j > i + height - 1) continue;
                        var target = pc + c.Offset + (long)i * c.RowStep + column + j;
                        var left = pa + (i - row) * depths;
                        var right = pb + (long)j * depths;
                        if (height == Height && width == Width)
                        {
                            Kernel(depths, left, right, target, c.RowStep);
                            continue;
                        }
                        new Span<float>(edge, Height * Width).Clear();
                        Kernel(depths, left, right, edge, Width);
                        for (var r = 0; r < height; r++)
                            for (var s = 0; s < width; s++) target[(long)r * c.RowStep + s] += edge[r * Width + s];
                    }
            }
            ArrayPool<float>.Shared.Return(packedA);
        });
    }

    private static void PackA(View a, int row, int rows, int depth, int depths, float* packed, float alpha)
    {
        fixed (float* source = a.Values)
            for (var i = 0; i < rows; i += Height, packed += Height * depths)
                for (var r = 0; r < Height; r++)
                {
                    var from = source + a.Offset + (long)(row + i + r) * a.RowStep + (long)depth * a.ColumnStep;
                    if (i + r < rows) for (var k = 0; k < depths; k++) packed[k * Height + r] = alpha * from[(long)k * a.ColumnStep];
                    else for (var k = 0; k < depths; k++) packed[k * Height + r] = 0;
                }
    }

    private static void PackB(View b, int depth, int depths, int column, int columns, float[] packed, Workers workers) =>
        workers.Blocks((columns + Width - 1) / Width, 8, (first, last) =>
        {
            fixed (float* source = b.Values, target = packed)
                for (var strip = first; strip < last; strip++)
                {
                    var to = target + (long)strip * Width * depths;
                    var width = Math.Min(Width, columns - strip * Width);
                    var from = source + b.Offset + (long)depth * b.RowStep + (long)(column + strip * Width) * b.ColumnStep;
                    if (b.ColumnStep == 1)
                        for (var k = 0; k < depths; k++, from += b.RowStep, to += Width)
                        {
                            for (var s = 0; s < width; s++) to[s] = from[s];
                            for (var s = width; s < Width; s++) to[s] = 0;
                        }
                    else
                        for (var s = 0; s < Width; s++)
                        {
                            var line = from + (long)s * b.ColumnStep;
                            if (s < width) for (var k = 0; k < depths; k++) to[k * Width + s] = line[(long)k * b.RowStep];
                            else for (var k = 0; k < depths; k++) to[k * Width + s] = 0;
                        }
                }
        });

    /// <summary>Six rows by sixteen columns in twelve registers.</summary>
    private static void Kernel(int depths, float* a, float* b, float* c, int step)
    {
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector256<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        for (var k = 0; k < depths; k++, a += Height, b += Width)
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
        Store(c, c00, c01);
        Store(c + step, c10, c11);
        Store(c + 2L * step, c20, c21);
        Store(c + 3L * step, c30, c31);
        Store(c + 4L * step, c40, c41);
        Store(c + 5L * step, c50, c51);
    }

    private static void Store(float* c, Vector256<float> low, Vector256<float> high)
    {
        (Vector256.Load(c) + low).Store(c);
        (Vector256.Load(c + 8) + high).Store(c + 8);
    }
}
