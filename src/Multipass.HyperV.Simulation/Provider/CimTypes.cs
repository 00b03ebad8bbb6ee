using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>Which values are of a type of CIM's.</summary>
internal static class CimTypes
{
    private static readonly Dictionary<CimType, Type[]> Types = new()
    {
        [CimType.Boolean] = new[] { typeof(bool) },
        [CimType.UInt8] = new[] { typeof(byte) },
        [CimType.SInt8] = new[] { typeof(sbyte) },
        [CimType.UInt16] = new[] { typeof(ushort) },
        [CimType.SInt16] = new[] { typeof(short) },
        [CimType.UInt32] = new[] { typeof(uint) },
        [CimType.SInt32] = new[] { typeof(int) },
        [CimType.UInt64] = new[] { typeof(ulong) },
        [CimType.SInt64] = new[] { typeof(long) },
        [CimType.Real32] = new[] { typeof(float) },
        [CimType.Real64] = new[] { typeof(double) },
        [CimType.Char16] = new[] { typeof(char) },
        [CimType.String] = new[] { typeof(string) },
        [CimType.DateTime] = new[] { typeof(DateTimeOffset), typeof(TimeSpan) },
        [CimType.Reference] = new[] { typeof(CimPath) },
        [CimType.Instance] = new[] { typeof(CimRecord) },
    };

    /// <summary>True for whole numbers.</summary>
    public static bool IsInteger(CimType type) => type is >= CimType.UInt8 and <= CimType.SInt64;

    /// <summary>Whether a value is of a type, exactly: a provider does not widen numbers. A datetime takes moments and intervals.</summary>
    public static bool Fits(CimElement element, object value)
        => element.IsArray ? value is Array array && array.Cast<object?>().All(item => item is not null && IsOf(element.Type, item)) : IsOf(element.Type, value);

    private static bool IsOf(CimType type, object value) => Types[type].Contains(value.GetType());
}
