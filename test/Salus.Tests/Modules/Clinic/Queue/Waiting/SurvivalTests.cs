using Salus.Modules.Clinic.Queue.Waiting;

namespace Salus.Tests.Queue.Waiting;

/// <summary>The Kaplan–Meier estimate against values worked out by hand.</summary>
public sealed class SurvivalTests
{
    private static Survival Of(params (double Seconds, bool IsEnded)[] times) => new(times.Select(t => new Measured(t.Seconds, t.IsEnded)));

    // Ended at 1, 3, 4 and 6; still running at 2 and 5. Survival: 5/6, then 5/6·3/4 = 5/8, 5/8·2/3 = 5/12, then 0.
    private static readonly Survival Six = Of((1, true), (2, false), (3, true), (4, true), (5, false), (6, true));

    [Theory, InlineData(0.10, 1), InlineData(0.16, 1), InlineData(0.17, 3), InlineData(0.37, 3), InlineData(0.38, 4), InlineData(0.58, 4), InlineData(0.59, 6), InlineData(1, 6)]
    public void quantiles_are_those_of_the_product_limit(double u, double seconds) => Assert.Equal(seconds, Six.Quantile(u));

    [Fact] // 1·1 + 2·5/6 + 1·5/8 + 2·5/12
    public void the_mean_is_the_area_under_the_curve() => Assert.Equal(1 + (10.0 / 6) + 0.625 + (10.0 / 12), Six.Mean(), 10);

    [Fact]
    public void only_ended_times_are_counted() => Assert.Equal(4, Six.Count);

    [Fact]
    public void equal_times_fall_in_one_step_and_ended_ones_before_running_ones()
    {
        var ties = Of((2, true), (2, true), (2, false), (4, true)); // 1 → 1/2 at 2, → 0 at 4
        Assert.Equal((2.0, 4.0), (ties.Quantile(0.5), ties.Quantile(0.51)));
        Assert.Equal(2 + (0.5 * 2), ties.Mean(), 10);
    }

    [Theory, InlineData(0.5, 0, 4), InlineData(0.5, 3, 3), InlineData(0.9, 3, 3), InlineData(0.3, 3, 1)]
    public void what_remains_is_the_rest_of_the_curve(double u, double elapsed, double seconds) => Assert.Equal(seconds, Six.Remaining(u, elapsed));

    [Fact]
    public void leaving_out_what_still_runs_makes_everything_look_shorter()
    {
        var random = new Random(7);
        var truth = Enumerable.Range(0, 4000).Select(_ => -600 * Math.Log(1 - random.NextDouble())).ToList();
        var looked = truth.Select(t => (t, At: random.NextDouble() * 1200)).Select(x => new Measured(Math.Min(x.t, x.At), x.t <= x.At)).ToList();
        var (with, without) = (new Survival(looked).Quantile(0.5), new Survival(looked.Where(m => m.IsEnded)).Quantile(0.5));
        var median = 600 * Math.Log(2);
        Assert.InRange(with, median * 0.93, median * 1.07);
        Assert.True(without < median * 0.85, $"{without} against {median}");
    }

    [Fact]
    public void nothing_measured_is_answered_with_nothing()
    {
        Assert.Equal((0, 0.0, 0.0), (Of().Count, Of().Mean(), Of().Quantile(0.5)));
        Assert.Equal(0, Of((5, false)).Quantile(0.9));
    }
}
