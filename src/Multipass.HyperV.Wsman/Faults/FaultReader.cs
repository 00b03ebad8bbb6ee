using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Wsman.Faults;

/// <summary>Reads faults of any service: what WMI said is nearest to the truth, then what OMI said, then WinRM's number, then the protocol's code.</summary>
internal static class FaultReader
{
    /// <summary>What WMI's errors mean in CIM's terms.</summary>
    private static readonly Dictionary<int, CimStatus> Statuses = new()
    {
        [WbemError.NotFound] = CimStatus.NotFound,
        [WbemError.AccessDenied] = CimStatus.AccessDenied,
        [WbemError.InvalidParameter] = CimStatus.InvalidParameter,
        [WbemError.InvalidObjectPath] = CimStatus.InvalidParameter,
        [WbemError.InvalidNamespace] = CimStatus.InvalidNamespace,
        [WbemError.InvalidClass] = CimStatus.InvalidClass,
        [WbemError.InvalidQuery] = CimStatus.InvalidQuery,
        [WbemError.InvalidMethod] = CimStatus.MethodNotFound,
        [WbemError.ShuttingDown] = CimStatus.ServerIsShuttingDown,
    };

    /// <summary>What WinRM's numbers mean; the numbers are those of <see cref="FaultKind"/> and wsmerror.h.</summary>
    private static readonly Dictionary<uint, (CimStatus Status, int HResult)> Codes = new()
    {
        [5] = (CimStatus.AccessDenied, WbemError.AccessDenied),
        [FaultKind.TimedOut.Code] = (CimStatus.Failed, WbemError.TimedOut),
        [FaultKind.ActionNotSupported.Code] = (CimStatus.MethodNotFound, WbemError.InvalidMethod),
        [FaultKind.InvalidSelectors.Code] = (CimStatus.InvalidParameter, WbemError.InvalidObjectPath),
        [FaultKind.InvalidParameter.Code] = (CimStatus.InvalidParameter, WbemError.InvalidParameter),

        // WinRM says so of a namespace or class that does not exist; for Hyper-V's that is the namespace.
        [FaultKind.CannotProcessFilter.Code] = (CimStatus.InvalidNamespace, WbemError.InvalidNamespace),

        // RESOURCE_NOT_FOUND, UNEXPECTED_SELECTORS, INSUFFICIENT_SELECTORS, WMI_CANNOT_CONNECT_ACCESS_DENIED, WMI_PROVIDER_ACCESS_DENIED, WMI_SVC_ACCESS_DENIED.
        [2150858752] = (CimStatus.NotFound, WbemError.NotFound),
        [2150858843] = (CimStatus.InvalidParameter, WbemError.InvalidObjectPath),
        [2150858842] = (CimStatus.InvalidParameter, WbemError.InvalidObjectPath),
        [2150859014] = (CimStatus.AccessDenied, WbemError.AccessDenied),
        [2150859013] = (CimStatus.AccessDenied, WbemError.AccessDenied),
        [2150859012] = (CimStatus.AccessDenied, WbemError.AccessDenied),
    };

    private static readonly Dictionary<string, (CimStatus Status, int HResult)> Subcodes = new(StringComparer.Ordinal)
    {
        ["AccessDenied"] = (CimStatus.AccessDenied, WbemError.AccessDenied),
        ["ActionNotSupported"] = (CimStatus.MethodNotFound, WbemError.InvalidMethod),
        ["CannotProcessFilter"] = (CimStatus.InvalidQuery, WbemError.InvalidQuery),
        ["DestinationUnreachable"] = (CimStatus.NotFound, WbemError.NotFound),
        ["InvalidSelectors"] = (CimStatus.InvalidParameter, WbemError.InvalidObjectPath),
        ["InvalidParameter"] = (CimStatus.InvalidParameter, WbemError.InvalidParameter),
        ["TimedOut"] = (CimStatus.Failed, WbemError.TimedOut),
    };

    /// <summary>Reads a fault.</summary>
    /// <param name="fault">The SOAP fault.</param>
    public static CimFault Read(XElement fault)
    {
        var wmi = Find(fault, "MSFT_WmiError");
        var omi = Find(fault, "OMI_Error");
        var reason = Text(wmi, "Message") ?? Text(omi, "Message") ?? Reason(fault);
        if (wmi is not null)
        {
            var hresult = Number(Text(wmi, "HRESULT")) ?? Number(Text(wmi, "error_Code")) ?? Identifier(Text(wmi, "MessageID")) ?? 0;
            return FromWmi(hresult, Number(Text(wmi, "CIMStatusCode")), reason);
        }

        if (Number(Text(omi, "CIMStatusCode")) is { } status and > 0)
        {
            return new CimFault((CimStatus)status, 0, reason);
        }

        var code = fault.Descendants(WsmanNames.MicrosoftFault + "WSManFault").Select(found => Number(found.Attribute("Code")?.Value)).FirstOrDefault(found => found is not null);
        if (code is { } number && (Codes.TryGetValue(unchecked((uint)number), out var known) || Known(number, out known)))
        {
            return new CimFault(known.Status, known.HResult, reason);
        }

        return Subcodes.TryGetValue(Subcode(fault), out var named)
            ? new CimFault(named.Status, named.HResult, reason)
            : new CimFault(CimStatus.Failed, code ?? WbemError.Failed, reason);
    }

    /// <summary>The protocol's subcode without its prefix; empty when there is none.</summary>
    public static string Subcode(XElement fault)
    {
        var value = fault.Element(WsmanNames.Soap + "Code")?.Element(WsmanNames.Soap + "Subcode")?.Element(WsmanNames.Soap + "Value")?.Value.Trim() ?? string.Empty;
        return value[(value.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>A WinRM number in place of an HRESULT is not WMI's word, and is read as such a number; of several errors that it stands for, the status tells which.</summary>
    private static CimFault FromWmi(int hresult, int? status, string reason)
    {
        var isWinrm = Codes.TryGetValue(unchecked((uint)hresult), out var known);
        if (status is null or (int)CimStatus.Failed && (isWinrm || Known(hresult, out known)))
        {
            return new CimFault(known.Status, known.HResult, reason);
        }

        var said = (CimStatus)(status ?? (int)CimStatus.Failed);
        var own = Statuses.Where(row => row.Value == said).Select(row => row.Key).DefaultIfEmpty(hresult).First();
        return new CimFault(said, isWinrm ? own : hresult, reason);
    }

    /// <summary>The number in <c>HRESULT 0x8004100e</c>.</summary>
    private static int? Identifier(string? text)
        => text is not null
            && text.LastIndexOf("0x", StringComparison.OrdinalIgnoreCase) is >= 0 and var at
            && uint.TryParse(text.AsSpan(at + 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? unchecked((int)number) : null;

    private static bool Known(int hresult, out (CimStatus Status, int HResult) known)
    {
        known = (Statuses.TryGetValue(hresult, out var status) ? status : CimStatus.Failed, hresult);
        return Statuses.ContainsKey(hresult) || WbemError.IsTransient(hresult);
    }

    private static string Reason(XElement fault)
    {
        var reason = fault.Element(WsmanNames.Soap + "Reason")?.Element(WsmanNames.Soap + "Text")?.Value.Trim();
        var message = Find(fault, "Message")?.Value.Trim();
        return !string.IsNullOrEmpty(reason) ? reason : !string.IsNullOrEmpty(message) ? message : "The host answered with a fault that says nothing.";
    }

    private static XElement? Find(XElement fault, string name) => fault.Descendants().FirstOrDefault(element => element.Name.LocalName == name);

    private static string? Text(XElement? parent, string name)
        => parent?.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value is { } text && text.Trim().Length > 0 ? text.Trim() : null;

    /// <summary>A number as signed or unsigned 32 bits.</summary>
    private static int? Number(string? text)
        => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number is >= int.MinValue and <= uint.MaxValue ? unchecked((int)number) : null;
}
