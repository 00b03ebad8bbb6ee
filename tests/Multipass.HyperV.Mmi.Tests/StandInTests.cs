using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Management.Infrastructure;
using Microsoft.Management.Infrastructure.Options;
using Multipass.HyperV.Contracts;
using Multipass.HyperV.MmiStandIn;
using Multipass.HyperV.Simulation;
using Xunit;

namespace Multipass.HyperV.Mmi.Tests;

/// <summary>The stand-in notices misuse: else it would prove nothing.</summary>
public sealed class StandInTests
{
    private readonly SimulatedHost _host = new(Scenario.Default, new ContractLoop().HostClock);

    [Fact]
    public async Task What_is_left_behind_is_found()
    {
        var (session, computer) = Open();
        using var done = new SemaphoreSlim(0);
        var options = new CimOperationOptions();
        session.QueryInstancesAsync("root/cimv2", "WQL", "SELECT Name FROM Win32_ComputerSystem", options).Subscribe(new Observer(_ => { }, () => done.Release()));
        Assert.True(await done.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None));
        var found = computer.Audit(sessionsMayBeOpen: false);
        foreach (var misuse in new[] { "without a timeout", "session left open", "neither ended nor cancelled", "options that were not disposed", "CimInstance that was not disposed" })
        {
            Assert.Contains(found, text => text.Contains(misuse, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Calls_from_within_a_callback_are_found()
    {
        var (session, computer) = Open();
        using var done = new SemaphoreSlim(0);
        using var options = new CimOperationOptions { Timeout = TimeSpan.FromSeconds(5) };
        session.QueryInstancesAsync("root/cimv2", "WQL", "SELECT Name FROM Win32_ComputerSystem", options).Subscribe(new Observer(
            item =>
            {
                if (item is not null)
                {
                    session.Dispose();
                }
            },
            () => done.Release()));
        Assert.True(await done.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None));
        Assert.Contains(computer.Audit(sessionsMayBeOpen: true), text => text.Contains("from within a callback", StringComparison.Ordinal));
    }

    [Fact]
    public void Calls_after_the_end_wrong_types_and_other_dialects_are_refused()
    {
        var (session, _) = Open();
        session.Dispose();
        using var options = new CimOperationOptions { Timeout = TimeSpan.FromSeconds(5) };
        Assert.Throws<ObjectDisposedException>(() => session.QueryInstancesAsync("n", "WQL", "SELECT a FROM b", options));
        Assert.Throws<ArgumentException>(() => CimProperty.Create("p", 1, CimType.UInt16, CimFlags.None));
        Assert.Throws<ArgumentException>(() => CimMethodParameter.Create("p", "2", CimType.UInt32, CimFlags.In));
        Assert.All(
            new[] { "SELECT * FROM b", "SELECT a FROM b WHERE", "SELECT a FROM b WHERE c = 'it''s'", "SELECT a FROM b WHERE c LIKE 'x'", "SELECT a FROM b WHERE c LIKE 'x_%'", "SELECT a FROM b WHERE c = 1.5", "select a from b" },
            text => Assert.ThrowsAny<Exception>(() => SimulatedNetwork.Read("n", text)));
        var instance = new CimInstance("C");
        instance.Dispose();
        Assert.Throws<ObjectDisposedException>(() => instance.CimInstanceProperties);
    }

    private (CimSession Session, SimulatedComputer Computer) Open()
    {
        var name = "misused-" + Guid.NewGuid();
        var computer = SimulatedNetwork.Attach(name, _host.Connect(), (_, _) => null);
        using var options = new WSManSessionOptions();
        return (CimSession.Create(name, options), computer);
    }

    private sealed class Observer : IObserver<CimInstance>
    {
        private readonly Action<CimInstance> _next;
        private readonly Action _end;

        public Observer(Action<CimInstance> next, Action end)
        {
            _next = next;
            _end = end;
        }

        public void OnCompleted() => _end();

        public void OnError(Exception error) => _end();

        public void OnNext(CimInstance value) => _next(value);
    }
}
