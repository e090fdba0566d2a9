using System.Globalization;

namespace Salus.Kernel;

/// <summary>The system clock moved by a fixed offset (<c>SALUS_CLOCK</c>, for tests; refused in production).</summary>
public sealed class OffsetClock(TimeSpan offset) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;

    /// <summary>Reads an offset such as <c>+26h</c>, <c>-90m</c>, <c>+3d</c> or <c>15s</c>; null when it is none of these.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length < 2 || !double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return null;
        return text[^1] switch
        {
            'd' => TimeSpan.FromDays(number),
            'h' => TimeSpan.FromHours(number),
            'm' => TimeSpan.FromMinutes(number),
            's' => TimeSpan.FromSeconds(number),
            _ => null,
        };
    }
}

public static class ClockExtensions
{
    /// <summary>The instant as UTC <see cref="DateTime"/>, cut to whole microseconds: what PostgreSQL can keep, so that what was signed reads back the same.</summary>
    public static DateTime Now(this TimeProvider clock)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>The local date in the zone: a clinic's "today".</summary>
    public static DateOnly Today(this TimeProvider clock, TimeZoneInfo zone) => DateOnly.FromDateTime(clock.Now().In(zone));

    /// <summary>A UTC instant as local time of the zone.</summary>
    public static DateTime In(this DateTime utc, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), zone);

    /// <summary>The UTC instant at which a local date begins; where the clock jumps over midnight, the first instant after the jump.</summary>
    public static DateTime StartUtc(this DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(15);
        return TimeZoneInfo.ConvertTimeToUtc(local, zone);
    }
}
