using System;
using System.Linq;
using Multipass.HyperV.Cim;
using Xunit;

namespace Multipass.HyperV.Tests.Simulation;

/// <summary>What a host itself lacks: no fault is needed for these.</summary>
public sealed class StartFailureTests
{
    [Theory]
    [InlineData("\"disk\": \"Missing\"", "", "(0x80070002)", "ubuntu-24.04")]
    [InlineData("\"disk\": \"AccessDenied\"", "", "(0x80070005)", "ubuntu-24.04")]
    [InlineData("\"disk\": \"InUse\"", "", "(0x80070020)", "ubuntu-24.04")]
    [InlineData("\"dvd\": \"Missing\"", "", "(0x80070002)", "cloud-init-config.iso")]
    [InlineData("\"dvd\": \"InUse\"", "", "(0x80070020)", "cloud-init-config.iso")]
    [InlineData("", "\"switches\": []", "(0x80070005)", "switch")]
    [InlineData("", "\"hypervisorRunning\": false", "(0xC0351000)", "hypervisor")]
    [InlineData("\"disk\": \"Missing\", \"memoryMB\": 99999", "\"hypervisorRunning\": false", "(0xC0351000)", "hypervisor")]
    [InlineData("\"disk\": \"Missing\", \"memoryMB\": 99999", "\"switches\": []", "(0x80070002)", "ubuntu-24.04")]
    [InlineData("\"memoryMB\": 99999", "\"switches\": [\"Other\"]", "(0x80070005)", "switch")]
    public void A_start_fails_in_its_job(string instance, string hostPart, string code, string named)
    {
        var host = SimulatedRun.WithFoo(instance, hostPart);
        var id = host.Accepted("foo", 2);
        host.Advance(350);
        var job = host.Job(id);
        Assert.Equal(JobState.Exception, job.UInt16("JobState"));
        Assert.Equal((ushort)32768, job.UInt16("ErrorCode"));
        Assert.Contains(code, job.Text("ErrorDescription"), StringComparison.Ordinal);
        Assert.Contains(named, job.Text("ErrorDescription"), StringComparison.Ordinal);
        Assert.Equal("3", host.Shown());
        Assert.Equal(16384 - 2048, host.AvailableMB());

        var errors = host.Invoke(SimulatedRun.JobPath(id), CimNames.GetErrorEx);
        Assert.Equal(0u, errors.ReturnValue);
        Assert.Contains(code.Trim('(', ')'), Assert.Single(errors.Out.Texts("Errors")), StringComparison.Ordinal);
        Assert.Contains("Msvm_Error", host.Invoke(SimulatedRun.JobPath(id), "GetError").Out.Text("Error"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_without_error_has_no_error_list()
    {
        var host = SimulatedRun.WithFoo();
        var id = host.Accepted("foo", 2);
        Assert.Null(host.Invoke(SimulatedRun.JobPath(id), CimNames.GetErrorEx).Out["Errors"]);
        host.Advance(300);
        Assert.Null(host.Invoke(SimulatedRun.JobPath(id), CimNames.GetErrorEx).Out["Errors"]);
    }

    [Fact]
    public void Files_are_there_unless_they_are_missing()
    {
        var host = new SimulatedRun("""
            { "instances": [ { "name": "Foo" }, { "name": "bar", "disk": "Missing" }, { "name": "other", "managed": false, "disk": "InUse" } ] }
            """);
        CimPath File(string path) => new(CimNames.Cimv2, CimNames.DataFile, new System.Collections.Generic.KeyValuePair<string, object>("Name", path));
        var names = host.Query(CimNames.DataFile, new[] { "Name" }, null, CimNames.Cimv2).Select(row => row.Text("Name")).Where(name => !name!.StartsWith(@"c:\windows", StringComparison.Ordinal));
        Assert.Equal(
            new[]
            {
                @"c:\programdata\multipass\data\vault\instances\foo\ubuntu-24.04-server-cloudimg-amd64.vhdx",
                @"c:\programdata\multipass\data\vault\instances\foo\cloud-init-config.iso",
                @"c:\programdata\multipass\data\vault\instances\bar\cloud-init-config.iso",
                @"c:\programdata\microsoft\windows\virtual hard disks\other.vhdx",
            },
            names);
        var disk = host.Query(CimNames.StorageAllocationSettingData, new[] { "HostResource" }, CimCondition.StartsWith("InstanceID", "Microsoft:" + host.Key("Foo")))[0].Texts("HostResource")[0];
        Assert.Equal("C:/ProgramData/Multipass/data/vault/instances/Foo/ubuntu-24.04-server-cloudimg-amd64.vhdx", disk);
        Assert.Equal("vhdx", host.Get(File(disk.Replace('/', '\\'))).Text("Extension"));
        Assert.Equal(CimStatus.NotFound, SimulatedRun.FaultOf(() => host.Get(File(disk))).Status);
        Assert.Equal(CimStatus.NotFound, SimulatedRun.FaultOf(() => host.Get(File(disk.Replace('/', '\\').Replace("Foo", "bar", StringComparison.Ordinal)))).Status);
    }

    [Fact]
    public void Vmms_that_is_stopped_answers_nothing_and_Windows_still_does()
    {
        var host = SimulatedRun.WithFoo(host: "\"vmmsRunning\": false");
        Assert.Equal(WbemError.ProviderLoadFailure, SimulatedRun.FaultOf(() => host.State()).HResult);
        Assert.Equal(WbemError.ProviderLoadFailure, SimulatedRun.FaultOf(() => host.Get(host.PathOf("foo"))).HResult);
        Assert.Equal(WbemError.ProviderLoadFailure, SimulatedRun.FaultOf(() => host.Ask("foo", 2)).HResult);
        Assert.Equal("Stopped", Service(host).Text("State"));
        Assert.False(Service(host).Flag("Started"));

        Assert.Equal(0u, host.Invoke(ServicePath, "StartService").ReturnValue);
        Assert.Equal(10u, host.Invoke(ServicePath, "StartService").ReturnValue);
        Assert.Equal("Running", Service(host).Text("State"));
        Assert.Equal("3", host.Shown());
    }

    [Fact]
    public void Stopping_vmms_ends_its_jobs_and_not_the_virtual_machines()
    {
        var host = SimulatedRun.WithFoo();
        var id = host.Accepted("foo", 2);
        Assert.Equal(0u, host.Invoke(ServicePath, "StopService").ReturnValue);
        Assert.Equal(5u, host.Invoke(ServicePath, "StopService").ReturnValue);
        host.Advance(300);
        host.Invoke(ServicePath, "StartService");
        Assert.Null(host.FindJob(id));
        Assert.Equal("2", host.Shown());
    }

    [Fact]
    public void Without_rights_there_are_no_rows_and_no_error()
    {
        var host = SimulatedRun.WithFoo("\"state\": \"Running\"", "\"access\": \"None\"");
        foreach (var name in new[] { CimNames.ComputerSystem, CimNames.VirtualSystemManagementService, CimNames.ConcreteJob, CimNames.VirtualEthernetSwitch })
        {
            Assert.Empty(host.Query(name, new[] { name == CimNames.ConcreteJob ? "InstanceID" : "Name" }));
        }

        Assert.Equal(CimStatus.NotFound, SimulatedRun.FaultOf(() => host.Get(host.PathOf("foo"))).Status);
        var fault = SimulatedRun.FaultOf(() => host.Ask("foo", 2));
        Assert.Equal((CimStatus.AccessDenied, WbemError.AccessDenied), (fault.Status, fault.HResult));
        Assert.Equal("Running", Service(host).Text("State"));
        Assert.Equal(2u, host.Invoke(ServicePath, "StopService").ReturnValue);
    }

    [Fact]
    public void With_rights_to_read_only_every_change_is_refused()
    {
        var host = SimulatedRun.WithFoo("\"state\": \"Running\"", "\"access\": \"ReadOnly\"");
        Assert.Equal("2", host.Shown());
        Assert.Equal(ReturnValue.AccessDenied, host.Ask("foo", 3).ReturnValue);
        Assert.Equal(ReturnValue.AccessDenied, host.Invoke(host.ShutdownComponent(), "InitiateShutdown", ("Force", false), ("Reason", "test")).ReturnValue);
        host.Advance(1000);
        Assert.Equal("2", host.Shown());
    }

    [Fact]
    public void Ending_the_worker_of_what_hangs_turns_it_off()
    {
        var host = SimulatedRun.WithFoo("\"state\": \"Suspending\", \"memoryMB\": 4096");
        var worker = host.Query(CimNames.Process, new[] { "Handle", "ProcessId", "Name", "CommandLine", "CreationDate" }, CimCondition.Equal("Name", "vmwp.exe"), CimNames.Cimv2).Single();
        Assert.Equal(host.State().UInt32("ProcessID"), worker.UInt32("ProcessId"));
        Assert.Contains(host.Key("foo"), worker.Text("CommandLine"), StringComparison.Ordinal);
        var job = host.Query(CimNames.ConcreteJob, new[] { "InstanceID" }).Single().Text("InstanceID")!;

        var path = new CimPath(CimNames.Cimv2, CimNames.Process, new System.Collections.Generic.KeyValuePair<string, object>("Handle", worker.Text("Handle")!));
        Assert.Equal(0u, host.Invoke(path, "Terminate", ("Reason", 1u)).ReturnValue);
        Assert.Empty(host.Query(CimNames.Process, new[] { "Handle" }, null, CimNames.Cimv2));
        Assert.Equal("1/Saving", host.Shown());
        Assert.Equal(ReturnValue.InvalidState, host.Ask("foo", 2).ReturnValue);
        host.Advance(100);
        Assert.Equal("3", host.Shown());
        Assert.Equal(JobState.Exception, host.Job(job).UInt16("JobState"));
        Assert.Equal(16384 - 2048, host.AvailableMB());
        host.Accepted("foo", 2);
        host.Advance(300);
        Assert.Equal("2", host.Shown());
        Assert.NotEqual(worker.UInt32("ProcessId"), host.State().UInt32("ProcessID"));
    }

    [Fact]
    public void Ending_the_worker_of_a_restore_leaves_the_saved_state()
    {
        var host = SimulatedRun.WithFoo("\"state\": \"Suspended\"");
        host.Accepted("foo", 2);
        host.Advance(100);
        host.Invoke(new CimPath(CimNames.Cimv2, CimNames.Process, new System.Collections.Generic.KeyValuePair<string, object>("Handle", host.State().UInt32("ProcessID")!.Value)), "Terminate");
        host.Advance(500);
        Assert.Equal("6", host.Shown());
    }

    private static CimPath ServicePath => new(CimNames.Cimv2, CimNames.Service, new System.Collections.Generic.KeyValuePair<string, object>("Name", "vmms"));

    private static CimRecord Service(SimulatedRun host)
        => host.Query(CimNames.Service, new[] { "Name", "State", "Started", "StartMode" }, CimCondition.Equal("Name", "VMMS"), CimNames.Cimv2).Single();
}
