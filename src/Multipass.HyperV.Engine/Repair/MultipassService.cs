using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Repair;

/// <summary>Restarts Multipass's service on one host, once for all instances that want it.</summary>
internal sealed class MultipassService
{
    private const string Name = "Multipass";

    /// <summary>Return values of Win32_Service's methods (class page).</summary>
    private const uint Success = 0, AccessDenied = 2, CannotAcceptControl = 5, NotActive = 6, AlreadyRunning = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly HostSession _session;
    private readonly CancellationToken _cancellationToken;
    private readonly object _lock = new();
    private Task<ServiceRestart>? _restart;

    public MultipassService(HostSession session, CancellationToken cancellationToken)
    {
        _session = session;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Restarts it, or waits for the restart that another instance has begun.</summary>
    public Task<ServiceRestart> RestartAsync(Deadline deadline)
    {
        lock (_lock)
        {
            return _restart ??= RestartOnceAsync(deadline);
        }
    }

    private async Task<ServiceRestart> RestartOnceAsync(Deadline deadline)
    {
        try
        {
            if (await StateAsync(deadline).ConfigureAwait(false) is not { } state)
            {
                return new ServiceRestart(false, $"{_session.Host.Name} has no service named {Name}");
            }

            if (state != "Stopped")
            {
                var stopped = await InvokeAsync("StopService", deadline).ConfigureAwait(false);
                if (stopped is not (Success or CannotAcceptControl or NotActive))
                {
                    return Refused("stopped", stopped);
                }

                if (!await ReachAsync("Stopped", deadline).ConfigureAwait(false))
                {
                    return new ServiceRestart(false, "the service has not stopped in time");
                }
            }

            var started = await InvokeAsync("StartService", deadline).ConfigureAwait(false);
            return started is not (Success or AlreadyRunning) ? Refused("started", started)
                : await ReachAsync("Running", deadline).ConfigureAwait(false) ? new ServiceRestart(true, "restarted")
                : new ServiceRestart(false, "the service has not started in time");
        }
        catch (CimFaultException exception)
        {
            return new ServiceRestart(false, exception.Fault.Message.TrimEnd('.')) { IsDenied = exception.Fault.Status == CimStatus.AccessDenied };
        }
    }

    private static ServiceRestart Refused(string verb, uint value)
        => new(false, FormattableString.Invariant($"the host says that it cannot be {verb} (return value {value})")) { IsDenied = value == AccessDenied };

    private async Task<uint> InvokeAsync(string method, Deadline deadline)
    {
        var path = new CimPath(CimNames.Cimv2, CimNames.Service, new KeyValuePair<string, object>("Name", Name));
        return (await _session.InvokeAsync(path, method, new Dictionary<string, object?>(), deadline, _cancellationToken).ConfigureAwait(false)).ReturnValue;
    }

    private async Task<string?> StateAsync(Deadline deadline)
    {
        var query = new CimQuery(CimNames.Cimv2, CimNames.Service, new[] { "Name", "State" }, CimCondition.Equal("Name", Name));
        return (await _session.QueryAsync(query, deadline, _cancellationToken).ConfigureAwait(false)).FirstOrDefault()?.Text("State");
    }

    private async Task<bool> ReachAsync(string state, Deadline deadline)
    {
        while (true)
        {
            if (string.Equals(await StateAsync(deadline).ConfigureAwait(false), state, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            if (deadline.Remaining <= Interval)
            {
                return false;
            }

            await _session.Clock.Delay(Interval, _cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>What became of a restart.</summary>
/// <param name="HasSucceeded">Whether the service runs anew.</param>
/// <param name="Text">The same in words.</param>
internal sealed record ServiceRestart(bool HasSucceeded, string Text)
{
    /// <summary>The account has no right to it.</summary>
    public bool IsDenied { get; init; }
}
