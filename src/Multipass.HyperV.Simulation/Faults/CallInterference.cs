using System;
using System.Globalization;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.Provider;

namespace Multipass.HyperV.Simulation.Faults;

/// <summary>What befalls one call, whatever it is about: for tests that strike at every call in turn.</summary>
internal sealed record CallInterference
{
    /// <summary>The fault that the caller gets instead of the answer.</summary>
    public CimFault? Fault { get; init; }

    /// <summary>With a <see cref="Fault"/>: the host does what was asked, and only its answer is lost.</summary>
    public bool IsCarriedOut { get; init; }

    /// <summary>The answer is so late.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>vmms restarts just before the call, and is away for so long.</summary>
    public TimeSpan? Outage { get; init; }

    /// <summary>The connection breaks before the call gets through.</summary>
    public static CallInterference Lost { get; } = new() { Fault = new CimFault(CimStatus.Failed, WbemError.RpcServerUnavailable, "The RPC server is unavailable.") };

    /// <summary>The connection breaks before the answer gets through.</summary>
    public static CallInterference AnswerLost { get; } = new()
    {
        Fault = new CimFault(CimStatus.Failed, WbemError.RpcCallFailed, "The remote procedure call failed."), IsCarriedOut = true,
    };

    /// <summary>The caller has no rights.</summary>
    public static CallInterference Denied { get; } = new() { Fault = new CimFault(CimStatus.AccessDenied, WbemError.AccessDenied, "Access was denied.") };

    /// <summary>The answer as the caller gets it.</summary>
    /// <param name="carryOut">What the host does when it is asked.</param>
    public Answer<T> Apply<T>(Func<Answer<T>> carryOut)
        where T : class
    {
        var answer = Fault is null || IsCarriedOut ? carryOut() : null;
        if (Fault is not null)
        {
            return new Answer<T>(null, Fault, Delay, string.Format(CultureInfo.InvariantCulture, "{0} 0x{1:X8}", Fault.Status, Fault.HResult), answer?.Instance);
        }

        return answer! with { Delay = Delay > answer.Delay ? Delay : answer.Delay };
    }
}
