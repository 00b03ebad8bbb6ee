using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Time;
using Xunit;

namespace Multipass.HyperV.Tests.Hosts;

public sealed class HostSessionTests
{
    private static readonly CimQuery Query = new("root/cimv2", "Win32_Service", ["Name"]);

    [Fact]
    public async Task A_call_without_an_answer_is_given_up_after_half_a_minute()
    {
        var clock = new VirtualClock();
        var call = new HostSession(new SilentConnection(), null, clock, new CallGate(1)).QueryAsync(Query, Deadline.In(clock, TimeSpan.FromMinutes(5)), CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.False(call.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        var fault = (await Assert.ThrowsAsync<CimFaultException>(() => call)).Fault;
        Assert.Equal(WbemError.TimedOut, fault.HResult);
        Assert.Contains("did not answer within 30 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_gives_its_place_to_others_much_earlier()
    {
        var clock = new VirtualClock();
        var gate = new CallGate(1);
        var silent = new HostSession(new SilentConnection(), null, clock, gate);
        var other = new HostSession(new SimulatedHost(Scenario.Default, clock).Connect(), null, clock, gate);
        var lost = silent.QueryAsync(Query, Deadline.In(clock, TimeSpan.FromMinutes(5)), CancellationToken.None);
        var answered = other.QueryAsync(Query, Deadline.In(clock, TimeSpan.FromMinutes(5)), CancellationToken.None);
        Assert.False(answered.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(5.1));
        Assert.NotEmpty(await answered);
        Assert.False(lost.IsCompleted);

        // The place was given up once, and not once more when the call ended.
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True(lost.IsFaulted);
        var next = silent.QueryAsync(Query, Deadline.In(clock, TimeSpan.FromMinutes(5)), CancellationToken.None);
        Assert.False(other.QueryAsync(Query, Deadline.In(clock, TimeSpan.FromMinutes(5)), CancellationToken.None).IsCompleted);
        Assert.False(next.IsCompleted);
    }

    [Fact]
    public async Task Whoever_does_not_get_a_place_in_time_has_not_been_refused_by_the_host()
    {
        var clock = new VirtualClock();
        var gate = new CallGate(1);
        var connection = new SilentConnection();
        var first = new HostSession(connection, null, clock, gate).QueryAsync(Query, Deadline.In(clock, TimeSpan.FromMinutes(5)), CancellationToken.None);
        var second = new HostSession(connection, null, clock, gate).QueryAsync(Query, Deadline.In(clock, TimeSpan.FromSeconds(2)), CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Contains("could not be asked in time", (await Assert.ThrowsAsync<CimFaultException>(() => second)).Fault.Message, StringComparison.Ordinal);
        Assert.Equal(1, connection.Calls);
        Assert.False(first.IsCompleted);
    }

    /// <summary>Takes every call and answers none.</summary>
    private sealed class SilentConnection : ICimConnection
    {
        public int Calls { get; private set; }

        public CimHost Host { get; } = new("HV-SILENT", CimTransport.Mmi, IsLocal: false);

        public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken) => Never<IReadOnlyList<CimRecord>>();

        public Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken) => Never<CimRecord>();

        public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken) => Never<CimMethodResult>();

        public void Dispose()
        {
        }

        private Task<T> Never<T>()
        {
            Calls++;
            return new TaskCompletionSource<T>().Task;
        }
    }
}
