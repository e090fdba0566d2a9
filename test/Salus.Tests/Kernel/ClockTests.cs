using Salus.Kernel;

namespace Salus.Tests.Time;

/// <summary>"Today" is the clinic's local date.</summary>
public sealed class ClockTests
{
    private sealed class Fixed(DateTime utc) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(utc, TimeSpan.Zero);
    }

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);

    [Theory]
    [InlineData("2026-03-10T22:59:59Z", "Europe/Rome", "2026-03-10")] [InlineData("2026-03-10T23:00:00Z", "Europe/Rome", "2026-03-11")]
    [InlineData("2026-07-10T21:59:59Z", "Europe/Rome", "2026-07-10")] [InlineData("2026-07-10T22:00:00Z", "Europe/Rome", "2026-07-11")]
    [InlineData("2026-03-11T00:00:00Z", "America/New_York", "2026-03-10")] [InlineData("2026-03-10T18:30:00Z", "Asia/Kolkata", "2026-03-11")] [InlineData("2026-03-10T10:00:00Z", "Pacific/Auckland", "2026-03-10")]
    public void QU_05_the_day_changes_at_midnight_in_the_clinics_zone_not_in_utc(string utc, string zone, string day) =>
        Assert.Equal(DateOnly.Parse(day, null), new Fixed(DateTime.Parse(utc, null, System.Globalization.DateTimeStyles.AdjustToUniversal)).Today(Zone(zone)));

    [Theory, InlineData("2026-03-29", "Europe/Rome", "2026-03-28T23:00:00Z"), InlineData("2026-03-30", "Europe/Rome", "2026-03-29T22:00:00Z"), InlineData("2026-09-06", "America/Santiago", "2026-09-06T04:00:00Z")]
    public void a_day_begins_at_its_first_instant_even_where_the_clock_jumps_over_midnight(string day, string zone, string utc) =>
        Assert.Equal(DateTime.Parse(utc, null, System.Globalization.DateTimeStyles.AdjustToUniversal), DateOnly.Parse(day, null).StartUtc(Zone(zone)));

    [Theory, InlineData("+26h", 26 * 60), InlineData("-90m", -90), InlineData("+4d", 4 * 24 * 60), InlineData("120s", 2)]
    public void offsets_are_read(string text, int minutes) => Assert.Equal(TimeSpan.FromMinutes(minutes), OffsetClock.Parse(text));

    [Theory, InlineData(""), InlineData("h"), InlineData("+26"), InlineData("soon"), InlineData("1y")]
    public void other_texts_are_no_offsets(string text) => Assert.Null(OffsetClock.Parse(text));

    [Fact]
    public async Task QU_05_a_clinic_starts_at_one_at_its_own_midnight_and_not_at_another_zones()
    {
        // The clock is moved to 30 minutes before midnight UTC: in Rome it is another day already, in UTC not yet.
        var now = DateTime.UtcNow;
        var toEvening = (now.Date.AddDays(1).AddMinutes(-30) - now).TotalSeconds;
        await using var own = await OwnServer.Start(s => s with { Clock = $"{(int)toEvening}s" });
        var (utc, rome) = (await Clinic.Make(own.Salus, "UTC"), await Clinic.Make(own.Salus, "Europe/Rome"));
        var queues = (await utc.Queue(), await rome.Queue());
        await utc.Issue(queues.Item1);
        await rome.Issue(queues.Item2);
        await own.Restart(s => s with { Clock = $"{(int)toEvening + 3600}s" });
        Assert.Equal(1, (await utc.On(own.Salus).Issue(queues.Item1))["number"].GetInt32());
        Assert.Equal(2, (await rome.On(own.Salus).Issue(queues.Item2))["number"].GetInt32());
    }
}
