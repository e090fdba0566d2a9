using System.Numerics.Tensors;
namespace Salus.Recommender.Tests.Numerics;

public sealed class NumericsTests
{
    private static Matrix Random(int rows, int columns, ulong seed)
    {
        var (random, matrix) = (new SeededRandom(seed), new Matrix(rows, columns));
        for (var i = 0; i < matrix.Values.Length; i++) matrix.Values[i] = (float)random.Normal();
        return matrix;
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 17, 5)]
    [InlineData(150, 33, 300)]
    [InlineData(5, 3100, 9)]
    public void A_blocked_product_equals_the_plain_one(int rows, int columns, int depth)
    {
        var (a, b) = (Random(rows, depth, 1), Random(columns, depth, 2));
        var c = new Matrix(rows, columns);
        c.Values[0] = 1;
        Gemm.Add(2, a.All, b.All.Transposed, c.All, new Workers(3));
        for (var r = 0; r < rows; r++)
            for (var s = 0; s < columns; s++)
            {
                double sum = r == 0 && s == 0 ? 1 : 0;
                for (var k = 0; k < depth; k++) sum += 2.0 * a.Row(r)[k] * b.Row(s)[k];
                Assert.Equal(sum, c.Row(r)[s], 1e-3);
            }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(500)]
    public void A_matrix_times_its_inverse_is_one(int n)
    {
        var (x, a) = (Random(n, n + 10, 3), new Matrix(n, n));
        Gemm.Add(1, x.All, x.All.Transposed, a.All, Workers.All);
        for (var i = 0; i < n; i++) a.Row(i)[i] += n;
        var inverse = new Matrix(n, n, (float[])a.Values.Clone());
        Cholesky.Inverse(inverse, Workers.All);
        var product = new Matrix(n, n);
        Gemm.Add(1, a.All, inverse.All, product.All, Workers.All);
        for (var r = 0; r < n; r++)
            for (var c = 0; c < n; c++) Assert.Equal(r == c ? 1 : 0, product.Row(r)[c], 1e-3f);
    }

    [Fact]
    public void A_matrix_that_is_not_positive_definite_is_refused()
    {
        var a = new Matrix(2, 2, [1, 2, 2, 1]);
        Assert.Equal(Faults.Numeric, Assert.Throws<RecommenderException>(() => Cholesky.Inverse(a, Workers.All)).Code);
        Assert.Equal(Faults.Numeric, Assert.Throws<RecommenderException>(() => SmallSolve.Solve([1, 2, 2, 1], 2, new float[2])).Code);
    }

    [Fact]
    public void Eigenpairs_are_found_in_order_and_hold()
    {
        const int n = 40;
        var (x, a) = (Random(n, n, 4), new Matrix(n, n));
        Gemm.Add(1, x.All, x.All.Transposed, a.All, Workers.All);
        var rows = Enumerable.Range(0, n).Select(r => a.Row(r).ToArray().Select(v => (double)v).ToArray()).ToArray();
        var (values, vectors) = SymmetricEigen.Solve([.. rows.Select(r => (double[])r.Clone())]);
        Assert.Equal(values.OrderDescending(), values);
        for (var j = 0; j < n; j++)
            for (var r = 0; r < n; r++) Assert.Equal(values[j] * vectors[j][r], rows[r].Zip(vectors[j]).Sum(p => p.First * p.Second), 1e-8 * values[0]);
    }

    [Fact]
    public void Matrices_with_nothing_beside_the_diagonal_and_of_one_row_have_their_eigenvalues()
    {
        Assert.Equal([3.0, 2, 1], SymmetricEigen.Solve([[1, 0, 0], [0, 3, 0], [0, 0, 2]]).Values);
        Assert.Equal([5.0], SymmetricEigen.Solve([[5]]).Values);
    }

    [Fact]
    public void The_largest_eigenpairs_of_a_sparse_gram_matrix_are_those_of_the_dense_one()
    {
        // More than all of which are taken, so that going round is what finds them.
        var data = Planted.Random(200, 150, 0.2, 6);
        var x = data.Binary();
        var dense = new double[150][];
        for (var i = 0; i < 150; i++) dense[i] = new double[150];
        for (var u = 0; u < x.Rows; u++)
            foreach (var i in x.Row(u))
                foreach (var j in x.Row(u)) dense[i][j]++;
        var expected = SymmetricEigen.Solve(dense).Values;
        var (values, _) = new TopEigen(x, x.Transposed(), Workers.All, data.Items).Solve(10, 8, 1);
        for (var k = 0; k < 10; k++) Assert.Equal(expected[k], values[k], 0.02 * expected[k]);
    }

    [Fact]
    public void Eigenpairs_are_found_where_there_are_fewer_than_are_wanted()
    {
        // Fifty items of which twenty were never taken, and of the others each was taken with a twin.
        var random = new SeededRandom(7);
        var builder = new InteractionBuilder();
        for (var i = 0; i < 50; i++) builder.AddItem($"i{i}");
        for (var u = 0; u < 80; u++)
            for (var i = 0; i < 15; i++)
                if (random.Unit() < 0.3) foreach (var twin in new[] { i, i + 15 }) builder.Add($"u{u}", $"i{twin}");
        var data = builder.Build();
        var (values, vectors) = new TopEigen(data.Binary(), data.Binary().Transposed(), Workers.All, data.Items).Solve(50, 4, 1);
        Assert.All(values[..15], v => Assert.True(v > 1));
        Assert.All(values[15..], v => Assert.Equal(0, v, 1e-3 * values[0]));
        for (var a = 0; a < 50; a++)
            for (var b = 0; b <= a; b++)
                Assert.Equal(a == b ? 1 : 0, Enumerable.Range(0, 50).Sum(r => vectors.Row(r)[a] * vectors.Row(r)[b]), 1e-3f);
        Assert.All(Planted.Scores(GraphFilter.Fit(data), 3, 4), s => Assert.True(float.IsFinite(s)));
    }

    [Fact]
    public void The_best_k_are_those_of_a_full_sort_with_ties_by_place()
    {
        var random = new SeededRandom(5);
        for (var round = 0; round < 200; round++)
        {
            var scores = Enumerable.Range(0, random.Below(90)).Select(_ => random.Below(4) == 0 ? float.NegativeInfinity : random.Below(12)).ToArray();
            if (scores.Length > 3) scores[2] = float.NaN;
            var k = random.Below(30);
            var expected = Enumerable.Range(0, scores.Length).Where(i => scores[i] > float.NegativeInfinity).OrderByDescending(i => scores[i]).ThenBy(i => i).Take(k);
            Assert.Equal(expected, TopK.Select(scores, k));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_refusal_in_the_middle_of_the_work_is_the_same_on_one_core_and_on_four(int threads)
    {
        var workers = new Workers(threads);
        Assert.Equal(Faults.NotFinite, Assert.Throws<RecommenderException>(() => workers.Each(100, i => throw new RecommenderException(Faults.NotFinite, $"{i}"))).Code);
        Assert.Throws<InvalidOperationException>(() => workers.Blocks(100, 10, (_, _) => throw new InvalidOperationException()));
        // As it comes to somebody who asks a model for many people.
        var data = Planted.Circles3();
        var content = ContentModel.Fit(data.Items, Planted.Features(data));
        var batch = new Batch(data.Matrix, SparseMatrix.FromRows([.. data.Users.Names.Select(_ => Array.Empty<(int, float)>())], 3));
        Assert.Equal(Faults.Mismatch, Assert.Throws<RecommenderException>(() => content.Score(batch, new float[36 * 24], workers)).Code);
    }

    [Fact]
    public void Small_systems_are_solved()
    {
        float[] b = [1, 2, 3];
        SmallSolve.Solve([4, 0, 0, 1, 5, 0, 2, 1, 6], 3, b);
        double[][] a = [[4, 1, 2], [1, 5, 1], [2, 1, 6]];
        for (var r = 0; r < 3; r++) Assert.Equal(r + 1, a[r].Zip(b).Sum(p => p.First * p.Second), 1e-4);
    }

    [Theory, InlineData(16, 0), InlineData(16, 1), InlineData(16, 37), InlineData(32, 5), InlineData(64, 300)]
    public void Blocks_of_normal_equations_come_to_what_plain_sums_come_to(int n, int count)
    {
        Assert.True(BlockSolve.Takes(n));
        var random = SeededRandom.Of("rows", (ulong)(n + count));
        var rows = new Matrix(count + 3, n);
        foreach (ref var value in rows.Values.AsSpan()) value = (float)random.Normal();
        int[] taken = [.. Enumerable.Range(0, count).Select(r => (r * 7 + 2) % (count + 3))];
        float[] amounts = [.. taken.Select(_ => (float)random.Normal())];
        var x = new float[count * n];
        BlockSolve.Gather(rows, taken, 0, n, x);
        float[] a = new float[n * n], b = new float[n];
        for (var j = 0; j < n; j++) (a[j * n + j], b[j]) = (n, j - 3);
        BlockSolve.AddSquare(a, x, n);
        BlockSolve.AddProduct(b, x, amounts);
        double Sum(Func<int, double> of) => Enumerable.Range(0, count).Sum(of);
        var full = new double[n][];
        for (var j = 0; j < n; j++)
        {
            full[j] = [.. Enumerable.Range(0, n).Select(c => (j == c ? n : 0) + Sum(r => (double)rows.Row(taken[r])[j] * rows.Row(taken[r])[c]))];
            for (var c = j; c < n; c++) Assert.Equal(full[j][c], a[j * n + c], 1e-3);
            Assert.Equal(j - 3 + Sum(r => (double)rows.Row(taken[r])[j] * amounts[r]), b[j], 1e-3);
        }
        var right = (float[])b.Clone();
        BlockSolve.Solve(a, b);
        for (var j = 0; j < n; j++) Assert.Equal(right[j], full[j].Zip(b).Sum(p => p.First * p.Second), 1e-2);
        var left = (float[])amounts.Clone();
        BlockSolve.SubtractProducts(left, x, b);
        for (var r = 0; r < count; r++) Assert.Equal(amounts[r] - TensorPrimitives.Dot<float>(rows.Row(taken[r]), b), left[r], 1e-4f);
    }

    [Fact]
    public void A_block_that_is_not_positive_definite_is_refused()
    {
        var a = new float[16 * 16];
        for (var j = 0; j < 16; j++) a[j * 17] = j == 9 ? -1 : 1;
        Assert.Equal(Faults.Numeric, Assert.Throws<RecommenderException>(() => BlockSolve.Solve(a, new float[16])).Code);
        a[9 * 17] = float.NaN;
        Assert.Equal(Faults.Numeric, Assert.Throws<RecommenderException>(() => BlockSolve.Solve(a, new float[16])).Code);
    }
}
