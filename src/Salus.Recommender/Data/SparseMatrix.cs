using Salus.Recommender.Numerics;

namespace Salus.Recommender.Data;

/// <summary>A compressed sparse row matrix of float32: row r holds the columns <c>Columns[Starts[r] .. Starts[r+1]]</c>, ascending and each once.</summary>
public sealed class SparseMatrix
{
    /// <param name="rows">How many rows.</param>
    /// <param name="columnCount">How many columns.</param>
    /// <param name="starts">Where each row begins, and where the last one ends: rows + 1 numbers from 0.</param>
    /// <param name="columns">The columns of all rows, ascending and once in each.</param>
    /// <param name="values">Beside the columns; finite.</param>
    /// <exception cref="RecommenderException"><c>data.mismatch</c>, <c>data.not-finite</c>.</exception>
    public SparseMatrix(int rows, int columnCount, int[] starts, int[] columns, float[] values)
    {
        if (rows < 0 || columnCount < 0 || starts.Length != rows + 1 || starts[0] != 0 || columns.Length != values.Length || starts[^1] != columns.Length)
            throw new RecommenderException(Faults.Mismatch, "The parts of a sparse matrix do not fit together.");
        for (var r = 0; r < rows; r++)
        {
            if (starts[r] > starts[r + 1] || starts[r] < 0) throw new RecommenderException(Faults.Mismatch, "The rows of a sparse matrix are out of order.");
            for (var i = starts[r]; i < starts[r + 1]; i++)
            {
                if (columns[i] < 0 || columns[i] >= columnCount || (i > starts[r] && columns[i] <= columns[i - 1]))
                    throw new RecommenderException(Faults.Mismatch, "The columns of a sparse matrix are out of order or out of range.");
                if (!float.IsFinite(values[i])) throw new RecommenderException(Faults.NotFinite, "A value is not a finite number.");
            }
        }
        (Rows, ColumnCount, Starts, Columns, Values) = (rows, columnCount, starts, columns, values);
    }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>How many columns.</summary>
    public int ColumnCount { get; }

    /// <summary>How many entries.</summary>
    public int Count => Columns.Length;
    internal int[] Starts { get; }
    internal int[] Columns { get; }
    internal float[] Values { get; }

    /// <summary>The columns of a row, ascending.</summary>
    public ReadOnlySpan<int> Row(int row) => Columns.AsSpan(Starts[row], Starts[row + 1] - Starts[row]);

    /// <summary>The values of a row, beside <see cref="Row"/>.</summary>
    public ReadOnlySpan<float> Weights(int row) => Values.AsSpan(Starts[row], Starts[row + 1] - Starts[row]);

    /// <summary>Builds a matrix from rows of (column, value); of a column that stands twice in a row the larger value is kept.</summary>
    public static SparseMatrix FromRows(IReadOnlyList<IReadOnlyList<(int Column, float Value)>> rows, int columnCount)
    {
        var starts = new int[rows.Count + 1];
        var columns = new List<int>();
        var values = new List<float>();
        for (var r = 0; r < rows.Count; r++)
        {
            foreach (var (column, value) in rows[r].OrderBy(c => c.Column))
                if (columns.Count > starts[r] && columns[^1] == column) values[^1] = Math.Max(values[^1], value);
                else (columns, values).Add(column, value);
            starts[r + 1] = columns.Count;
        }
        return new(rows.Count, columnCount, starts, [.. columns], [.. values]);
    }

    /// <summary>Rows for columns.</summary>
    public SparseMatrix Transposed()
    {
        var starts = new int[ColumnCount + 1];
        foreach (var column in Columns) starts[column + 1]++;
        for (var c = 0; c < ColumnCount; c++) starts[c + 1] += starts[c];
        var (next, columns, values) = (starts.ToArray(), new int[Count], new float[Count]);
        for (var r = 0; r < Rows; r++)
            for (var i = Starts[r]; i < Starts[r + 1]; i++)
            {
                var to = next[Columns[i]]++;
                (columns[to], values[to]) = (r, Values[i]);
            }
        return new(ColumnCount, Rows, starts, columns, values);
    }

    /// <summary>How many entries each row has.</summary>
    public int[] RowCounts() => [.. Enumerable.Range(0, Rows).Select(r => Starts[r + 1] - Starts[r])];

    /// <summary>How many entries each column has.</summary>
    public int[] ColumnCounts()
    {
        var counts = new int[ColumnCount];
        foreach (var column in Columns) counts[column]++;
        return counts;
    }

    /// <summary>The same places with each value multiplied by a factor of its row and one of its column.</summary>
    public SparseMatrix Scaled(float[] rowFactor, float[] columnFactor)
    {
        var values = new float[Count];
        for (var r = 0; r < Rows; r++)
            for (var i = Starts[r]; i < Starts[r + 1]; i++) values[i] = Values[i] * rowFactor[r] * columnFactor[Columns[i]];
        return new(Rows, ColumnCount, Starts, Columns, values);
    }

    /// <summary>The rows [from, from + count).</summary>
    public SparseMatrix Slice(int from, int count)
    {
        var (first, last) = (Starts[from], Starts[from + count]);
        return new(count, ColumnCount, [.. Starts.AsSpan(from, count + 1).ToArray().Select(s => s - first)], Columns[first..last], Values[first..last]);
    }

    /// <summary>This * dense, row by row.</summary>
    internal void Multiply(Matrix dense, Matrix result, Workers workers)
    {
        workers.Blocks(Rows, 64, (first, last) =>
        {
            for (var r = first; r < last; r++)
            {
                var target = result.Row(r);
                target.Clear();
                for (var i = Starts[r]; i < Starts[r + 1]; i++)
                    System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(dense.Row(Columns[i]), Values[i], target, target);
            }
        });
    }
}

file static class Pair
{
    public static void Add(this (List<int> Columns, List<float> Values) lists, int column, float value)
    {
        lists.Columns.Add(column);
        lists.Values.Add(value);
    }
}
