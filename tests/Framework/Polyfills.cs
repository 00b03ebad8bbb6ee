using System;
using System.Text;
using System.Text.RegularExpressions;

namespace Multipass.HyperV;

/// <summary>What the linked tests use and neither .NET Framework nor the package Polyfill has.</summary>
internal static class Polyfills
{
    extension(DateTimeOffset)
    {
        public static DateTimeOffset UnixEpoch => new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    extension(ArgumentNullException)
    {
        public static void ThrowIfNull(object? argument)
        {
            if (argument is null)
            {
                throw new ArgumentNullException();
            }
        }
    }

    extension(TimeSpan)
    {
        public static TimeSpan operator *(int factor, TimeSpan span) => TimeSpan.FromTicks(span.Ticks * factor);

        public static TimeSpan operator /(TimeSpan span, int divisor) => TimeSpan.FromTicks(span.Ticks / divisor);
    }

    extension(GC)
    {
        /// <summary>.NET Framework does not count what is allocated; what lives is less, and shows large arrays all the same.</summary>
        public static long GetTotalAllocatedBytes() => GC.GetTotalMemory(forceFullCollection: false);
    }

    public static string Replace(this string text, string old, string replacement, StringComparison comparison)
        => comparison == StringComparison.Ordinal
            ? text.Replace(old, replacement)
            : Regex.Replace(text, Regex.Escape(old), replacement.Replace("$", "$$"), comparison == StringComparison.OrdinalIgnoreCase ? RegexOptions.IgnoreCase | RegexOptions.CultureInvariant : throw new ArgumentOutOfRangeException(nameof(comparison)));

    public static StringBuilder Append(this StringBuilder text, IFormatProvider provider, FormattableString formattable) => text.Append(formattable.ToString(provider));
}
