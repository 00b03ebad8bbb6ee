using System.Collections.Generic;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Faults;

/// <summary>What a fault is waiting for.</summary>
internal enum FaultOperation
{
    /// <summary>Request 2 to a virtual machine that is off or saved.</summary>
    Start,

    /// <summary>Request 4, or the guest's shutdown component.</summary>
    Shutdown,

    /// <summary>Request 3; from saved state that discards it.</summary>
    TurnOff,

    /// <summary>Request 6.</summary>
    Save,

    /// <summary>Request 2 to a virtual machine that is paused.</summary>
    Resume,

    /// <summary>Request 11, or a reboot through the guest's shutdown component.</summary>
    Restart,

    /// <summary>A query whose answer would include rows of the instance.</summary>
    Query,

    /// <summary>One instance read by its path.</summary>
    Get,

    /// <summary>The virtual machine or one of its jobs read by key, after a change was requested of it.</summary>
    Poll,
}

/// <summary>When a fault strikes.</summary>
internal enum FaultStage
{
    /// <summary>The call is refused, or its answer goes wrong.</summary>
    Request,

    /// <summary>The request is accepted, and its job goes wrong.</summary>
    Job,

    /// <summary>The job succeeds, and then it goes wrong.</summary>
    AfterSuccess,
}

/// <summary>What a fault does.</summary>
internal enum FaultEffect
{
    /// <summary>The operation fails with the kind's codes.</summary>
    Fail,

    /// <summary>The host answers what the fault says, in raw numbers and texts.</summary>
    Raw,
    NeverEnds,
    JobLost,
    ConnectionDropped,
    AnswerLate,
    VmmsRestart,
    CrashAfterSuccess,
}

/// <summary>One row of <see cref="FaultKinds"/>.</summary>
/// <param name="Name">The name in scenarios; for causes that of the catalogue of failures.</param>
/// <param name="Effect">What it does.</param>
/// <param name="Stages">The stages it can strike at; the first one is the default.</param>
internal sealed record FaultKind(string Name, FaultEffect Effect, params FaultStage[] Stages)
{
    /// <summary>At the request: what the method returns. Null when the call itself ends in <see cref="CallStatus"/>.</summary>
    public uint? ReturnValue { get; init; }

    /// <summary>The CIM status of a call that ends in a fault.</summary>
    public CimStatus CallStatus { get; init; } = CimStatus.Failed;

    /// <summary>True when reading can fail in this way too.</summary>
    public bool AppliesToReading { get; init; }

    /// <summary>In the job: the state that it ends in.</summary>
    public ushort JobState { get; init; } = Cim.JobState.Exception;

    /// <summary>In the job: <c>ErrorCode</c>.</summary>
    public ushort JobErrorCode { get; init; } = (ushort)Cim.ReturnValue.Failed;

    /// <summary>The HRESULT in the job's texts and of a call's fault; zero when there is none.</summary>
    public uint HResult { get; init; }

    /// <summary>Whether the failed job carries texts; <see cref="JobTexts"/> has them under the kind's name.</summary>
    public bool HasText { get; init; } = true;

    /// <summary>The device that its texts name, by its id; null for the controller of the disks.</summary>
    public System.Func<World.VirtualMachine, string>? Device { get; init; }

    /// <summary>The event that the host logs when it strikes; zero when none is known.</summary>
    public int EventId { get; init; }

    /// <summary><c>HealthState</c> that the virtual machine shows from then on; null when it does not change.</summary>
    public ushort? HealthState { get; init; }

    /// <summary><c>OperationalStatus</c> that it shows from then on; null when it does not change.</summary>
    public IReadOnlyList<ushort>? OperationalStatus { get; init; }

    /// <summary>The operations that it makes sense for; null for all that its other columns allow.</summary>
    public IReadOnlyList<FaultOperation>? Operations { get; init; }

    /// <summary><c>afterMilliseconds</c> when it is not given; null when that means the host's own pace.</summary>
    public int? DefaultAfterMilliseconds { get; init; }
}
