using System;
using System.Collections.Generic;
using System.Xml.Linq;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Wsman.Faults;

/// <summary>A fault as it travels: who is to blame, what went wrong, and what the provider said.</summary>
/// <param name="Kind">What went wrong, in the protocol's terms.</param>
/// <param name="Reason">For people.</param>
internal sealed record WsmanFault(FaultKind Kind, string Reason)
{
    /// <summary>WinRM's number; that of the kind when nothing more exact is known.</summary>
    public uint Code { get; init; } = Kind.Code;

    /// <summary>One of the protocol's fault details (an address), or null.</summary>
    public string? Detail { get; init; }

    /// <summary>What the CIM provider said, when it was one that failed.</summary>
    public CimFault? Provider { get; init; }

    /// <summary>The headers that were not understood, in a mustUnderstand fault.</summary>
    public IReadOnlyList<XName> NotUnderstood { get; init; } = Array.Empty<XName>();
}

/// <summary>A request that cannot be answered otherwise.</summary>
internal sealed class WsmanFaultException : Exception
{
    public WsmanFaultException(WsmanFault fault)
        : base(fault.Reason) => Fault = fault;

    public WsmanFaultException(FaultKind kind, string reason)
        : this(new WsmanFault(kind, reason))
    {
    }

    public WsmanFault Fault { get; }
}
