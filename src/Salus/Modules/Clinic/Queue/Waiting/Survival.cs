namespace Salus.Modules.Clinic.Queue.Waiting;

/// <summary>One measured time; not <see cref="IsEnded"/> means that it was still running when it was looked at.</summary>
/// <param name="Seconds">At least 0.</param>
public readonly record struct Measured(double Seconds, bool IsEnded);

/// <summary>
/// The Kaplan–Meier estimate of how long something lasts (Kaplan and Meier 1958). Times that are still running count for
/// as long as they have lasted; leaving them out would make everything look shorter than it is.
/// </summary>
public sealed class Survival
{
    private readonly double[] times;
    private readonly double[] surviving;

    public Survival(IEnumerable<Measured> measured)
    {
        var all = measured.OrderBy(m => m.Seconds).ThenByDescending(m => m.IsEnded).ToList();
        Count = all.Count(m => m.IsEnded);
        var (at, left) = (new List<double>(), new List<double>());
        var share = 1.0;
        for (var i = 0; i < all.Count; i++)
        {
            if (!all[i].IsEnded) continue;
            share *= 1 - (1.0 / (all.Count - i));
            if (at.Count > 0 && at[^1] == all[i].Seconds) left[^1] = share;
            else { at.Add(all[i].Seconds); left.Add(share); }
        }
        (times, surviving) = ([.. at], [.. left]);
    }

    /// <summary>How many of the times had ended.</summary>
    public int Count { get; }

    /// <summary>The time that the share <paramref name="u"/> (0 to 1) does not outlast; the longest ended time where the estimate ends above it.</summary>
    public double Quantile(double u) => At(1 - u);

    /// <summary>A quantile of what remains for something that has lasted <paramref name="elapsed"/> seconds already.</summary>
    public double Remaining(double u, double elapsed)
    {
        if (times.Length == 0 || elapsed >= times[^1]) return 60 * u;
        var past = Array.BinarySearch(times, elapsed);
        past = past >= 0 ? past : ~past - 1;
        var alive = past < 0 ? 1 : surviving[past];
        return Math.Max(0, At(alive * (1 - u)) - elapsed);
    }

    /// <summary>The mean, cut at the longest ended time; 0 when nothing has ended.</summary>
    public double Mean()
    {
        var (mean, from, share) = (0.0, 0.0, 1.0);
        for (var i = 0; i < times.Length; i++)
        {
            mean += (times[i] - from) * share;
            (from, share) = (times[i], surviving[i]);
        }
        return mean;
    }

    private double At(double share)
    {
        if (times.Length == 0) return 0;
        var (low, high) = (0, times.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (surviving[middle] <= share + 1e-12) high = middle; else low = middle + 1;
        }
        return times[low];
    }
}
