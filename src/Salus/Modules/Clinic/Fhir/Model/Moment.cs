using System.Globalization;
using System.Linq.Expressions;
using System.Text.RegularExpressions;
using Salus.Kernel;

namespace Salus.Modules.Clinic.Fhir.Model;

/// <summary>A date of a search: how it is compared, and the span that its precision leaves open. Without an offset it is the clinic's local time.</summary>
internal sealed partial record Moment(string Prefix, DateTime From, DateTime Until, DateOnly FirstDay, DateOnly EndDay)
{
    [GeneratedRegex(@"^(?<prefix>eq|ne|ge|gt|le|lt)?(?<year>(18|19|20|21)\d\d)(-(?<month>\d\d)(-(?<day>\d\d)(T(?<hour>\d\d):(?<minute>\d\d)(:(?<second>\d\d)(\.(?<part>\d{1,7}))?)?(?<zone>Z|[+ -](0\d|1[0-4]):[0-5]\d)?)?)?)?\z")]
    private static partial Regex Shape();

    /// <summary>Null when it is no such date.</summary>
    public static Moment? Parse(string text, TimeZoneInfo zone)
    {
        if (Shape().Match(text) is not { Success: true } match) return null;
        int? Part(string name) => match.Groups[name] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : null;
        try
        {
            var prefix = match.Groups["prefix"] is { Success: true } given ? given.Value : "eq";
            var first = new DateOnly(Part("year")!.Value, Part("month") ?? 1, Part("day") ?? 1);
            if (Part("hour") is { } hour)
            {
                var fraction = match.Groups["part"] is { Success: true } ticks ? long.Parse(ticks.Value.PadRight(7, '0'), CultureInfo.InvariantCulture) : 0;
                var at = Utc(first.ToDateTime(new TimeOnly(hour, Part("minute")!.Value, Part("second") ?? 0)), match.Groups["zone"], zone).AddTicks(fraction);
                var span = Part("second") is null ? TimeSpan.FromMinutes(1) : match.Groups["part"].Success ? TimeSpan.FromTicks((long)Math.Pow(10, 7 - match.Groups["part"].Length)) : TimeSpan.FromSeconds(1);
                var day = DateOnly.FromDateTime(at.In(zone));
                return new(prefix, at, at + span, day, day.AddDays(1));
            }
            var end = Part("day") is not null ? first.AddDays(1) : Part("month") is not null ? first.AddMonths(1) : first.AddYears(1);
            return new(prefix, first.StartUtc(zone), end.StartUtc(zone), first, end);
        }
        catch (ArgumentException) { return null; } // the thirtieth of February, half past twenty-five
    }

    private static DateTime Utc(DateTime local, Group offset, TimeZoneInfo zone)
    {
        if (!offset.Success)
        {
            while (zone.IsInvalidTime(local)) local = local.AddMinutes(15);
            return TimeZoneInfo.ConvertTimeToUtc(local, zone);
        }
        if (offset.Value == "Z") return DateTime.SpecifyKind(local, DateTimeKind.Utc);
        // A plus that was not encoded arrives as a space.
        var span = TimeSpan.ParseExact(offset.Value[1..], @"hh\:mm", CultureInfo.InvariantCulture);
        return DateTime.SpecifyKind(offset.Value[0] == '-' ? local + span : local - span, DateTimeKind.Utc);
    }
}

internal static class MomentFilters
{
    /// <summary>Rows whose instant meets one of the dates.</summary>
    public static IQueryable<T> At<T>(this IQueryable<T> rows, Ask ask, Expression<Func<T, DateTime?>> value) => rows.Meeting<T, DateTime>(ask.Moments, value, m => (m.From, m.Until));

    /// <summary>The same of a day, which knows no time zone.</summary>
    public static IQueryable<T> On<T>(this IQueryable<T> rows, Ask ask, Expression<Func<T, DateOnly?>> value) => rows.Meeting<T, DateOnly>(ask.Moments, value, m => (m.FirstDay, m.EndDay));

    // Written as an expression because which comparisons are made is known only now; the values stay parameters of the statement.
    private static IQueryable<T> Meeting<T, TValue>(this IQueryable<T> rows, IReadOnlyList<Moment> moments, Expression<Func<T, TValue?>> value, Func<Moment, (TValue From, TValue Until)> span) where TValue : struct
    {
        var left = value.Body;
        Expression? any = null;
        foreach (var moment in moments)
        {
            var (from, until) = (Parameter(span(moment).From), Parameter(span(moment).Until));
            Expression met = moment.Prefix switch
            {
                "ge" => Expression.GreaterThanOrEqual(left, from), "gt" => Expression.GreaterThanOrEqual(left, until), "lt" => Expression.LessThan(left, from), "le" => Expression.LessThan(left, until),
                "ne" => Expression.OrElse(Expression.LessThan(left, from), Expression.GreaterThanOrEqual(left, until)),
                _ => Expression.AndAlso(Expression.GreaterThanOrEqual(left, from), Expression.LessThan(left, until)),
            };
            any = any is null ? met : Expression.OrElse(any, met);
        }
        return any is null ? rows : rows.Where(Expression.Lambda<Func<T, bool>>(any, value.Parameters));
    }

    private static MemberExpression Parameter<TValue>(TValue value) where TValue : struct => Expression.Property(Expression.Constant(new Box<TValue>(value)), nameof(Box<>.Value));

    private sealed record Box<TValue>(TValue? Value) where TValue : struct;
}
