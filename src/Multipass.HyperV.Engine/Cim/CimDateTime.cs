using System;
using System.Globalization;

namespace Multipass.HyperV.Cim;

/// <summary>CIM's own writing of datetime (DSP0004, 5.2.4): <c>yyyymmddhhmmss.mmmmmm+uuu</c> for a moment, <c>ddddddddhhmmss.mmmmmm:000</c> for an interval.</summary>
internal static class CimDateTime
{
    private const int Length = 25;
    private const int PointAt = 14;
    private const int SignAt = 21;

    /// <summary>A <see cref="DateTimeOffset"/> or a <see cref="TimeSpan"/>; null when the text is neither. Places that are not known (asterisks) count as their least value.</summary>
    public static object? Parse(string text)
    {
        if (text.Length != Length || text[PointAt] != '.')
        {
            return null;
        }

        var isInterval = text[SignAt] == ':';
        return isInterval ? Interval(text) : text[SignAt] is '+' or '-' ? Moment(text) : null;
    }

    /// <summary>Writes a moment, in UTC.</summary>
    public static string Format(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyyMMddHHmmss.ffffff", CultureInfo.InvariantCulture) + "+000";

    /// <summary>Writes an interval that is not negative.</summary>
    public static string Format(TimeSpan interval)
        => string.Format(
            CultureInfo.InvariantCulture, "{0:D8}{1:D2}{2:D2}{3:D2}.{4:D6}:000", interval.Days, interval.Hours, interval.Minutes, interval.Seconds, interval.Ticks % TimeSpan.TicksPerSecond / 10);

    private static object? Moment(string text)
    {
        if (Number(text, 0, 4, 1) is not { } year
            || Number(text, 4, 2, 1) is not { } month
            || Number(text, 6, 2, 1) is not { } day
            || Number(text, 8, 2, 0) is not { } hour
            || Number(text, 10, 2, 0) is not { } minute
            || Number(text, 12, 2, 0) is not { } second
            || Number(text, 15, 6, 0) is not { } microsecond
            || Number(text, 22, 3, 0) is not { } offset)
        {
            return null;
        }

        try
        {
            var moment = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).AddTicks(microsecond * 10L);
            return moment - TimeSpan.FromMinutes(text[SignAt] == '-' ? -offset : offset);
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static object? Interval(string text)
        => Number(text, 0, 8, 0) is { } days
            && days < TimeSpan.MaxValue.Days
            && Number(text, 8, 2, 0) is { } hours
            && Number(text, 10, 2, 0) is { } minutes
            && Number(text, 12, 2, 0) is { } seconds
            && Number(text, 15, 6, 0) is { } microseconds
            ? new TimeSpan(days, hours, minutes, seconds) + TimeSpan.FromTicks(microseconds * 10L)
            : null;

    private static int? Number(string text, int start, int length, int least)
    {
        var digits = text.Substring(start, length);
        return digits.IndexOf('*') >= 0 ? least
            : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : null;
    }
}
