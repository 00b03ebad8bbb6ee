using System.Globalization;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Faults;

/// <summary>The faults that calls end in.</summary>
internal static class CallFaults
{
    public static CimFault Of(FaultKind kind)
        => new(kind.CallStatus, unchecked((int)kind.HResult), string.Format(CultureInfo.InvariantCulture, "The call failed: {0} (0x{1:X8}).", kind.Name, kind.HResult));
}
