namespace Salus.Recommender.Tests.Numerics;

public sealed class CompactRowsTests
{
    private static Matrix Random(int rows, int columns, ulong seed)
    {
        var (random, matrix) = (new SeededRandom(seed), new Matrix(rows, columns));
        for (var i = 0; i < matrix.Values.Length; i++) matrix.Values[i] = (float)random.Normal();
        return matrix;
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 1000, 40)]
    [InlineData(2, 17, 5)]
    [InlineData(6, 16, 128)]
    [InlineData(13, 1531, 33)]
    [InlineData(5, 20, 0)]
    public void A_product_with_short_numbers_equals_the_plain_one_but_for_their_rounding(int people, int rows, int columns)
    {
        var (left, right, target) = (Random(people, columns, 1), Random(rows, columns, 2), Random(people + 1, rows, 3));
        var scale = Random(1, rows, 4).Values;
        var before = (float[])target.Values.Clone();
        // The first row of the target is another's.
        CompactRows.Of(right).SubtractAndScale(left, target.Values, rows, scale, new Workers(3));
        Assert.Equal(before[..rows], target.Values[..rows]);
        for (var p = 0; p < people; p++)
            for (var r = 0; r < rows; r++)
            {
                double sum = before[(p + 1) * rows + r];
                for (var k = 0; k < columns; k++) sum -= (double)left.Row(p)[k] * right.Row(r)[k];
                Assert.Equal(sum * scale[r], target.Row(p + 1)[r], 5e-3);
            }
    }

    [Fact]
    public void A_row_has_the_same_product_alone_as_among_others_and_on_any_number_of_cores()
    {
        var (left, right, scale) = (Random(48, 130, 1), CompactRows.Of(Random(1001, 130, 2)), Random(1, 1001, 4).Values);
        var together = new Matrix(48, 1001);
        right.SubtractAndScale(left, together.Values, 0, scale, new Workers(3));
        foreach (var count in (int[])[1, 2, 7])
            for (var from = 0; from + count <= 48; from += 5)
            {
                var (part, alone) = (new Matrix(count, 130, left.Values[(from * 130)..((from + count) * 130)]), new Matrix(count, 1001));
                right.SubtractAndScale(part, alone.Values, 0, scale, new Workers(1));
                Assert.Equal(together.Values[(from * 1001)..((from + count) * 1001)], alone.Values);
            }
    }

    [Fact]
    public void Numbers_come_back_to_a_part_in_65000_of_the_largest_of_their_row_and_rows_of_zeros_as_zeros()
    {
        var matrix = Random(35, 20, 5);
        matrix.Row(3).Clear();
        matrix.Row(4).Fill(1e-30f);
        matrix.Row(5)[7] = 1e6f;
        var compact = CompactRows.Of(matrix);
        var sum = new float[20];
        for (var r = 0; r < 35; r++)
        {
            var most = matrix.Row(r).ToArray().Max(Math.Abs);
            for (var k = 0; k < 20; k++) Assert.True(Math.Abs(compact[r, k] - matrix.Row(r)[k]) <= most / 65_000, $"{r} {k}");
            Array.Clear(sum);
            compact.Add(r, 2, sum);
            for (var k = 0; k < 20; k++) Assert.Equal(2 * compact[r, k], sum[k], most * 1e-6);
        }
    }
}
