using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Contracts;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Torture.Wire;
using Multipass.HyperV.Wsman.Client;
using Xunit;

namespace Multipass.HyperV.Tests.Wire;

/// <summary>The promises with faults of the wire itself: whichever exchange of a start is struck.</summary>
public sealed class WireLifecycleFaultTests : IAsyncDisposable
{
    private const string Story = """
        {
          "host": { "name": "HV-DEMO", "memoryMB": 16384, "reserveMB": 2048, "jobMilliseconds": 300 },
          "instances": [
            { "name": "foo", "memoryMB": 10240 },
            { "name": "bar", "state": "Running", "memoryMB": 8192 },
            { "name": "small", "memoryMB": 1024 }
          ]
        }
        """;

    /// <summary>What is done with an exchange: before it reaches the host (no answer to change), or to its answer.</summary>
    private static readonly Dictionary<string, Func<Uri, WsmanAnswer?, WsmanAnswer>> Strikes = new()
    {
        ["refused"] = (address, _) => throw ChannelFaults.Of(CimStatus.Failed, WbemError.RpcServerUnavailable, $"{address} cannot be reached."),
        ["broken off"] = (address, answer) => answer is null ? null! : throw ChannelFaults.Of(CimStatus.Failed, WbemError.RpcCallFailed, $"{address} broke off."),
        ["cut off"] = (_, answer) => answer is null ? null! : answer with { Content = answer.Content[..(answer.Content.Length / 2)] },
        ["a page"] = (_, answer) => answer is null ? null! : new WsmanAnswer(200, "text/html", null, Encoding.UTF8.GetBytes("<html/>")),
        ["401"] = (_, _) => new WsmanAnswer(401, null, null, Array.Empty<byte>()),
        ["500"] = (_, answer) => answer is null ? null! : new WsmanAnswer(500, null, null, Array.Empty<byte>()),
    };

    private readonly List<ServedHost> _served = new();
    private StrikingChannel? _channel;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var strike in Strikes.Keys)
            {
                data.Add(strike, "small");
                data.Add(strike, "foo");
            }

            return data;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        foreach (var served in _served)
        {
            await served.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_start_tells_the_truth_whichever_exchange_is_struck(string what, string name)
    {
        var wasStruck = true;
        for (var struck = 1; wasStruck; struck++)
        {
            Assert.True(struck < 100, "The operation makes more and more calls.");
            using var run = await SimulatedRun.OpenAsync(Story, ConnectAsync);
            var outcome = run.Run(new OperationRequest(MpOperation.Start) { Timeout = TimeSpan.FromSeconds(20) }, () => _channel!.Strike(struck, Strikes[what]), name).Single();
            wasStruck = _channel!.HasStruck;
            var requests = run.Host.Calls.Count(call => call is { Method: CimNames.RequestStateChange, Class: CimNames.ComputerSystem });
            var truth = run.Truth(name).State;
            var when = $"{what} at exchange {struck}";

            Assert.True(requests <= 1, $"{when}: {requests} requests");
            Assert.True(outcome.After.ObservedAt is null ? outcome.After.State == MpInstanceState.Unknown : outcome.After.State == truth || StateTable.IsTransitional(outcome.After.State), $"{when}: {outcome.After.State}, {truth}");
            if (outcome.Failure is null)
            {
                Assert.True(truth == MpInstanceState.Running && outcome.After.State == truth, $"{when}: success, but {truth}");
            }
            else
            {
                Assert.True(outcome.Failure.Cause != FailureCatalogue.Unknown && outcome.Failure.RecommendedAction.Length > 0, $"{when}: {outcome.Failure.Message}");
                Assert.DoesNotContain(ServedHost.Password, outcome.Failure.Message);
            }

            Assert.True(run.Elapsed <= TimeSpan.FromSeconds(31), $"{when}: {run.Elapsed}");
        }
    }

    [Fact]
    public async Task A_start_that_fails_fails_over_the_wire_as_it_does_in_process()
    {
        using var wire = await SimulatedRun.OpenAsync(Story, ConnectAsync);
        using var inProcess = await SimulatedRun.OpenAsync(Story, host => Task.FromResult(host.Connect()));

        var (over, within) = (wire.Start("foo").Failure!, inProcess.Start("foo").Failure!);

        Assert.Equal("OutOfMemory", over.Cause.Name);
        Assert.Equal(
            (within.Cause.Name, within.Stage, within.Message, within.RecommendedAction, within.ToException().HostMessage, within.ToException().JobErrorCode),
            (over.Cause.Name, over.Stage, over.Message, over.RecommendedAction, over.ToException().HostMessage, over.ToException().JobErrorCode));
        Assert.Equal(within.ToException().HResults, over.ToException().HResults);
        Assert.Equal(CallsOf(inProcess), CallsOf(wire));
    }

    /// <summary>The same calls; those that are made together may arrive in any order.</summary>
    private static IEnumerable<string> CallsOf(SimulatedRun run) => run.Host.Calls.Select(call => $"{call.Operation} {call.Class} {call.Method} {call.Result}").Order(StringComparer.Ordinal);

    private async Task<ICimConnection> ConnectAsync(SimulatedHost host)
    {
        var served = await ServedHost.StartAsync(host);
        _served.Add(served);
        _channel = new StrikingChannel(served.Address);
        return new WsmanConnection(_channel, served.Address, new CimHost(host.Name, CimTransport.Wsman, false));
    }

    /// <summary>Strikes one exchange.</summary>
    private sealed class StrikingChannel : IWsmanChannel
    {
        private readonly Uri _address;
        private readonly BasicChannel _channel;
        private Func<Uri, WsmanAnswer?, WsmanAnswer>? _strike;
        private int _left;

        public StrikingChannel(Uri address)
        {
            _address = address;
            _channel = new BasicChannel(ServedHost.EndpointOf(address), new NetworkCredential(ServedHost.UserName, ServedHost.Password));
        }

        public bool HasStruck => Volatile.Read(ref _left) <= 0;

        public void Strike(int number, Func<Uri, WsmanAnswer?, WsmanAnswer> strike)
        {
            _strike = strike;
            Volatile.Write(ref _left, number);
        }

        public async Task<WsmanAnswer> SendAsync(byte[] envelope, CancellationToken cancellationToken)
        {
            if (_strike is not { } strike || Interlocked.Decrement(ref _left) != 0)
            {
                return await _channel.SendAsync(envelope, cancellationToken);
            }

            return strike(_address, null) ?? strike(_address, await _channel.SendAsync(envelope, cancellationToken));
        }

        public void Dispose() => _channel.Dispose();
    }
}
