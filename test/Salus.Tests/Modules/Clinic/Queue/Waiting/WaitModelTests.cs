using Salus.Modules.Clinic.Queue.Waiting;

namespace Salus.Tests.Queue.Waiting;

/// <summary>WaitModel: what is told must come true about eight times in ten, in clinics of many kinds.</summary>
public sealed class WaitModelTests(ITestOutputHelper output)
{
    public static TheoryData<string, SimulatedClinic> Clinics => new()
    {
        { "one doctor, even days", new(1, 0.5, 0, 0, 0, 0) },
        { "one doctor, days differ", new(1, 0.5, 0.25, 0, 0, 0) },
        { "one doctor, wide service times", new(1, 0.9, 0.15, 0.03, 0.05, 0) },
        { "two doctors, some leave", new(2, 0.6, 0.2, 0.10, 0.05, 0) },
        { "two doctors, urgent ones between", new(2, 0.5, 0.15, 0.05, 0.05, 0.10) },
        { "three doctors, everything at once", new(3, 0.7, 0.2, 0.08, 0.08, 0.08) },
    };

    [Theory, MemberData(nameof(Clinics))]
    public void the_told_range_holds_about_eight_times_in_ten(string name, SimulatedClinic clinic)
    {
        var random = new Random(42);
        var model = clinic.Learn(40, random)!;
        var (told, right, early, late) = (0, 0, 0, 0);
        for (var day = 0; day < 60; day++)
        {
            foreach (var patient in clinic.Play(new DateOnly(2026, 6, 1).AddDays(day), random, model, null).Where(p => p is { Told: not null, Called: not null }))
            {
                var waited = patient.Called!.Value - patient.Came;
                told++;
                if (waited < patient.Told!.From - 1) early++;
                else if (waited > patient.Told.To + 1) late++;
                else right++;
            }
        }
        output.WriteLine($"{name}: {told} told, {100.0 * right / told:0.0} % right, {100.0 * early / told:0.0} % sooner, {100.0 * late / told:0.0} % later");
        Assert.InRange((double)right / told, 0.70, 0.92);
    }

    [Fact]
    public void too_thin_a_past_says_nothing()
    {
        var spans = Enumerable.Range(0, WaitModel.Least - 1).Select(i => new ServiceSpan(new DateOnly(2026, 1, 1), null, 9, 600)).ToList();
        Assert.Null(WaitModel.Learn(spans));
        Assert.Null(WaitModel.Learn([.. spans, new ServiceSpan(new DateOnly(2026, 1, 2), null, 9, 600, IsEnded: false)]));
        Assert.NotNull(WaitModel.Learn([.. spans, new ServiceSpan(new DateOnly(2026, 1, 2), null, 9, 600)]));
    }

    private static WaitModel Steady(double seconds = 600, double leaving = 0, double urgent = 0) =>
        WaitModel.Learn([.. Enumerable.Range(0, 60).Select(i => new ServiceSpan(new DateOnly(2026, 1, 1 + (i / 6)), null, 9, seconds))], urgent, leaving)!;

    private static Situation At(int waiting, double delay = 0, params AtWork[] doctors) => new(9, doctors, [.. Enumerable.Repeat(false, waiting)], delay, 1);

    [Fact]
    public void with_steady_service_the_wait_is_a_sum()
    {
        var ranges = Steady().Foresee(At(4, 0, new AtWork(null, 120)));
        Assert.Equal([480, 1080, 1680, 2280], ranges.Select(r => Math.Round(r.From)));
        Assert.Equal(ranges.Select(r => r.From), ranges.Select(r => r.To));
    }

    [Fact]
    public void two_doctors_halve_the_wait() =>
        Assert.Equal([0, 0, 600, 600], Steady().Foresee(At(4, 0, new AtWork(null, null), new AtWork(null, null))).Select(r => r.To));

    [Fact]
    public void an_announced_delay_is_added() => Assert.Equal([900, 1500], Steady().Foresee(At(2, 900)).Select(r => r.From));

    [Fact]
    public void those_who_will_leave_shorten_it_and_urgent_ones_to_come_lengthen_it()
    {
        var plain = Steady().Foresee(At(10))[9];
        Assert.True(Steady(leaving: 0.3).Foresee(At(10))[9].From < plain.From);
        Assert.True(Steady(urgent: 2).Foresee(At(10))[9].To > plain.To);
    }

    [Fact]
    public void a_doctor_who_is_slower_than_the_others_is_known_by_name()
    {
        var (slow, quick) = (Guid.NewGuid(), Guid.NewGuid());
        var spans = Enumerable.Range(0, 120).Select(i => new ServiceSpan(new DateOnly(2026, 1, 1 + (i / 12)), i % 2 == 0 ? slow : quick, 9, i % 2 == 0 ? 1200 : 300)).ToList();
        var model = WaitModel.Learn(spans)!;
        Assert.Equal(1200, model.Foresee(At(2, 0, new AtWork(slow, null)))[1].From, 0);
        Assert.Equal(300, model.Foresee(At(2, 0, new AtWork(quick, null)))[1].From, 0);
    }

    [Fact]
    public void the_same_moment_is_told_the_same()
    {
        var model = new SimulatedClinic(2, 0.5, 0.2, 0, 0, 0).Learn(20, new Random(3))!;
        Assert.Equal(model.Foresee(At(5)), model.Foresee(At(5)));
    }
}
