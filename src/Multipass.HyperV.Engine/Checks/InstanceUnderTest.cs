using System;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Checks;

/// <summary>Everything that was read about one instance and its host. Null is "could not be told", never "no".</summary>
internal sealed record InstanceUnderTest(MpInstance Instance)
{
    /// <summary>The same facts that are looked up after a failure, so that both say the same.</summary>
    public HostFacts Facts { get; init; } = HostFacts.None;

    /// <summary>The facts as the failure of a start would be judged by them.</summary>
    public FailureCase Case => new(FailureEvidence.None, Facts);

    /// <summary>The host stopped answering while it was asked; null when it did not.</summary>
    public CimFault? Lost { get; init; }

    /// <summary>The account that the host sees; null when it is not known.</summary>
    public string? Account { get; init; }

    /// <summary>Memory that Windows itself has free, in MB: not what Hyper-V goes by, but better than nothing.</summary>
    public long? FreeMegabytes { get; init; }

    /// <summary>A job that is under way for it.</summary>
    public MachineJob? Job { get; init; }

    /// <summary>The last operation that failed.</summary>
    public MpFailure? LastFailure { get; init; }

    public MpInstanceState State => Instance.State;

    /// <summary>Known to Hyper-V.</summary>
    public bool IsOnHost => Instance.Id != Guid.Empty;

    /// <summary>A start would power it on, and so needs memory, files and a switch.</summary>
    public bool NeedsPower => IsOnHost && State is MpInstanceState.Stopped or MpInstanceState.Suspended;

    /// <summary>A start would send a request.</summary>
    public bool NeedsRequest => NeedsPower || (IsOnHost && State == MpInstanceState.Paused);
}
