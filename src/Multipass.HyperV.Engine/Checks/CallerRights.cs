using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Checks;

/// <summary>What the caller's account may do in Hyper-V's namespace, asked of WMI itself: any account that may read may ask that, and it changes nothing.</summary>
internal static class CallerRights
{
    /// <summary><c>WBEM_METHOD_EXECUTE</c> (wbemcli.h; GetCallerAccessRights method of the __SystemSecurity class).</summary>
    private const long MethodExecute = 2;

    private static readonly CimPath Path = new(CimNames.Virtualization, CimNames.SystemSecurity);

    private static readonly Dictionary<string, object?> NoParameters = new();

    /// <summary>Whether methods may be called, which is how everything is changed; null when the host does not tell.</summary>
    public static async Task<bool?> MayChangeAsync(HostSession session, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            var result = await session.InvokeAsync(Path, CimNames.GetCallerAccessRights, NoParameters, deadline, cancellationToken).ConfigureAwait(false);
            return result.Out.Number("rights") is { } rights ? (rights & MethodExecute) != 0 : null;
        }
        catch (CimFaultException)
        {
            return null;
        }
    }
}
