using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Torture.Worlds.Plan;

/// <summary>Everything that makes a world, as data: what there is, what the user does, and what befalls him meanwhile. A plan runs the same way every time.</summary>
internal sealed record WorldPlan(long Seed)
{
    public IReadOnlyList<HostPlan> Hosts { get; init; } = Array.Empty<HostPlan>();

    public IReadOnlyList<MachinePlan> Machines { get; init; } = Array.Empty<MachinePlan>();

    public IReadOnlyList<StepPlan> Steps { get; init; } = Array.Empty<StepPlan>();

    public IReadOnlyList<EventPlan> Events { get; init; } = Array.Empty<EventPlan>();

    public IReadOnlyList<CallPlan> Calls { get; init; } = Array.Empty<CallPlan>();

    public IReadOnlyList<RowPlan> Rows { get; init; } = Array.Empty<RowPlan>();
}

/// <summary>A host.</summary>
internal sealed record HostPlan
{
    public string Name { get; init; } = string.Empty;

    public int MemoryMB { get; init; } = 16384;

    public int JobMilliseconds { get; init; } = 300;

    public int LagMilliseconds { get; init; }

    public bool JobCancellable { get; init; } = true;

    public bool AcceptsPowerOffWhileStarting { get; init; }

    /// <summary>How long a call takes, there and back.</summary>
    public int CallMilliseconds { get; init; } = 20;

    /// <summary>How much longer single calls take; they take turns.</summary>
    public int JitterMilliseconds { get; init; }

    /// <summary>How far the host's clock is ahead of ours.</summary>
    public int ClockAheadSeconds { get; init; }

    /// <summary>The connection does not give up a call although it is told to.</summary>
    public bool IgnoresCancellation { get; init; }
}

/// <summary>A virtual machine.</summary>
internal sealed record MachinePlan
{
    public int Host { get; init; }

    public string Name { get; init; } = string.Empty;

    public Guid Id { get; init; }

    public MachineState State { get; init; }

    public int MemoryMB { get; init; } = 1024;

    public int BootMilliseconds { get; init; } = 1500;

    public int ShutdownMilliseconds { get; init; } = 800;

    public GuestKind Guest { get; init; }

    public bool HasAddress { get; init; } = true;

    public IReadOnlyList<JobPlan> Jobs { get; init; } = Array.Empty<JobPlan>();
}

/// <summary>How a guest takes a request to shut down.</summary>
internal enum GuestKind
{
    Answers,
    Ignores,
    NotReady,
}

/// <summary>What goes wrong with a request to a virtual machine: the next one of its kind, whoever sends it.</summary>
internal sealed record JobPlan(JobOf Of, JobFate Fate)
{
    public int AfterMilliseconds { get; init; }

    public int Times { get; init; } = 1;
}

internal enum JobOf
{
    Start,
    Shutdown,
    TurnOff,
    Save,
    Resume,
    Restart,
}

internal enum JobFate
{
    OutOfMemory,
    DiskInUse,
    HostDiskFull,
    WithoutText,
    Unexplained,
    RefusedInvalidState,
    RefusedAccess,
    RefusedNotSupported,
    NeverEnds,
    JobLost,
    CrashAfterSuccess,
    GuestNotReady,
    ConnectionDropped,
    AnswerLate,
    Cancelled,
}

/// <summary>What a user does.</summary>
internal enum StepKind
{
    Start,
    Resume,
    Shutdown,
    TurnOff,
    Save,
    Reboot,
    Reset,
    Wait,
    Repair,
}

/// <summary>What a guest is wanted to show.</summary>
[Flags]
internal enum Wanted
{
    Nothing = 0,
    Running = 1,
    Heartbeat = 2,
    Address = 4,
}

/// <summary>One command of the user's.</summary>
internal sealed record StepPlan(StepKind Kind)
{
    /// <summary>The machines that are meant, by their place in the plan.</summary>
    public IReadOnlyList<int> Machines { get; init; } = Array.Empty<int>();

    public int TimeoutSeconds { get; init; } = 300;

    public bool NoWait { get; init; }

    public bool Force { get; init; }

    public bool Discards { get; init; }

    public bool RollsBack { get; init; } = true;

    public Wanted WaitFor { get; init; }

    /// <summary>The states that a Wait ends in.</summary>
    public IReadOnlyList<MachineState> States { get; init; } = Array.Empty<MachineState>();

    /// <summary>The final instance is to be complete: -PassThru.</summary>
    public bool ReadsAll { get; init; }

    /// <summary>How long a prompt stands between listing and operation.</summary>
    public int PromptMilliseconds { get; init; }

    /// <summary>When the user presses Ctrl+C, counted from the operation's beginning; null for never.</summary>
    public int? CancelMilliseconds { get; init; }

    /// <summary>How long the user does nothing before this.</summary>
    public int PauseMilliseconds { get; init; }
}

/// <summary>What somebody or something else does.</summary>
internal enum EventKind
{
    /// <summary>Somebody requests a state; the argument is its number.</summary>
    Request,

    /// <summary>Somebody asks the latest job to terminate, or kills it; the argument is 4 or 5.</summary>
    EndJob,

    EndWorker,
    Delete,
    Rename,

    /// <summary>Somebody deletes it and makes another of that name, with the state that the argument tells.</summary>
    MakeAnew,

    /// <summary>vmms restarts; the argument is how long it is away, in milliseconds.</summary>
    ServiceRestart,

    /// <summary>Somebody sets the wall clock of the user's computer; the argument is by how many seconds.</summary>
    WallClockSet,

    /// <summary>The user's computer sleeps: hosts go on, and its monotonic clock does not. The argument is for how many seconds.</summary>
    Sleep,
}

/// <summary>One event.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Step">During which step.</param>
/// <param name="AtMilliseconds">When, counted from the step's listing.</param>
internal sealed record EventPlan(EventKind Kind, int Step, int AtMilliseconds)
{
    public int Machine { get; init; }

    public int Host { get; init; }

    public int Argument { get; init; }
}

/// <summary>Which calls something befalls.</summary>
internal enum CallsOf
{
    /// <summary>Every reading.</summary>
    Readings,
    MachineReadings,
    JobReadings,
    GuestReadings,
    OtherReadings,

    /// <summary>What changes something.</summary>
    Requests,
}

/// <summary>What befalls calls.</summary>
internal enum CallFate
{
    /// <summary>0x8000FFFF.</summary>
    Unexpected,

    /// <summary>WBEM_E_FAILED.</summary>
    Failed,

    Denied,

    /// <summary>The RPC server is unavailable.</summary>
    Unavailable,

    /// <summary>No rows, and no fault.</summary>
    Empty,

    /// <summary>The answer is late.</summary>
    Late,

    /// <summary>No answer ever.</summary>
    Silent,

    /// <summary>The host does what was asked, and the answer is lost.</summary>
    AnswerLost,

    /// <summary>The host's answer to a request tells of no job, and says that all is done.</summary>
    NoJob,

    /// <summary>The connection throws what no connection should.</summary>
    Exception,
}

/// <summary>What befalls calls to a host.</summary>
/// <param name="Of">Which calls.</param>
/// <param name="Fate">What befalls them.</param>
/// <param name="Step">During which step.</param>
internal sealed record CallPlan(CallsOf Of, CallFate Fate, int Step)
{
    public int Host { get; init; }

    /// <summary>So many such calls pass first.</summary>
    public int Skip { get; init; }

    /// <summary>So many are struck.</summary>
    public int Times { get; init; } = 1;

    /// <summary>If not zero: all are struck from the first one on, for so long.</summary>
    public int ForMilliseconds { get; init; }

    /// <summary>How late the answer is.</summary>
    public int DelayMilliseconds { get; init; }
}

/// <summary>What is wrong with rows.</summary>
internal enum RowFate
{
    UptimeMissing,
    UptimeAbsurd,
    UptimeText,
    StateMissing,
    StateText,
    StateUnheardOf,
    StatusMissing,
    StatusText,
    HealthAbsurd,
    RequestedMissing,
    NameEmpty,
    NameMissing,
    ProcessAbsurd,
    Twice,
    IdInLowerCase,
    JobStateMissing,
    JobErrorMissing,
    JobPercentAbsurd,
    JobTimesMissing,
    JobCancellableMissing,
}

/// <summary>Rows of a machine, or of its jobs, that are not as they should be.</summary>
/// <param name="Fate">What is wrong.</param>
/// <param name="Step">During which step.</param>
internal sealed record RowPlan(RowFate Fate, int Step)
{
    public int Machine { get; init; }

    public int FromMilliseconds { get; init; }

    /// <summary>For how many rows.</summary>
    public int Times { get; init; } = 1;
}
