using System;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Time;
using Xunit;

namespace Multipass.HyperV.Tests.Hosts;

public sealed class HostPollTests
{
    /// <summary>Time passes between two looks at the clock, so a deadline passes between any two steps of the poll: nobody may be left waiting.</summary>
    [Fact]
    public void Every_waiter_is_answered_whenever_its_deadline_passes()
    {
        for (var ticks = 1; ticks <= 200; ticks++)
        {
            RestlessClock clock = new();
            SimulatedHost host = new(Scenario.Default, clock);
            HostSession session = new(host.Connect(), host.MultipassView, clock, new CallGate(32));
            var reading = new HostPoll(session, CancellationToken.None).NextAsync(new LookWish(Guid.NewGuid()), TimeSpan.Zero, Deadline.In(clock, TimeSpan.FromTicks(ticks)));
            Assert.True(reading.IsCompleted, $"Nobody answered the waiter whose deadline was {ticks} looks away.");
        }
    }

    /// <summary>Goes on by one tick with every look at it.</summary>
    private sealed class RestlessClock : IClock
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public DateTimeOffset Now => _now = _now.AddTicks(1);

        public TimeSpan Elapsed => Now - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public Task Delay(TimeSpan duration, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
