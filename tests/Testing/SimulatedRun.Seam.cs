using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation;
using Xunit;

namespace Multipass.HyperV.Testing;

/// <content>The host spoken to over the seam itself, undisturbed and in no time.</content>
internal sealed partial class SimulatedRun
{
    private static readonly string[] StateProperties =
    {
        "Name", "ElementName", "EnabledState", "OtherEnabledState", "RequestedState", "OperationalStatus", "HealthState", "OnTimeInMilliseconds", "ProcessID", "TimeOfLastStateChange",
    };

    private static readonly string[] JobProperties =
    {
        "InstanceID", "JobState", "JobType", "PercentComplete", "ErrorCode", "ErrorSummaryDescription", "ErrorDescription", "JobStatus", "Cancellable", "ElapsedTime", "StartTime", "TimeSubmitted",
    };

    private ICimConnection? _undisturbed;
    private IReadOnlyDictionary<string, Guid>? _ids;

    public ICimConnection Connection => _undisturbed ??= Host.Connect();

    public IReadOnlyDictionary<string, Guid> Ids => _ids ??= _scenario.Instances.GroupBy(instance => instance.Name).ToDictionary(group => group.Key, group => group.First().Id);

    /// <summary>A host with one instance 'foo'.</summary>
    public static SimulatedRun WithFoo(string instance = "", string host = "")
        => new($$"""{ "host": { {{host}} }, "instances": [ { "name": "foo" {{(instance.Length > 0 ? ", " + instance : string.Empty)}} } ] }""");

    public static string KeyOf(Guid id) => id.ToString("D").ToUpperInvariant();

    public string Key(string name) => KeyOf(Ids[name]);

    public void Advance(int milliseconds) => Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

    public IReadOnlyList<CimRecord> Query(string className, string[] properties, CimCondition? where = null, string cimNamespace = CimNames.Virtualization)
        => Done(Connection.QueryAsync(new CimQuery(cimNamespace, className, properties, where), CancellationToken.None));

    public CimRecord Get(CimPath path) => Done(Connection.GetAsync(path, CancellationToken.None));

    public CimMethodResult Invoke(CimPath path, string method, params (string Name, object? Value)[] parameters)
        => Done(Connection.InvokeAsync(path, method, parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value), CancellationToken.None));

    public static CimFault FaultOf(Action action) => Assert.Throws<CimFaultException>(action).Fault;

    public CimRecord State(string name = "foo") => Query(CimNames.ComputerSystem, StateProperties, CimCondition.Equal("Name", Key(name))).Single();

    /// <summary><c>EnabledState</c>, with the token of the other states.</summary>
    public string Shown(string name = "foo")
    {
        var state = State(name);
        return state.Text("OtherEnabledState") is { } token ? $"1/{token}" : state.UInt16("EnabledState")!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public CimMethodResult Ask(string name, ushort requested) => Invoke(PathOf(name), CimNames.RequestStateChange, ("RequestedState", requested));

    /// <summary>A request that must be accepted; the id of its job.</summary>
    public string Accepted(string name, ushort requested)
    {
        var result = Ask(name, requested);
        Assert.Equal(ReturnValue.JobStarted, result.ReturnValue);
        return result.Out.Reference("Job")!.Key("InstanceID")!;
    }

    public CimRecord Job(string id) => FindJob(id) ?? throw new InvalidOperationException("The job is gone.");

    public CimRecord? FindJob(string id) => Query(CimNames.ConcreteJob, JobProperties, CimCondition.Equal("InstanceID", id)).SingleOrDefault();

    public CimPath PathOf(string name) => MachinePath(Key(name));

    public static CimPath MachinePath(string key)
        => new(
            CimNames.Virtualization,
            CimNames.ComputerSystem,
            new KeyValuePair<string, object>("CreationClassName", CimNames.ComputerSystem),
            new KeyValuePair<string, object>("Name", key));

    public static CimPath JobPath(string id) => new(CimNames.Virtualization, CimNames.ConcreteJob, new KeyValuePair<string, object>("InstanceID", id));

    public CimPath ShutdownComponent(string name = "foo") => new(
        CimNames.Virtualization,
        CimNames.ShutdownComponent,
        Query(CimNames.ShutdownComponent, new[] { "SystemCreationClassName", "SystemName", "CreationClassName", "DeviceID" }, CimCondition.Equal("SystemName", Key(name)))
            .SelectMany(row => row.PropertyNames.Select(property => new KeyValuePair<string, object>(property, row.Text(property)!))).ToArray());

    public int AvailableMB() => (int)Query(CimNames.MemoryBalancer, new[] { "AvailableMemory" }, null, CimNames.Cimv2).Single().Number("AvailableMemory")!;

    public CimRecord Summary(string name = "foo")
        => Query(CimNames.SummaryInformation, new[] { "Name", "MemoryUsage", "Heartbeat", "UpTime", "NumberOfProcessors" }, CimCondition.Equal("Name", Key(name))).Single();

    /// <summary>Calls end before they return, unless a fault makes them late.</summary>
    private static T Done<T>(Task<T> task)
    {
        Assert.True(task.IsCompleted, "The call did not end inline.");
        return task.GetAwaiter().GetResult();
    }
}
