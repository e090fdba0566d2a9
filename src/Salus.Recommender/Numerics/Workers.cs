using System.Runtime.ExceptionServices;

namespace Salus.Recommender.Numerics;

/// <summary>How many cores a computation may use and how it is stopped. Work is always cut into blocks whose bounds do not depend on the number of
/// threads, and every output is summed by one block in a fixed order: the result is the same on one core and on two.</summary>
public sealed class Workers(int threads, CancellationToken cancellation = default)
{
    /// <summary>All cores of the machine; not to be stopped.</summary>
    public static Workers All { get; } = new(Environment.ProcessorCount);

    /// <summary>How many at most.</summary>
    public int Threads { get; } = threads >= 1 ? threads : throw new RecommenderException(Faults.Range, "The number of threads must be at least 1.");

    /// <summary>What stops the work.</summary>
    public CancellationToken Cancellation => cancellation;

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
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = cancellation }, body);
        }
        catch (AggregateException several)
        {
            // Whoever calls sees what one core would have thrown; a refusal of ours before anything that came with it.
            var all = several.Flatten().InnerExceptions;
            ExceptionDispatchInfo.Throw(all.FirstOrDefault(e => e is RecommenderException) ?? all[0]);
        }
    }
}
