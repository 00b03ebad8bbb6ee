using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.World;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>What lives in <c>root/virtualization/v2</c>: virtual machines, their jobs, their integration components. Properties as on the class pages.</summary>
internal static class VirtualizationClasses
{
    /// <summary><c>OperationalStatus</c>: in service, that is processing a request.</summary>
    private const ushort InService = 11;
    private const ushort StatusOk = 2;
    private const ushort WaitingToStart = 32771;
    private const ushort NoContact = 12;
    private const ushort HeartbeatPaused = 15;

    /// <summary>All bits from WBEM_ENABLE to WBEM_REMOTE_ACCESS, READ_CONTROL and WRITE_DAC; and WBEM_ENABLE with WBEM_REMOTE_ACCESS alone (wbemcli.h).</summary>
    private const int AllRights = 0x6003F, ReadingRights = 0x21;

    /// <summary><c>OperationalStatus</c> of a job: completed, and how (recorded 17 with 2; 6, an error, is what CIM's job control profile puts there for a failure).</summary>
    private const ushort Completed = 17, Error = 6;

    /// <summary><c>EnhancedSessionModeState</c>: allowed but not available, and not allowed (class page; recorded 6 on a running machine and 3 on one that is off).</summary>
    private const ushort SessionUnavailable = 6, SessionNotAllowed = 3;

    /// <summary>A FILETIME of zero, which is how the provider writes a moment that never was.</summary>
    internal static readonly DateTimeOffset Never = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ParameterDeclaration[] StateChange = { new("RequestedState", CimType.UInt16, true), new("TimeoutPeriod", CimType.DateTime, false) };

    private static readonly ParameterDeclaration[] GuestRequest = { new("Force", CimType.Boolean, true), new("Reason", CimType.String, true) };

    public static readonly IReadOnlyList<ClassDeclaration> All = new[]
    {
        ComputerSystem(), ConcreteJob(), AffectedJobElement(), SummaryInformation(), ShutdownComponent(), HeartbeatComponent(), ManagementService(), ManagementSettings(), NumaNode(), EthernetSwitch(), SystemSecurity(),
    };

    private static ClassDeclaration ComputerSystem()
        => new ClassBuilder<object>(
                CimNames.Virtualization, CimNames.ComputerSystem, world => new object[] { world }.Concat(world.Machines), row => row as VirtualMachine)
            .FoundBy("Name", (world, value, _) => Paths.Owner(world, value))
            .Key("CreationClassName", (_, _) => CimNames.ComputerSystem)
            .Key("Name", (row, world) => row is VirtualMachine machine ? machine.Key : world.Host.Name)
            .Text("ElementName", (row, world) => row is VirtualMachine machine ? machine.Name : world.Host.Name)
            .Text("Caption", (row, world) => world.Texts.Word(row is VirtualMachine ? "Virtual Machine" : "Hosting Computer System"))
            .Text("Description", (row, world) => world.Texts.Word(row is VirtualMachine ? "Microsoft Virtual Machine" : "Microsoft Hosting Computer System"))
            .Moment("InstallDate", (row, _) => (row as VirtualMachine)?.Created)
            .UInt16s("OperationalStatus", (row, _) => StatusOf(row))
            .Texts("StatusDescriptions", (row, world) => row is VirtualMachine ? DescribeStatus(StatusOf(row), world) : new[] { "OK" })
            .Text("Status", (_, _) => "OK")
            .UInt16("HealthState", (row, _) => row is VirtualMachine machine ? machine.Health : (ushort)5)
            .UInt16("EnabledState", (row, _) => row is VirtualMachine machine ? machine.EnabledState : EnabledState.Enabled)
            .Text("OtherEnabledState", (row, _) => (row as VirtualMachine)?.OtherEnabledState)
            .UInt16("RequestedState", (row, _) => row is VirtualMachine machine ? machine.RequestedState : EnabledState.NoChangeRequested)
            .UInt16("EnabledDefault", (row, _) => row is VirtualMachine { TimeOfLastStateChange: null } ? EnabledState.Disabled : EnabledState.Enabled)
            .Moment("TimeOfLastStateChange", (row, _) => row is VirtualMachine machine ? machine.TimeOfLastStateChange ?? Never : null)
            .UInt16s("AvailableRequestedStates", (_, _) => null)
            .UInt16("TransitioningToState", (_, _) => null)
            .UInt16("ResetCapability", (_, _) => 1)
            .UInt64("OnTimeInMilliseconds", (row, world) => row is VirtualMachine machine ? (ulong)machine.Guest.OnTime(world.Now).TotalMilliseconds : null)
            .UInt32("ProcessID", (row, _) => (row as VirtualMachine)?.WorkerId)
            .Moment("TimeOfLastConfigurationChange", (row, _) => row is VirtualMachine machine ? machine.LastStart ?? machine.Created : null)
            .UInt16("NumberOfNumaNodes", (row, world) => row is VirtualMachine ? (ushort)1 : (ushort)world.Host.NumaNodes)
            .UInt16("EnhancedSessionModeState", (row, _) => row is VirtualMachine machine ? SessionOf(machine) : null)
            .UInt32("HwThreadsPerCoreRealized", (row, _) => row is VirtualMachine { WorkerId: not null } ? 2u : null)
            .UInt16("ReplicationHealth", NoReplication)
            .UInt16("ReplicationMode", NoReplication)
            .UInt16("ReplicationState", NoReplication)
            .UInt16("LastReplicationType", NoReplication)
            .UInt16("FailedOverReplicationType", NoReplication)
            .Moment("LastReplicationTime", (row, _) => row is VirtualMachine ? Never : null)
            .Moment("LastApplicationConsistentReplicationTime", (row, _) => row is VirtualMachine ? Never : null)
            .Method(CimNames.RequestStateChange, true, RequestStateChange, StateChange)
            .Build();

    private static ClassDeclaration ConcreteJob()
        => new ClassBuilder<Job>(CimNames.Virtualization, CimNames.ConcreteJob, world => world.Jobs, job => job.Machine)
            .FoundBy("InstanceID", (world, value, _) => Guid.TryParseExact(value, "D", out var id) ? world.FindJob(id) is { } job ? new[] { job } : Array.Empty<Job>() : null)
            .Key("InstanceID", (job, _) => StableId.Text(job.Id))
            .Text("Caption", (job, world) => world.Texts.Job(job.Transition.JobType).Name)
            .Text("Description", (job, world) => world.Texts.Job(job.Transition.JobType).Description)
            .Text("ElementName", (job, world) => world.Texts.Job(job.Transition.JobType).Name)
            .Text("Name", (job, world) => world.Texts.Job(job.Transition.JobType).Name)
            .UInt16s("OperationalStatus", (job, _) => !job.HasEnded ? new[] { StatusOk } : new[] { Completed, JobState.HasSucceeded(job.State) ? StatusOk : Error })
            .Texts("StatusDescriptions", DescribeJob)
            .Text("Status", (_, _) => "OK")
            .UInt16("HealthState", (_, _) => 5)
            .Moment("InstallDate", (_, _) => Never)
            .UInt32("JobRunTimes", (_, _) => 1)
            .UInt16("JobState", (job, _) => job.State)
            .Text("JobStatus", JobStatus)
            .UInt16("JobType", (job, _) => job.Transition.JobType)
            .UInt16("PercentComplete", (job, world) => (ushort)job.PercentAt(world.Now))
            .UInt16("ErrorCode", (job, _) => job.Result?.ErrorCode ?? 0)
            .Text("ErrorDescription", (job, _) => HasNothingToSay(job) ? string.Empty : job.Result!.Description)
            .Text("ErrorSummaryDescription", (job, _) => HasNothingToSay(job) ? string.Empty : job.Result!.Summary)
            .Moment("TimeSubmitted", (job, _) => WholeSeconds(job.Submitted))
            .Moment("StartTime", (job, _) => WholeSeconds(job.Submitted))
            .Moment("ScheduledStartTime", (job, _) => WholeSeconds(job.Submitted))
            .Moment("UntilTime", (_, _) => null)
            .Moment("TimeOfLastStateChange", (job, _) => WholeSeconds(job.TimeOfLastStateChange))
            .Interval("ElapsedTime", (job, world) => job.ElapsedAt(world.Now))
            .Interval("TimeBeforeRemoval", (_, _) => HostWorld.JobRetention)
            .Flag("DeleteOnCompletion", (_, _) => false)
            .Flag("Cancellable", (job, _) => job.IsCancellable)
            .Text("Owner", (_, world) => world.Account)
            .UInt16("LocalOrUtcTime", (_, _) => 2)
            .UInt16("RecoveryAction", (_, _) => 2)
            .UInt32("Priority", (_, _) => 0)
            .Text("Notify", (_, _) => string.Empty)
            .Text("OtherRecoveryAction", (_, _) => string.Empty)
            .Method(
                CimNames.RequestStateChange,
                true,
                (world, job, values) => new MethodReply(
                    world.Host.Access == Scenarios.HostAccess.ReadOnly ? ReturnValue.AccessDenied : world.Power.Terminate(job, (ushort)values["RequestedState"]!)),
                StateChange)
            .Method(CimNames.GetErrorEx, false, (_, job, _) => new MethodReply(ReturnValue.Completed, new KeyValuePair<string, object?>("Errors", job.Result?.Errors?.ToArray())))
            .Method("GetError", false, (_, job, _) => new MethodReply(ReturnValue.Completed, new KeyValuePair<string, object?>("Error", job.Result?.Errors?.FirstOrDefault())))
            .Build();

    private static ClassDeclaration AffectedJobElement()
        => new ClassBuilder<Job>(CimNames.Virtualization, CimNames.AffectedJobElement, world => world.Jobs, job => job.Machine)
            .ReferenceKey("AffectedElement", (job, _) => Paths.Machine(job.Machine))
            .ReferenceKey("AffectingElement", (job, _) => Paths.Job(job))
            .UInt16s("ElementEffects", (_, _) => new ushort[] { 0 })
            .Texts("OtherElementEffectsDescriptions", (_, _) => null)
            .Build();

    private static ClassDeclaration SummaryInformation()
        => MachineClass(CimNames.SummaryInformation)
            .FoundBy("Name", (world, value, _) => Paths.Owner(world, value))
            .Key("InstanceID", (machine, _) => "Microsoft:" + machine.Key)
            .Text("Name", (machine, _) => machine.Key)
            .Text("ElementName", (machine, _) => machine.Name)
            .Moment("CreationTime", (machine, _) => machine.Created)
            .Text("Notes", (_, _) => string.Empty)
            .UInt16("EnabledState", (machine, _) => machine.EnabledState)
            .Text("OtherEnabledState", (machine, _) => machine.OtherEnabledState)
            .UInt16("HealthState", (machine, _) => machine.Health)
            .UInt16s("OperationalStatus", (machine, _) => StatusOf(machine))
            .Texts("StatusDescriptions", (machine, world) => DescribeStatus(StatusOf(machine), world))
            .UInt64("UpTime", (machine, world) => (ulong)machine.Guest.OnTime(world.Now).TotalMilliseconds)
            .UInt64("MemoryUsage", (machine, _) => machine.WorkerId is null ? null : (ulong)machine.HeldMB)
            .UInt16("EnhancedSessionModeState", (machine, _) => SessionOf(machine))
            .UInt16("ReplicationHealth", (_, _) => 0)
            .UInt16("ReplicationMode", (_, _) => 0)
            .UInt16("ReplicationState", (_, _) => 0)

            // The largest number stands for "not known" (class page).
            .SInt32("MemoryAvailable", (_, _) => int.MaxValue)
            .SInt32("AvailableMemoryBuffer", (_, _) => int.MaxValue)
            .Flag("SwapFilesInUse", (_, _) => false)
            .Flag("MemorySpansPhysicalNumaNodes", (_, _) => false)
            .UInt16("NumberOfProcessors", (machine, _) => (ushort)machine.Scenario.Processors)
            .UInt16("ProcessorLoad", (machine, world) => machine.WorkerId is null ? null : !machine.IsGuestUp ? (ushort)0 : (ushort)(machine.Guest.Answers(world.Now) ? 1 : 40))
            .UInt16("Heartbeat", HeartbeatOf)
            .UInt16("ApplicationHealth", (machine, world) => HeartbeatOf(machine, world) == StatusOk ? StatusOk : null)
            .UInt16("IntegrationServicesVersionState", (machine, world) => HeartbeatOf(machine, world) == StatusOk ? (ushort)1 : (ushort)0)
            .Text("GuestOperatingSystem", (_, _) => null)
            .Text("HostComputerSystemName", (_, world) => world.Host.Name)
            .Text("Version", (_, _) => "12.0")
            .Text("VirtualSystemSubType", (_, _) => "Microsoft:Hyper-V:SubType:2")
            .Texts("VirtualSwitchNames", (_, _) => new[] { Scenarios.ScenarioInstance.SwitchName })
            .Flag("Shielded", (_, _) => false)
            .UInt16s("ReplicationHealthEx", (_, _) => new ushort[] { 0 })
            .UInt16s("ReplicationStateEx", (_, _) => new ushort[] { 0 })
            .Records("AsynchronousTasks", Summaries.TasksOf)
            .Build();

    private static ClassDeclaration ShutdownComponent()
        => Component(
                CimNames.ShutdownComponent,
                "Shutdown",
                (machine, world) => machine.Guest.Answers(world.Now) && machine.Guest.Scenario.Shutdown != Scenarios.GuestShutdown.NotReady)
            .Method("InitiateShutdown", true, (world, machine, _) => GuestReplyOf(world.Requests.AskGuest(machine, isReboot: false)), GuestRequest)
            .Method("InitiateReboot", true, (world, machine, _) => GuestReplyOf(world.Requests.AskGuest(machine, isReboot: true)), GuestRequest)
            .Build();

    private static ClassDeclaration HeartbeatComponent()
        => Component(CimNames.HeartbeatComponent, "Heartbeat", (machine, world) => machine.Guest.Answers(world.Now)).Build();

    private static ClassDeclaration ManagementService()
        => new ClassBuilder<HostWorld>(CimNames.Virtualization, CimNames.VirtualSystemManagementService, world => new[] { world }, _ => null)
            .Key("CreationClassName", (_, _) => CimNames.VirtualSystemManagementService)
            .Key("Name", (_, _) => "vmms")
            .Key("SystemCreationClassName", (_, _) => CimNames.ComputerSystem)
            .Key("SystemName", (_, world) => world.Host.Name)
            .Text("ElementName", (_, _) => "Hyper-V Virtual System Management Service")
            .Flag("Started", (_, _) => true)
            .Text("StartMode", (_, _) => "Automatic")
            .Text("Caption", (_, _) => "Hyper-V Virtual System Management Service")
            .Text("Status", (_, _) => "OK")
            .Texts("StatusDescriptions", (_, world) => new[] { world.Texts.Word("OK") })
            .UInt16("EnabledDefault", (_, _) => EnabledState.Enabled)
            .UInt16("RequestedState", (_, _) => EnabledState.NoChangeRequested)
            .UInt16("EnabledState", (_, _) => EnabledState.Enabled)
            .UInt16("HealthState", (_, _) => 5)
            .UInt16s("OperationalStatus", (_, _) => new[] { StatusOk })
            .Method(
                "GetSummaryInformation",
                false,
                Summaries.Get,
                new ParameterDeclaration("SettingData", CimType.Reference, false) { IsArray = true },
                new ParameterDeclaration("RequestedInformation", CimType.UInt32, false) { IsArray = true })
            .Build();

    private static ClassDeclaration ManagementSettings()
        => new ClassBuilder<HostWorld>(CimNames.Virtualization, CimNames.ManagementServiceSettingData, world => new[] { world }, _ => null)
            .Key("InstanceID", (_, world) => "Microsoft:" + world.Host.Name)
            .Text("ElementName", (_, _) => "Hyper-V Virtual System Management Service")
            .Text("DefaultVirtualHardDiskPath", (_, _) => @"C:\ProgramData\Microsoft\Windows\Virtual Hard Disks")
            .Flag("NumaSpanningEnabled", (_, world) => world.Host.NumaSpanning)
            .Flag("EnhancedSessionModeEnabled", (_, _) => false)
            .Build();

    /// <summary>Nodes are of the same size; their memory is counted in blocks of 1 MB.</summary>
    private static ClassDeclaration NumaNode()
        => new ClassBuilder<NumaNodeRow>(CimNames.Virtualization, CimNames.NumaNode, world => world.FreeOnNodesMB.Select((free, index) => new NumaNodeRow(index, free)), _ => null)
            .Key("CreationClassName", (_, _) => CimNames.NumaNode)
            .Key("NodeID", (node, _) => string.Format(CultureInfo.InvariantCulture, @"Microsoft:PhysicalNode\{0}", node.Index))
            .Key("SystemCreationClassName", (_, _) => CimNames.ComputerSystem)
            .Key("SystemName", (_, world) => world.Host.Name)
            .Text("ElementName", (node, _) => string.Format(CultureInfo.InvariantCulture, "Node {0}", node.Index))
            .UInt16("EnabledState", (_, _) => EnabledState.Enabled)
            .UInt16("HealthState", (_, _) => 5)
            .UInt16s("OperationalStatus", (_, _) => new[] { StatusOk })
            .UInt32("NumberOfProcessorCores", (_, world) => (uint)(world.Host.Processors / world.Host.NumaNodes))
            .UInt32("NumberOfLogicalProcessors", (_, world) => (uint)(world.Host.Processors / world.Host.NumaNodes))
            .UInt64("CurrentlyConsumableMemoryBlocks", (node, _) => (ulong)node.FreeMB)
            .Build();

    /// <summary>A NUMA node of the host.</summary>
    private sealed record NumaNodeRow(int Index, int FreeMB);

    private static ClassDeclaration EthernetSwitch()
        => new ClassBuilder<VirtualSwitch>(CimNames.Virtualization, CimNames.VirtualEthernetSwitch, world => world.Switches, _ => null)
            .Key("CreationClassName", (_, _) => CimNames.VirtualEthernetSwitch)
            .Key("Name", (network, _) => network.Key)
            .Text("ElementName", (network, _) => network.Name)
            .UInt16("EnabledState", (_, _) => EnabledState.Enabled)
            .UInt16("HealthState", (_, _) => 5)
            .UInt16s("OperationalStatus", (_, _) => new[] { StatusOk })
            .Build();

    /// <summary>WMI's own answer to what an account may do in this namespace (GetCallerAccessRights method of the __SystemSecurity class).</summary>
    private static ClassDeclaration SystemSecurity()
        => new ClassBuilder<HostWorld>(CimNames.Virtualization, CimNames.SystemSecurity, world => new[] { world }, _ => null)
            .Method(
                CimNames.GetCallerAccessRights,
                false,
                (world, _, _) => new MethodReply(ReturnValue.Completed, new KeyValuePair<string, object?>("rights", world.Host.Access == Scenarios.HostAccess.Full ? AllRights : ReadingRights)))
            .Build();

    private static ClassBuilder<VirtualMachine> MachineClass(string name) => new(CimNames.Virtualization, name, world => world.Machines, machine => machine);

    /// <summary>An integration component. Its instance exists only while the guest runs.</summary>
    private static ClassBuilder<VirtualMachine> Component(string name, string kind, Func<VirtualMachine, HostWorld, bool> isInContact)
        => new ClassBuilder<VirtualMachine>(CimNames.Virtualization, name, world => world.Machines.Where(machine => machine.IsGuestUp), machine => machine)
            .FoundBy("SystemName", (world, value, _) => Paths.Owner(world, value)?.Where(machine => machine.IsGuestUp))
            .Key("SystemCreationClassName", (_, _) => CimNames.ComputerSystem)
            .Key("SystemName", (machine, _) => machine.Key)
            .Key("CreationClassName", (_, _) => name)
            .Key("DeviceID", (machine, _) => string.Format(CultureInfo.InvariantCulture, "Microsoft:{0}\\{1}", machine.Key, StableId.Text(StableId.Of(kind, machine.Key, 0))))
            .Text("ElementName", (_, _) => kind)
            .UInt16("EnabledState", (_, _) => EnabledState.Enabled)
            .UInt16("HealthState", (_, _) => 5)
            .UInt16s("OperationalStatus", (machine, world) => new[] { isInContact(machine, world) ? StatusOk : NoContact })
            .Texts("StatusDescriptions", (machine, world) => new[] { world.Texts.Word(isInContact(machine, world) ? "OK" : "No contact") });

    private static MethodReply RequestStateChange(HostWorld world, object row, IReadOnlyDictionary<string, object?> values)
        => row is VirtualMachine machine
            ? ReplyOf(world.Requests.Request(machine, (ushort)values["RequestedState"]!))
            : new MethodReply(ReturnValue.NotSupported, new KeyValuePair<string, object?>("Job", null));

    private static MethodReply ReplyOf(RequestReply reply)
        => new(reply.ReturnValue, new KeyValuePair<string, object?>("Job", reply.Job is { } job ? Paths.Job(job) : null)) { Fault = reply.Fault, Delay = reply.Delay };

    /// <summary>The shutdown component's methods have no job.</summary>
    private static MethodReply GuestReplyOf(RequestReply reply) => new(reply.ReturnValue) { Fault = reply.Fault, Delay = reply.Delay };

    private static ushort[] StatusOf(object row)
        => row is not VirtualMachine machine ? new[] { StatusOk }
            : machine.Change is not null ? new[] { InService }
            : machine.IsWaitingToStart ? new[] { StatusOk, WaitingToStart }
            : machine.Activity != Scenarios.HostActivity.None ? new[] { machine.IsHeldByHost ? InService : StatusOk, (ushort)machine.Activity }
            : machine.Trouble?.OperationalStatus is { } status ? status.ToArray()
            : machine.Health switch
            {
                // Low on disk space; and a worker that does not answer (Msvm_ComputerSystem class page, HealthState).
                20 => new ushort[] { 5 },
                25 => new ushort[] { StatusOk, 32784 },
                _ => new[] { StatusOk },
            };

    private static string[] DescribeStatus(ushort[] status, HostWorld world)
        => status.Select(code => world.Texts.Word(code switch
        {
            InService => "In service",
            5 => "Predictive failure",
            3 => "Degraded",
            WaitingToStart => "Waiting to start",
            32784 => "Communication failed",
            (ushort)Scenarios.HostActivity.MergingDisks => "Merging disks",
            >= 32768 => "Busy",
            _ => "Operating normally",
        })).ToArray();

    private static ushort SessionOf(VirtualMachine machine) => machine.EnabledState == EnabledState.Enabled ? SessionUnavailable : SessionNotAllowed;

    /// <summary>Zero for a virtual machine that is not replicated; nothing for the host.</summary>
    private static ushort? NoReplication(object row, HostWorld world) => row is VirtualMachine ? (ushort)0 : null;

    private static string JobStatus(Job job, HostWorld world)
        => world.Texts.Word(
            !job.HasEnded ? "Job is running"
            : JobState.HasSucceeded(job.State) ? "Job is completed"
            : job.State is JobState.Terminated or JobState.Killed ? "Job is terminated"
            : "Job is completed with error");

    /// <summary>The job's status, and of one that has ended how it ended.</summary>
    private static string[] DescribeJob(Job job, HostWorld world)
    {
        var status = JobStatus(job, world);
        return !job.HasEnded ? new[] { status } : new[] { status, JobState.HasSucceeded(job.State) ? world.Texts.Word("Job is completed successfully") : status };
    }

    /// <summary>The texts about errors are empty, not null, while nothing is wrong.</summary>
    private static bool HasNothingToSay(Job job) => job.Result is not { } result || JobState.HasSucceeded(result.State);

    /// <summary>The moments of jobs have no fractions, so that two jobs may have the same.</summary>
    private static DateTimeOffset WholeSeconds(DateTimeOffset moment) => moment.AddTicks(-(moment.UtcTicks % TimeSpan.TicksPerSecond));

    private static ushort? HeartbeatOf(VirtualMachine machine, HostWorld world)
        => machine.Power == PowerState.Paused && machine.Change is null ? HeartbeatPaused
            : !machine.IsGuestUp ? null
            : machine.Guest.Answers(world.Now) ? StatusOk
            : NoContact;
}
