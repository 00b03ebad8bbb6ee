using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Cim;

/// <summary>The one way to ask anything of a host: Hyper-V, its memory, files, services and neighbours. Implemented by every transport and by the simulated host.</summary>
/// <remarks>
/// A call that the host refuses ends in a <see cref="CimFaultException"/>. An implementation does not retry and does not remember.
/// It may be called from several threads at once.
/// </remarks>
public interface ICimConnection : IDisposable
{
    /// <summary>The host that answers.</summary>
    CimHost Host { get; }

    /// <summary>Instances of a class, as they are now. No rights may show as no rows, without a fault: that is how WMI behaves.</summary>
    /// <param name="query">What to select.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken);

    /// <summary>One instance, by its keys.</summary>
    /// <param name="path">The instance's path, as a query or a method returned it, or built from its keys.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken);

    /// <summary>Invokes a method of an instance.</summary>
    /// <param name="path">The instance.</param>
    /// <param name="method">The method's name in the class.</param>
    /// <param name="parameters">In-parameters by name, in CIM's types; what is left out is null.</param>
    /// <param name="cancellationToken">Abandons the call; the host may go on with it.</param>
    Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken);
}
