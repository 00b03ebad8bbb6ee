using System;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>The kinds of values, and CIM's types of them.</summary>
internal static class CimKinds
{
    /// <summary>The kind of a type of the class reference.</summary>
    public static CimKind Of(CimType type)
        => type switch
        {
            CimType.Boolean => CimKind.Boolean,
            CimType.UInt8 => CimKind.UInt8,
            CimType.SInt8 => CimKind.SInt8,
            CimType.UInt16 => CimKind.UInt16,
            CimType.SInt16 => CimKind.SInt16,
            CimType.UInt32 => CimKind.UInt32,
            CimType.SInt32 => CimKind.SInt32,
            CimType.UInt64 => CimKind.UInt64,
            CimType.SInt64 => CimKind.SInt64,
            CimType.String => CimKind.Text,
            CimType.DateTime => CimKind.Moment,
            CimType.Reference => CimKind.Reference,
            CimType.Instance => CimKind.Instance,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No class here has properties of this type."),
        };

    /// <summary>The type of a kind.</summary>
    public static CimType TypeOf(CimKind kind)
        => kind switch
        {
            CimKind.Boolean => CimType.Boolean,
            CimKind.UInt8 => CimType.UInt8,
            CimKind.SInt8 => CimType.SInt8,
            CimKind.UInt16 => CimType.UInt16,
            CimKind.SInt16 => CimType.SInt16,
            CimKind.UInt32 => CimType.UInt32,
            CimKind.SInt32 => CimType.SInt32,
            CimKind.UInt64 => CimType.UInt64,
            CimKind.SInt64 => CimType.SInt64,
            CimKind.Text => CimType.String,
            CimKind.Moment or CimKind.Interval => CimType.DateTime,
            CimKind.Reference => CimType.Reference,
            _ => CimType.Instance,
        };

    /// <summary>True for whole numbers.</summary>
    public static bool IsNumber(CimKind kind) => kind is >= CimKind.UInt8 and <= CimKind.SInt64;
}
