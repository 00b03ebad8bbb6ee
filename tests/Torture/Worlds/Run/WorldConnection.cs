using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Torture.Worlds.Plan;

namespace Multipass.HyperV.Torture.Worlds.Run;

/// <summary>The engine's connection to a host of a world. Calls take time, and something befalls some of them; each is written down.</summary>
internal sealed class WorldConnection : ICimConnection
{
    private readonly WorldRun _run;
    private readonly WorldHost _host;
    private readonly List<StruckCalls> _struck = new();
    private readonly List<StruckRows> _rows = new();
    private int _turn;

    public WorldConnection(WorldRun run, WorldHost host)
    {
        _run = run;
        _host = host;
        Host = new CimHost(host.Plan.Name, CimTransport.Simulated, IsLocal: false) { Account = host.Plan.Name + "\\operator" };
        foreach (var plan in run.Plan.Calls)
        {
            if (plan.Host == host.Index)
            {
                _struck.Add(new StruckCalls(plan));
            }
        }

        foreach (var plan in run.Plan.Rows)
        {
            if (plan.Machine < run.Plan.Machines.Count && run.Plan.Machines[plan.Machine].Host == host.Index)
            {
                _rows.Add(new StruckRows(plan, host.Index, run.Plan.Machines[plan.Machine].Id));
            }
        }
    }

    public CimHost Host { get; }

    public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<IReadOnlyList<CimRecord>>(cancellationToken);
        }

        var record = Add(new CallRecord
        {
            Number = _run.History.Calls.Count,
            Host = _host.Index,
            Step = _run.Current?.Index ?? -1,
            Kind = CallKind.Query,
            Class = query.ClassName,
            Where = query.Where,
            SentAt = _run.Clock.Ticks,
            SentOrder = _run.History.NextOrder(),
        });
        return new Pending<IReadOnlyList<CimRecord>>(this, record, () => _host.Door.QueryAsync(query, CancellationToken.None), Seen, cancellationToken).Task;
    }

    public Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<CimRecord>(cancellationToken);
        }

        var record = Add(new CallRecord
        {
            Number = _run.History.Calls.Count,
            Host = _host.Index,
            Step = _run.Current?.Index ?? -1,
            Kind = CallKind.Get,
            Class = path.ClassName,
            Path = path,
            SentAt = _run.Clock.Ticks,
            SentOrder = _run.History.NextOrder(),
        });
        return new Pending<CimRecord>(this, record, () => _host.Door.GetAsync(path, CancellationToken.None), SeenOne, cancellationToken).Task;
    }

    public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<CimMethodResult>(cancellationToken);
        }

        var jobId = path.ClassName == "Msvm_ConcreteJob" ? path.Key("InstanceID") : null;
        var record = Add(new CallRecord
        {
            Number = _run.History.Calls.Count,
            Host = _host.Index,
            Step = _run.Current?.Index ?? -1,
            Kind = CallKind.Invoke,
            Class = path.ClassName,
            Method = method,
            Path = path,
            JobId = jobId,
            ChangesState = method is "RequestStateChange" or "InitiateShutdown" or "InitiateReboot" or "Terminate" or "StartService" or "StopService",
            Requested = parameters.TryGetValue("RequestedState", out var requested) && requested is not null ? Convert.ToInt32(requested, CultureInfo.InvariantCulture) : -1,
            SentAt = _run.Clock.Ticks,
            SentOrder = _run.History.NextOrder(),
        });
        record.Machine = MachineOf(record);
        return new Pending<CimMethodResult>(
            this, record, () => _host.As(Asker.User, () => _host.Door.InvokeAsync(path, method, parameters, CancellationToken.None)), Done, cancellationToken).Task;
    }

    public void Dispose()
    {
    }

    private CallRecord Add(CallRecord record)
    {
        _run.MustBeAlone();
        _run.History.Calls.Add(record);
        if (_run.Current is { BeganAt: >= 0 } step)
        {
            foreach (var struck in _struck)
            {
                if (struck.Plan.Step == step.Index && record.Struck is null && struck.Strikes(record, _run.Clock.Ticks))
                {
                    record.Struck = struck.Plan;
                }
            }
        }

        return record;
    }

    private MachineHistory? MachineOf(CallRecord record)
    {
        if (record.JobId is { } job)
        {
            return _run.History.Job(_host.Index, job)?.Machine;
        }

        if (record.Class == "Win32_Process")
        {
            return _host.MachineOfWorker(record.Path!.Key("Handle"));
        }

        return Guid.TryParse(record.Path!.Key("Name") ?? record.Path.Key("SystemName"), out var id) ? _host.Find(id) : null;
    }

    /// <summary>How long a call travels, there or back.</summary>
    private long Way()
    {
        var jitter = _host.Plan.JitterMilliseconds == 0 ? 0 : (_turn = (_turn + 7) % 5) * _host.Plan.JitterMilliseconds / 4;
        return TimeSpan.FromMilliseconds((_host.Plan.CallMilliseconds + jitter) / 2.0).Ticks;
    }

    private IReadOnlyList<CimRecord> Seen(CallRecord record, IReadOnlyList<CimRecord> rows)
    {
        if (record.Struck?.Fate == CallFate.Empty)
        {
            rows = Array.Empty<CimRecord>();
        }
        else if (_rows.Count > 0 && rows.Count > 0 && record.Class is "Msvm_ComputerSystem" or "Msvm_ConcreteJob" && _run.Current is { BeganAt: >= 0 } step)
        {
            foreach (var struck in _rows)
            {
                if (struck.Plan.Step == step.Index && _run.Clock.Ticks >= step.BeganAt + TimeSpan.FromMilliseconds(struck.Plan.FromMilliseconds).Ticks)
                {
                    rows = struck.Apply(rows, record.Class, _run.History);
                }
            }
        }

        record.Rows = rows;
        return rows;
    }

    private CimRecord SeenOne(CallRecord record, CimRecord row)
    {
        record.Rows = new[] { row };
        return row;
    }

    private CimMethodResult Done(CallRecord record, CimMethodResult result)
    {
        if (record.Struck?.Fate == CallFate.NoJob && result.ReturnValue == 4096)
        {
            result = new CimMethodResult(0, new CimRecord("__PARAMETERS", new[] { new KeyValuePair<string, object?>("Job", null) }));
        }

        record.Returned = result.ReturnValue;
        record.ReturnedJob = result.Out.Reference("Job")?.Key("InstanceID");
        return result;
    }

    private static CimFault? FaultOf(CallFate fate)
        => fate switch
        {
            CallFate.Unexpected => new CimFault(CimStatus.Failed, unchecked((int)0x8000FFFF), "Catastrophic failure."),
            CallFate.Failed => new CimFault(CimStatus.Failed, unchecked((int)0x80041001), "Generic failure."),
            CallFate.Denied => new CimFault(CimStatus.AccessDenied, unchecked((int)0x80041003), "Access was denied."),
            CallFate.Unavailable => new CimFault(CimStatus.Failed, unchecked((int)0x800706BA), "The RPC server is unavailable."),
            CallFate.AnswerLost => new CimFault(CimStatus.Failed, unchecked((int)0x800706BE), "The remote procedure call failed."),
            _ => null,
        };

    /// <summary>A call under way.</summary>
    private sealed class Pending<T>
        where T : class
    {
        private readonly WorldConnection _connection;
        private readonly CallRecord _record;
        private readonly Func<Task<T>> _carryOut;
        private readonly Func<CallRecord, T, T> _see;
        private readonly TaskCompletionSource<T> _completion = new();
        private readonly CancellationToken _token;
        private readonly CancellationTokenRegistration _registration;

        public Pending(WorldConnection connection, CallRecord record, Func<Task<T>> carryOut, Func<CallRecord, T, T> see, CancellationToken token)
        {
            _connection = connection;
            _record = record;
            _carryOut = carryOut;
            _see = see;
            _token = token;
            connection._run.Clock.In(connection.Way(), Arrive);
            if (!connection._host.Plan.IgnoresCancellation && token.CanBeCanceled)
            {
                _registration = token.UnsafeRegister(static state => ((Pending<T>)state!).Abandon(), this);
            }
        }

        public Task<T> Task => _completion.Task;

        private void Abandon()
        {
            if (_record.AnsweredAt < 0)
            {
                _record.AbandonedAt = _connection._run.Clock.Ticks;
                _completion.TrySetCanceled(_token);
            }
        }

        private void Arrive()
        {
            _record.ArrivedAt = _connection._run.Clock.Ticks;
            _connection._run.MustBeAlone();
            var fate = _record.Struck?.Fate;
            if (fate is CallFate.Unexpected or CallFate.Failed or CallFate.Denied or CallFate.Unavailable)
            {
                Back(null, new CimFaultException(FaultOf(fate.Value)!));
                return;
            }

            if (fate == CallFate.Exception)
            {
                Back(null, new InvalidOperationException("The connection is not what it should be."));
                return;
            }

            if (fate == CallFate.Silent && !_record.ChangesState)
            {
                return;
            }

            var task = _carryOut();
            if (_record.ChangesState)
            {
                _record.MadeJob = _connection._host.LastJob;
            }

            if (task.IsCompleted)
            {
                Carried(task);
            }
            else
            {
                task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() => Carried(task));
            }
        }

        private void Carried(Task<T> task)
        {
            if (_record.Struck?.Fate == CallFate.Silent)
            {
                return;
            }

            if (task.IsFaulted)
            {
                Back(null, task.Exception!.InnerException!);
            }
            else if (_record.Struck?.Fate == CallFate.AnswerLost)
            {
                Back(null, new CimFaultException(FaultOf(CallFate.AnswerLost)!));
            }
            else
            {
                Back(_see(_record, task.Result), null);
            }
        }

        private void Back(T? value, Exception? exception)
        {
            var run = _connection._run;
            run.Clock.In(_connection.Way() + TimeSpan.FromMilliseconds(_record.Struck?.DelayMilliseconds ?? 0).Ticks, () =>
            {
                if (_record.AbandonedAt >= 0)
                {
                    return;
                }

                _record.AnsweredAt = run.Clock.Ticks;
                _record.AnsweredOrder = run.History.NextOrder();
                _registration.Unregister();
                if (exception is null)
                {
                    _completion.TrySetResult(value!);
                    return;
                }

                _record.Fault = exception is CimFaultException fault ? fault.Fault : new CimFault(CimStatus.Failed, 0, exception.Message);
                _completion.TrySetException(exception);
            });
        }
    }
}
