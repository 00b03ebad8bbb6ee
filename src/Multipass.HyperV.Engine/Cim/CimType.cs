namespace Multipass.HyperV.Cim;

/// <summary>CIM's types (DSP0004). A datetime holds a moment or an interval; its value tells which.</summary>
internal enum CimType
{
    Boolean,
    UInt8,
    SInt8,
    UInt16,
    SInt16,
    UInt32,
    SInt32,
    UInt64,
    SInt64,
    Real32,
    Real64,
    Char16,
    String,
    DateTime,
    Reference,
    Instance,
}
