using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Connections;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Time;
using Xunit;

namespace Multipass.HyperV.Tests.Windows;

/// <summary>
/// A real Hyper-V host, named by <c>MP_TEST_HOST</c> (a dot is this computer). Whatever is changed is changed on instances only whose names begin with <c>MP_TEST_PREFIX</c>;
/// without a prefix nothing is. They are left as they end here: stopped.
/// </summary>
public sealed class LiveHostTests : IAsyncLifetime
{
    private static readonly string? HostName = Environment.GetEnvironmentVariable("MP_TEST_HOST");
    private static readonly string? Prefix = Environment.GetEnvironmentVariable("MP_TEST_PREFIX");

    private ICimConnection _connection = null!;
    private HostSession _session = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(!string.IsNullOrEmpty(HostName), "MP_TEST_HOST names no host.");
        var transport = TransportFinder.Find(MpTransport.Auto, out var reason) ?? throw new InvalidOperationException(reason);
        _connection = await TransportFinder.ConnectAsync(transport, new CimEndpoint(HostName == "." ? null : HostName), TestContext.Current.CancellationToken);
        _session = new HostSession(_connection, multipassView: null, SystemClock.Instance, new CallGate(32));
    }

    public ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Everything_that_is_read_is_there()
    {
        var counted = new Counted(_connection);
        var session = new HostSession(counted, multipassView: null, SystemClock.Instance, new CallGate(32));
        var all = await InstanceReader.ReadAsync(session, InstanceFilter.All, InstanceDetail.Full, Deadline.In(SystemClock.Instance, TimeSpan.FromMinutes(1)), TestContext.Current.CancellationToken);
        Assert.InRange(counted.Calls, 1, 8);
        Assert.All(all, instance =>
        {
            Assert.NotEqual(Guid.Empty, instance.Id);
            Assert.NotEmpty(instance.Name);
            Assert.NotEqual(MpInstanceState.Unknown, instance.State);
            Assert.NotNull(instance.ObservedAt);
            Assert.True(instance.MemoryStartup > 0, instance.Name);
        });
    }

    [Fact]
    public async Task One_instance_is_got_by_its_key_and_one_that_is_not_there_is_not()
    {
        var row = (await _connection.QueryAsync(new CimQuery(CimNames.Virtualization, CimNames.ComputerSystem, new[] { "Name" }), TestContext.Current.CancellationToken))[0];
        Assert.Equal(row.Text("Name"), (await _connection.GetAsync(PathOf(row.Text("Name")!), TestContext.Current.CancellationToken)).Text("Name"));
        var gone = await Assert.ThrowsAsync<CimFaultException>(() => _connection.GetAsync(PathOf(Guid.NewGuid().ToString("D").ToUpperInvariant()), TestContext.Current.CancellationToken));
        Assert.Equal(CimStatus.NotFound, gone.Fault.Status);
    }

    [Fact]
    public async Task Instances_start_are_suspended_go_on_and_stop_and_the_host_shows_it()
    {
        Assert.SkipUnless(!string.IsNullOrEmpty(Prefix), "MP_TEST_PREFIX names no instances.");
        var names = (await ReadAsync()).Where(IsOurs).Select(instance => instance.Name).ToList();
        Assert.NotEmpty(names);
        await EachAsync(MpOperation.Start, MpInstanceState.Running);
        await EachAsync(MpOperation.Start, MpInstanceState.Running);
        await EachAsync(MpOperation.Save, MpInstanceState.Suspended);
        await EachAsync(MpOperation.Start, MpInstanceState.Running);
        await EachAsync(MpOperation.TurnOff, MpInstanceState.Stopped);
    }

    private static bool IsOurs(MpInstance instance) => instance.Name.StartsWith(Prefix!, StringComparison.OrdinalIgnoreCase);

    private static CimPath PathOf(string key)
        => new(
            CimNames.Virtualization,
            CimNames.ComputerSystem,
            new KeyValuePair<string, object>("CreationClassName", CimNames.ComputerSystem),
            new KeyValuePair<string, object>("Name", key));

    private Task<IReadOnlyList<MpInstance>> ReadAsync()
        => InstanceReader.ReadAsync(_session, InstanceFilter.All, InstanceDetail.Full, Deadline.In(SystemClock.Instance, TimeSpan.FromMinutes(1)), TestContext.Current.CancellationToken);

    private async Task EachAsync(MpOperation operation, MpInstanceState target)
    {
        var targets = (await ReadAsync()).Where(IsOurs).ToList();
        var sink = new Outcomes();
        await LifecycleRunner.RunAsync(_session, targets, new OperationRequest(operation) { Timeout = TimeSpan.FromMinutes(2) }, sink, TestContext.Current.CancellationToken);
        Assert.Equal(targets.Count, sink.All.Count);
        Assert.All(sink.All, outcome => Assert.True(outcome.Failure is null, outcome.Failure?.Message));
        Assert.All((await ReadAsync()).Where(IsOurs), instance => Assert.Equal(target, instance.State));
    }

    private sealed class Outcomes : IOperationSink
    {
        private readonly List<OperationOutcome> _all = new();

        public IReadOnlyList<OperationOutcome> All => _all;

        public void Verbose(string text)
        {
        }

        public void Warning(string text)
        {
        }

        public void Progress(MpInstance instance, string status, int? percent)
        {
        }

        public void Ended(OperationOutcome outcome)
        {
            lock (_all)
            {
                _all.Add(outcome);
            }
        }
    }

    private sealed class Counted : ICimConnection
    {
        private readonly ICimConnection _inner;
        private int _calls;

        public Counted(ICimConnection inner) => _inner = inner;

        public int Calls => _calls;

        public CimHost Host => _inner.Host;

        public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            return _inner.QueryAsync(query, cancellationToken);
        }

        public Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            return _inner.GetAsync(path, cancellationToken);
        }

        public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            return _inner.InvokeAsync(path, method, parameters, cancellationToken);
        }

        public void Dispose()
        {
        }
    }
}
