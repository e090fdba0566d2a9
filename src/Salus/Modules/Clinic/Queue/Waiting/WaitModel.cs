namespace Salus.Modules.Clinic.Queue.Waiting;

/// <summary>How long one patient took a doctor: from the call to the next call or, where nobody waited then, to the end.</summary>
/// <param name="Hour">Local hour of the call, 0 to 23.</param>
/// <param name="Seconds">At least 0.</param>
/// <param name="IsEnded">False while the patient is still being served.</param>
public sealed record ServiceSpan(DateOnly Day, Guid? Doctor, int Hour, double Seconds, bool IsEnded = true);

/// <summary>A doctor at work now, and for how long the present patient has been there; null: free.</summary>
public sealed record AtWork(Guid? Doctor, double? BusyFor);

/// <summary>A queue at one moment.</summary>
/// <param name="Urgent">For each who waits, in the order of service: is the class above routine?</param>
/// <param name="Delay">Seconds before service starts or goes on: an announced delay, or the time until the usual start.</param>
public sealed record Situation(int Hour, IReadOnlyList<AtWork> Doctors, IReadOnlyList<bool> Urgent, double Delay, int Seed);

/// <summary>A range of waiting from now, in seconds, that is meant to hold 8 times in 10.</summary>
public sealed record WaitRange(double From, double To);

/// <summary>
/// Foresees waiting from a queue's own measured service times. It plays the rest of the queue many times: each run draws a
/// pace of the day (some days all consultations are slow) and service times; the range runs from the 10th to the 90th percentile.
/// </summary>
public sealed class WaitModel
{
    /// <summary>Fewer ended services than this, and nothing is foretold.</summary>
    public const int Least = 20;
    private const int EnoughForPart = 40, Runs = 400;
    private const double Low = 0.10, High = 0.90;
    private readonly Dictionary<(Guid?, int?), Survival> parts = [];
    private readonly double[] paces;
    private readonly double urgentPerSecond, leaving;

    private WaitModel(IReadOnlyList<ServiceSpan> spans, double urgentPerHour, double leaving)
    {
        (urgentPerSecond, this.leaving) = (urgentPerHour / 3600, leaving);
        Add(null, null, spans);
        foreach (var doctor in spans.GroupBy(s => s.Doctor)) Add(doctor.Key, null, doctor);
        foreach (var hour in spans.GroupBy(s => s.Hour)) Add(null, hour.Key, hour);
        foreach (var part in spans.GroupBy(s => (s.Doctor, s.Hour))) Add(part.Key.Doctor, part.Key.Hour, part);
        paces = Paces(spans);
    }

    /// <summary>Learns from past services; null when there are too few of them to say anything.</summary>
    /// <param name="urgentPerHour">How many patients per hour come later and are taken first.</param>
    /// <param name="leaving">Share of those who wait that leave before they are called.</param>
    public static WaitModel? Learn(IReadOnlyList<ServiceSpan> spans, double urgentPerHour = 0, double leaving = 0) =>
        spans.Count(s => s.IsEnded) < Least ? null : new WaitModel(spans, urgentPerHour, leaving);

    /// <summary>The range for each who waits, in the order of service.</summary>
    public IReadOnlyList<WaitRange> Foresee(Situation now)
    {
        var doctors = now.Doctors.Count > 0 ? now.Doctors : [new AtWork(null, null)];
        var times = doctors.Select(d => Part(d.Doctor, now.Hour)).ToArray();
        var waits = now.Urgent.Select(_ => new double[Runs]).ToArray();
        var random = new Random(now.Seed);
        for (var run = 0; run < Runs; run++) Play(now, doctors, times, waits, run, random);
        return [.. waits.Select(w => { Array.Sort(w); return new WaitRange(w[(int)(Low * Runs)], w[(int)(High * Runs) - 1]); })];
    }

    private void Play(Situation now, IReadOnlyList<AtWork> doctors, Survival[] times, double[][] waits, int run, Random random)
    {
        var pace = paces[random.Next(paces.Length)];
        var free = new double[times.Length];
        for (var d = 0; d < free.Length; d++)
            free[d] = now.Delay + (doctors[d].BusyFor is { } busy ? times[d].Remaining(random.NextDouble(), busy / pace) * pace : 0);
        var before = 0.0;
        for (var i = 0; i < waits.Length; i++)
        {
            var next = Earliest(free);
            if (!now.Urgent[i])
            {
                for (var n = Arrivals(random, urgentPerSecond * Math.Max(0, free[next] - before)); n > 0; n--)
                {
                    before = free[next];
                    free[next] += times[next].Quantile(random.NextDouble()) * pace;
                    next = Earliest(free);
                }
            }
            before = waits[i][run] = free[next];
            if (random.NextDouble() >= leaving) free[next] += times[next].Quantile(random.NextDouble()) * pace;
        }
    }

    private static int Earliest(double[] free) => Array.IndexOf(free, free.Min());

    private static int Arrivals(Random random, double mean)
    {
        if (mean <= 0) return 0;
        var (count, left, limit) = (0, random.NextDouble(), Math.Exp(-Math.Min(mean, 50)));
        for (; left > limit; count++) left *= random.NextDouble();
        return count;
    }

    private void Add(Guid? doctor, int? hour, IEnumerable<ServiceSpan> spans)
    {
        var part = new Survival(spans.Select(s => new Measured(s.Seconds, s.IsEnded)));
        if (part.Count >= EnoughForPart || (doctor is null && hour is null)) parts[(doctor, hour)] = part;
    }

    /// <summary>The narrowest part of the past with enough in it: doctor and hour, doctor, hour, all.</summary>
    private Survival Part(Guid? doctor, int hour) =>
        parts.GetValueOrDefault((doctor, hour)) ?? parts.GetValueOrDefault((doctor, null)) ?? parts.GetValueOrDefault((null, hour)) ?? parts[(null, null)];

    /// <summary>How slow each past day of each doctor was against that doctor's mean, drawn towards 1 where the day had few patients.</summary>
    private static double[] Paces(IReadOnlyList<ServiceSpan> spans)
    {
        var ended = spans.Where(s => s.IsEnded).ToList();
        var means = ended.GroupBy(s => s.Doctor).ToDictionary(g => g.Key ?? Guid.Empty, g => Math.Max(1, g.Average(s => s.Seconds)));
        var paces = ended.GroupBy(s => (s.Day, s.Doctor)).Where(g => g.Count() >= 5)
            .Select(g => 1 + (((g.Average(s => s.Seconds) / means[g.Key.Doctor ?? Guid.Empty]) - 1) * g.Count() / (g.Count() + 5.0))).Select(p => Math.Clamp(p, 0.3, 3)).ToArray();
        return paces.Length > 0 ? paces : [1.0];
    }
}
