using System;

namespace Multipass.HyperV.Cim;

/// <summary>CIM's status codes (DSP0223, as the MI API numbers them in <c>MI_Result</c>).</summary>
public enum CimStatus
{
    /// <summary>A general error; the HRESULT says more.</summary>
    Failed = 1,

    /// <summary>The caller has no rights.</summary>
    AccessDenied = 2,

    /// <summary>There is no such namespace.</summary>
    InvalidNamespace = 3,

    /// <summary>A parameter is wrong.</summary>
    InvalidParameter = 4,

    /// <summary>There is no such class.</summary>
    InvalidClass = 5,

    /// <summary>There is no such instance.</summary>
    NotFound = 6,

    /// <summary>The host cannot do this.</summary>
    NotSupported = 7,

    /// <summary>There is no such property.</summary>
    NoSuchProperty = 12,

    /// <summary>The query cannot be understood.</summary>
    InvalidQuery = 15,

    /// <summary>The method cannot be called.</summary>
    MethodNotAvailable = 16,

    /// <summary>There is no such method.</summary>
    MethodNotFound = 17,

    /// <summary>The server is ending.</summary>
    ServerIsShuttingDown = 28,
}

/// <summary>Why a call failed, in CIM's terms.</summary>
/// <param name="Status">The CIM status.</param>
/// <param name="HResult">The HRESULT that came with it; zero when none did.</param>
/// <param name="Message">The host's or the transport's text, in whatever language; for people, never for decisions.</param>
public sealed record CimFault(CimStatus Status, int HResult, string Message)
{
    /// <summary>True when the call may have failed for a reason that passes, or on the way: a later call may be answered.</summary>
    public bool IsTransient => Status == CimStatus.ServerIsShuttingDown || Cim.WbemError.IsTransient(HResult);

    /// <summary>True when the connection broke or did not answer: whether the host did what was asked is not known.</summary>
    public bool IsConnectionLost => Cim.WbemError.IsConnectionLost(HResult);
}

/// <summary>A call that the host refused, or that never reached it.</summary>
public sealed class CimFaultException : Exception
{
    /// <summary>Creates the exception for a fault.</summary>
    public CimFaultException(CimFault fault)
        : base(fault?.Message) => Fault = fault ?? throw new ArgumentNullException(nameof(fault));

    /// <summary>Creates the exception for a fault that another exception told of.</summary>
    public CimFaultException(CimFault fault, Exception innerException)
        : base(fault?.Message, innerException) => Fault = fault ?? throw new ArgumentNullException(nameof(fault));

    /// <summary>Why the call failed.</summary>
    public CimFault Fault { get; }
}
