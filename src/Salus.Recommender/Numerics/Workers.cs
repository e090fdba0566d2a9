namespace Salus.Recommender.Numerics;

/// <summary>How many cores a computation may use and how it is stopped. Work is always cut into blocks whose bounds do not depend on the number of
/// threads, and every output is summed by one block in a fixed order: the result is the same on one core and on two.</summary>
public sealed class Workers(int threads, CancellationToken cancellation = default)
{
    public static Workers All { get; } = new(Environment.ProcessorCount);

    public int Threads { get; } = threads >= 1 ? threads : throw new RecommenderException(Faults.Range, "The number of threads must be at least 1.");

    public CancellationToken Cancellation => cancellation;

    internal Workers With(CancellationToken token) => new(Threads, token);

    /// <summary>Runs <paramref name="body"/> for blocks [from, to) of at most <paramref name="size"/>.</summary>
    internal void Blocks(int count, int size, Action<int, int> body)
    {
        var blocks = (count + size - 1) / size;
        Each(blocks, block => body(block * size, Math.Min(count, (block + 1) * size)));
    }

    internal void Each(int count, Action<int> body)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Threads == 1 || count <= 1)
        {
            for (var i = 0; i < count; i++)
            {
                if ((i & 63) == 63) cancellation.ThrowIfCancellationRequested();
                body(i);
            }
            return;
        }
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = cancellation }, body);
    }
}
