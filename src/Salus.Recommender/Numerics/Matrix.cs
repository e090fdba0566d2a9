namespace Salus.Recommender.Numerics;

/// <summary>A dense row-major matrix of float32.</summary>
internal sealed class Matrix(int rows, int columns, float[]? values = null)
{
    public int Rows { get; } = rows;
    public int Columns { get; } = columns;
    public float[] Values { get; } = values ?? new float[checked((long)rows * columns)];

    public Span<float> Row(int row) => Values.AsSpan(checked(row * Columns), Columns);

    public View All => new(Values, 0, Rows, Columns, Columns, 1);

    public View Part(int row, int rows, int column, int columns) => new(Values, (long)row * Columns + column, rows, columns, Columns, 1);
}

/// <summary>A rectangle of a matrix, or its transpose: element (r, c) stands at Offset + r * RowStep + c * ColumnStep.</summary>
internal readonly record struct View(float[] Values, long Offset, int Rows, int Columns, int RowStep, int ColumnStep)
{
    public View Transposed => new(Values, Offset, Columns, Rows, ColumnStep, RowStep);
}
