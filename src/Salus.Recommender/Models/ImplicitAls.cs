using System.Numerics.Tensors;
using Salus.Recommender.Data;
using Salus.Recommender.Numerics;

namespace Salus.Recommender.Models;

/// <summary>Implicit matrix factorisation by alternating least squares (Hu, Koren and Volinsky 2008) with frequency-scaled regularisation (Rendle, Krichene, Zhang and
/// Koren, "Revisiting the performance of iALS", RecSys 2022), fitted by blocks of dimensions (iALS++, Rendle and others 2021). Loss: sum over events (1 - w·h)² +
/// alpha sum over all pairs (w·h)² + lambda (sum (c(u) + alpha items)^nu |w|² + sum (c(i) + alpha users)^nu |h|²). Only item factors are kept: a person is folded in from
/// their events by the exact least-squares solution, whether they were there at the fit or came since.</summary>
public sealed partial class ImplicitAls : Model
{
    internal const string KindName = "implicit-als";
    /// <summary>Items x dimensions.</summary>
    private readonly Matrix factors;
    /// <summary>alpha HᵀH.</summary>
    private readonly Matrix gram;
    private readonly ImplicitAlsOptions options;

    private ImplicitAls(IdMap items, Matrix factors, ImplicitAlsOptions options, Workers workers) : base(items)
    {
        (this.factors, this.options) = (factors, options);
        gram = Gram(factors, options.Alpha, workers);
    }

    /// <inheritdoc/>
    public override string Kind => KindName;

    internal Matrix Factors => factors;

    /// <param name="data">Events; a pair counts once.</param>
    /// <param name="options">Dimensions, weights, epochs.</param>
    /// <param name="fitting">Cores, seed of the random start, cancellation, progress. With one seed and the same identifiers the order of the events changes nothing but the rounding.</param>
    public static ImplicitAls Fit(Interactions data, ImplicitAlsOptions? options = null, Fitting? fitting = null)
    {
        var (o, f) = (options ?? new(), fitting ?? Fitting.Default);
        o.Check();
        var x = data.Checked().Matrix;
        f.Done(0);
        var byItem = x.Transposed();
        var (people, items) = (Start(data.Users, o, f.Seed), Start(data.Items, o, ~f.Seed));
        for (var epoch = 0; epoch < o.Epochs; epoch++)
        {
            Pass(x, people, items, o, f.Workers);
            f.Done((epoch + 0.5) / (o.Epochs + 0.5));
            Pass(byItem, items, people, o, f.Workers);
            f.Done((epoch + 1.0) / (o.Epochs + 0.5));
        }
        var model = new ImplicitAls(data.Items, items, o, f.Workers) { Taken = data.Counts() };
        f.Done(1);
        return model;
    }

    /// <summary>The same model with the factors of items nobody has taken replaced by what their features say: H = F W, W the ridge solution over the items that are known.</summary>
    /// <param name="data">What the model was fitted on.</param>
    /// <param name="features">Features of the same catalogue.</param>
    /// <param name="ridge">Above zero, in units of (feature value)² summed over items.</param>
    /// <param name="workers">The cores to use.</param>
    public ImplicitAls WithMappedItems(Interactions data, FeatureTable features, double ridge = 10, Workers? workers = null)
    {
        if (features.Values.Rows != Items.Count || data.Items.Count != Items.Count) throw new RecommenderException(Faults.Mismatch, "The features are of another catalogue than the model's.");
        var cores = workers ?? Workers.All;
        var counts = data.Matrix.ColumnCounts();
        var mapped = RidgeMap.Predict(features.Values, factors, counts, ridge, cores);
        var result = new Matrix(factors.Rows, factors.Columns);
        for (var i = 0; i < counts.Length; i++) (counts[i] > 0 ? factors : mapped).Row(i).CopyTo(result.Row(i));
        return new(Items, result, options, cores) { Taken = Taken };
    }

    /// <summary>Drawn by identifier, not by row: in whichever order the events come, everybody begins where they would have begun.</summary>
    private static Matrix Start(IdMap ids, ImplicitAlsOptions o, ulong seed)
    {
        var matrix = new Matrix(ids.Count, o.Dimensions);
        var scale = 0.1 / Math.Sqrt(o.Dimensions);
        for (var row = 0; row < ids.Count; row++)
        {
            var random = SeededRandom.Of(ids[row], seed);
            foreach (ref var value in matrix.Row(row)) value = (float)(scale * random.Normal());
        }
        return matrix;
    }

    private static Matrix Gram(Matrix factors, double alpha, Workers workers)
    {
        var gram = new Matrix(factors.Columns, factors.Columns);
        Gemm.Add((float)alpha, factors.All.Transposed, factors.All, gram.All, workers);
        return gram;
    }

    /// <summary>One pass over one side: for each row and block of dimensions the Newton step, which for a square loss is the minimum.</summary>
    private static void Pass(SparseMatrix x, Matrix own, Matrix other, ImplicitAlsOptions o, Workers workers)
    {
        var gram = Gram(other, o.Alpha, workers);
        var (d, size) = (o.Dimensions, Math.Min(o.Block, o.Dimensions));
        workers.Blocks(x.Rows, 64, (first, last) =>
        {
            var (system, right, most) = (new float[size * size], new float[size], 0);
            for (var r = first; r < last; r++) most = Math.Max(most, x.Row(r).Length);
            var (errors, parts) = (new float[most], new float[most * size]);
            for (var r = first; r < last; r++)
            {
                var columns = x.Row(r);
                var w = own.Row(r);
                var lambda = (float)(o.Regularisation * Math.Pow(columns.Length + o.Alpha * x.ColumnCount, o.FrequencyExponent));
                for (var c = 0; c < columns.Length; c++) errors[c] = TensorPrimitives.Dot<float>(w, other.Row(columns[c])) - 1;
                for (var at = 0; at < d; at += size)
                {
                    var n = Math.Min(size, d - at);
                    if (BlockSolve.Takes(n)) BlockSolve.Gather(other, columns, at, n, parts);
                    else for (var c = 0; c < columns.Length; c++) other.Row(columns[c]).Slice(at, n).CopyTo(parts.AsSpan(c * n, n));
                    Step(w, at, n, parts.AsSpan(0, columns.Length * n), errors.AsSpan(0, columns.Length), gram, lambda, system, right);
                }
            }
        });
    }

    /// <param name="parts">The other side's factors of the block, a row of n for each event.</param>
    private static void Step(Span<float> w, int at, int n, ReadOnlySpan<float> parts, Span<float> errors, Matrix gram, float lambda, Span<float> system, Span<float> right)
    {
        var part = w.Slice(at, n);
        var step = right[..n];
        var square = system[..(n * n)];
        for (var j = 0; j < n; j++)
        {
            var line = gram.Row(at + j);
            step[j] = TensorPrimitives.Dot<float>(line, w) + lambda * part[j];
            line.Slice(at, n).CopyTo(square.Slice(j * n, n));
            square[j * n + j] += lambda;
        }
        if (BlockSolve.Takes(n))
        {
            BlockSolve.AddProduct(step, parts, errors);
            BlockSolve.AddSquare(square, parts, n);
            BlockSolve.Solve(square, step);
            BlockSolve.SubtractProducts(errors, parts, step);
        }
        else
        {
            for (var c = 0; c < errors.Length; c++)
            {
                var h = parts.Slice(c * n, n);
                TensorPrimitives.MultiplyAdd(h, errors[c], step, step);
                SmallSolve.AddOuter(square, h, 1);
            }
            SmallSolve.Solve(square, n, step);
            for (var c = 0; c < errors.Length; c++) errors[c] -= TensorPrimitives.Dot<float>(parts.Slice(c * n, n), step);
        }
        TensorPrimitives.Subtract(part, step, part);
    }
}

/// <summary>Options of <see cref="ImplicitAls"/>.</summary>
public sealed record ImplicitAlsOptions
{
    /// <summary>Length of the factors.</summary>
    public int Dimensions { get; init; } = 64;

    /// <summary>Weight of every pair against an event's 1.</summary>
    public double Alpha { get; init; } = 0.1;

    /// <summary>Lambda.</summary>
    public double Regularisation { get; init; } = 0.01;

    /// <summary>Nu: 0 regularises everybody alike, 1 in proportion to their events.</summary>
    public double FrequencyExponent { get; init; } = 1;

    /// <summary>Passes over all people and all items.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Dimensions solved for at a time.</summary>
    public int Block { get; init; } = 16;

    internal void Check()
    {
        if (Dimensions is < 1 or > 2048 || Epochs is < 1 or > 1000 || Block < 1) throw new RecommenderException(Faults.Range, "Dimensions must lie within 1 and 2048, epochs within 1 and 1000, blocks be at least 1.");
        if (!(Alpha > 0) || !(Regularisation > 0) || !(FrequencyExponent is >= 0 and <= 2)) throw new RecommenderException(Faults.Range, "Alpha and the regularisation must be above zero, the frequency exponent within 0 and 2.");
    }
}
