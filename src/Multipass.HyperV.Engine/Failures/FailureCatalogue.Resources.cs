using System.Linq;
using static Multipass.HyperV.Failures.FailureCategory;
using static Multipass.HyperV.Failures.FailureStages;

namespace Multipass.HyperV.Failures;

/// <content>What the host does not have, or not enough of.</content>
internal static partial class FailureCatalogue
{
    // 19544 of VMMS-Admin, 3122 and 3030 of Worker-Admin: Microsoft's support articles on starts that lack memory. 32788 (InsufficientResources) comes without any text.
    public static readonly FailureCause OutOfMemory = new(
        "OutOfMemory",
        ResourceUnavailable,
        "the host does not have the memory for it: it wants {lacking}, and the host can give {available}.",
        "Hyper-V could not give it its memory: it wants {wanted}. Now {available} are free.",
        "the host does not have the memory for it.")
    {
        Stages = Request | Job,
        Proofs = new[]
        {
            Proof.HResult(0x8007000E).Unless(Seen.OtherDevice), Proof.Code(32778).Unless(Seen.OtherDevice),
            Proof.Code(32788).When("it wants more memory than the host can give", FactKinds.Memory, failure => failure.Facts.LacksMemory),
            Proof.Event(19544), Proof.Event(3122), Proof.Event(3030), Proof.ProbableCause(33, "Out of Memory"),
        },
        Facts = FactKinds.Memory | FactKinds.MemoryHolders,
        Advice = new Advice[]
        {
            "'{name}' wants {lacking}, the host can give {available}: lower it with `multipass set local.{name}.memory={lower}`, or stop {toFree}. Memory is held by {holders}.",
            "'{name}' wants {lacking}, the host can give {available}: lower it with `multipass set local.{name}.memory={lower}`, or free memory on {host}.",
            "'{name}' wants {lacking}, the host can give {available}: stop {toFree}. Memory is held by {holders}.",
            "'{name}' wants {lacking}, and Hyper-V said that there is not so much: free memory on {host}, or lower it with `multipass set local.{name}.memory=SIZE`.",
            "'{name}' wants {wanted}, and {available} are free now: start it again, memory may have been freed meanwhile. If that does not help, see whether it may have memory of several NUMA nodes (`(Get-VMHost).NumaSpanningEnabled`): if not, one node must have all of it free, and `Set-VMHost -NumaSpanningEnabled $true; Restart-Service vmms` in an elevated prompt on {host} changes that.",
            "Free memory on {host}, or lower what '{name}' wants with `multipass set local.{name}.memory=SIZE`.",
        },
    };

    // 32788 is Microsoft's own WmiErrorCode InsufficientResources (docker/for-win #5945, crc #4648).
    public static readonly FailureCause InsufficientSystemResources = new(
        "InsufficientSystemResources",
        ResourceUnavailable,
        "{host} has run short of resources for it, and does not say of which. It wants {lacking} of memory, and the host can give {available}.",
        "{host} has run short of resources for it, and does not say of which. {memoryThere}.",
        "{host} has run short of system resources for it.")
    {
        Stages = Request | Job,
        Proofs = new[]
        {
            Proof.HResult(0x800705AA).Unless(Seen.OtherDevice),
            Proof.GeneralCode(32788).Unless("it wants more memory than the host can give", FactKinds.Memory, failure => failure.Facts.LacksMemory),
        },
        Facts = FactKinds.Memory | FactKinds.MemoryHolders,
        Advice = new Advice[]
        {
            new(
                "Of the {available} that are free '{name}' wants {wanted}, and Windows needs some for itself: stop {holders}, close programs on {host} that hold much memory, or restart it. Then start '{name}' again; if it stays so, lower its memory with `multipass set local.{name}.memory=SIZE`.",
                context => !context.Facts.LacksMemory),
            "Close programs on {host} that hold much memory, stop {holders}, or restart the host; '{name}' wants {wanted}.",
            "Close programs on {host} that hold much memory, stop other virtual machines, or restart the host.",
        },
    };

    // 0xC035000B, 0xC035001D, 0xC0350073: ERROR_HV_INSUFFICIENT_MEMORY, ERROR_HV_NO_RESOURCES, ERROR_HV_INSUFFICIENT_ROOT_MEMORY (winerror.h).
    public static readonly FailureCause HypervisorResources = new(
        "HypervisorResources",
        ResourceUnavailable,
        "the hypervisor itself has run short of memory or other resources.")
    {
        Stages = Request | Job,
        Proofs = Proof.HResults(0xC035000B, 0xC035001D, 0xC0350073).ToArray(),
        Facts = FactKinds.MemoryHolders,
        Advice = new Advice[]
        {
            "Stop {holders} on {host} and start '{name}' again; if that does not help, restart the host.",
            "Stop other virtual machines on {host} and start '{name}' again; if that does not help, restart the host.",
        },
    };

    // 0xC037001B: no further virtual processor can be added; 0xC0350041: ERROR_HV_INVALID_LP_INDEX, a processor that the host does not have (winerror.h).
    public static readonly FailureCause ProcessorLimit = new(
        "ProcessorLimit",
        InvalidArgument,
        "it has {tooManyProcessors} virtual processors, and {host} has {hostProcessors} logical ones.",
        "it has more virtual processors than the host allows.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0xC037001B), Proof.HResult(0xC0350041) },
        Facts = FactKinds.Devices | FactKinds.Computer,
        Advice = new Advice[]
        {
            new(
                "'{name}' has {processors} virtual processors, {host} has {hostProcessors} logical ones: give it fewer with `multipass set local.{name}.cpus={fewerProcessors}`.",
                context => context.Facts.Processors > 1,
                "the host says how many it has"),
            "Give it fewer processors with `multipass set local.{name}.cpus=COUNT`, at most as many as {host} has.",
        },
    };

    public static readonly FailureCause NumaMismatch = new(
        "NumaMismatch",
        InvalidArgument,
        "it wants {numaLacking} of memory, no NUMA node of {host} has more than {numaMost} free, and it may not have that of several.",
        "its NUMA settings do not fit the NUMA nodes of {host}.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0xC037000F) }
            .Concat(new[] { Proof.HResult(0x8007000E), Proof.Code(32778), Proof.Code(32788) }
                .Select(proof => proof.When("no NUMA node has so much memory, and it may not have that of several", FactKinds.Numa | FactKinds.Memory, failure => failure.Facts.LacksNumaMemory && !failure.Facts.LacksMemory)))
            .ToArray(),
        Facts = FactKinds.MemorySettings,
        Advice = new Advice[]
        {
            "Let it span NUMA nodes on {host}, in an elevated prompt: `Set-VMHost -NumaSpanningEnabled $true; Restart-Service vmms`. Or give '{name}' less memory, it wants {numaLacking} and a node has {numaMost}: `multipass set local.{name}.memory=SIZE`.",
            "Let it span NUMA nodes on {host}, in an elevated prompt: `Set-VMHost -NumaSpanningEnabled $true; Restart-Service vmms`. Or give '{name}' less memory, it wants {wanted}, and fewer processors: `multipass set local.{name}.memory=SIZE` and `multipass set local.{name}.cpus=COUNT`.",
            "Let it span NUMA nodes on {host}, in an elevated prompt: `Set-VMHost -NumaSpanningEnabled $true; Restart-Service vmms`. Or give '{name}' less memory and fewer processors: `multipass set local.{name}.memory=SIZE` and `multipass set local.{name}.cpus=COUNT`.",
        },
    };

    // 16060 of VMMS-Admin: paused because the volume is full. HealthState 20 and OperationalStatus 5: Msvm_ComputerSystem class page.
    public static readonly FailureCause HostDiskFull = new(
        "HostDiskFull",
        ResourceUnavailable,
        "the volume {volume} of {host} is full: {free} are free.",
        "Hyper-V found a volume of {host} full. Now there is room again on {roomy}: it was that one for a moment, or it is another.",
        "a volume of {host} is full.")
    {
        Stages = Request | Job,
        Proofs = new[]
        {
            Proof.HResult(0x80070070),
            Proof.Event(16060),
            Proof.ProbableCause(50, "Storage Capacity Problem"),
            Proof.Fact("HealthState is 20, or OperationalStatus 5: low on disk space", FactKinds.None, failure => failure.Facts.IsLowOnDisk),
        },
        Facts = FactKinds.Volumes | FactKinds.MemorySettings,
        Advice = new Advice[]
        {
            "Free space on {volume} of {host}: {free} are free, and '{name}' needs {wanted} there for a file of the size of its memory, and what its disk grows by. Then start it again.",
            "Start it again. If that fails too, see where '{name}' has its disks, checkpoints and saved state (`Get-VM -Name {argument} | Format-List *Location, *Path*`), and free space on that volume of {host}: it needs {wanted} there for a file of the size of its memory, and what its disk grows by.",
            "Free space on the volumes of {host} that hold '{name}' and Hyper-V's own files; an instance needs a file of the size of its memory there. Then start it again.",
        },
    };
}
