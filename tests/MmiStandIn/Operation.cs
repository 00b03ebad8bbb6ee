using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Management.Infrastructure;
using Microsoft.Management.Infrastructure.Options;
using Multipass.HyperV.Cim;
using MiResult = Microsoft.Management.Infrastructure.CimMethodResult;

namespace Multipass.HyperV.MmiStandIn;

/// <summary>One operation: it calls back on a thread of its own and under a lock, as MI does, and nothing comes after it was cancelled.</summary>
internal sealed class Operation : IDisposable
{
    /// <summary>MI's callbacks are to return at once; a second is a wait, on however busy a machine.</summary>
    private static readonly TimeSpan LongestCallback = TimeSpan.FromSeconds(5);

    [ThreadStatic]
    private static bool isInCallback;

    private readonly object _callbackLock = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationToken _cancelled;
    private readonly SimulatedComputer? _computer;
    private readonly CimOperationOptions _options;
    private readonly object?[] _inputs;
    private readonly List<object> _delivered = new();
    private readonly int _caller = Environment.CurrentManagedThreadId;
    private volatile bool _isCancelled;
    private volatile bool _isDisposed;
    private volatile bool _isRunning = true;

    public Operation(CimSession session, SimulatedComputer? computer, CimOperationOptions options, params object?[] inputs)
    {
        Session = session;
        _cancelled = _cancel.Token;
        _computer = computer;
        _options = options;
        _inputs = inputs;
    }

    public CimSession Session { get; }

    /// <summary>True until its end, or until it was cancelled.</summary>
    public bool IsRunning => _isRunning && !_isCancelled;

    /// <summary>Nothing of MI may be called from within one of its callbacks: it holds locks.</summary>
    public static void ForbidInCallback(string what)
    {
        if (isInCallback)
        {
            throw new InvalidOperationException($"{what} was called from within a callback.");
        }
    }

    public Operation Start<T>(IObserver<T> observer, Func<SimulatedComputer, CancellationToken, Task<T[]>> work)
        where T : class
    {
        ForbidInCallback("an operation");
        ObjectDisposedException.ThrowIf(Session.IsClosed, Session);
        _computer?.Begun(this);
        new Thread(() => Run(observer, work)) { IsBackground = true, Name = "MI callback" }.Start();
        return this;
    }

    /// <summary>Cancels what has not ended. It returns when no callback runs any more.</summary>
    public void Dispose()
    {
        ForbidInCallback("the end of an operation");
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        lock (_callbackLock)
        {
            _isCancelled = true;
        }

        _cancel.Cancel();
        _cancel.Dispose();
    }

    /// <summary>What was left behind.</summary>
    public IEnumerable<string> Audit()
    {
        if (!_isDisposed)
        {
            yield return "an operation that was neither ended nor cancelled";
        }

        if (!_options.IsDisposed)
        {
            yield return "options that were not disposed of";
        }

        foreach (var item in _inputs.Concat(_delivered).Where(item => item is CimInstance { IsDisposed: false } or MiResult { IsDisposed: false } or CimMethodParametersCollection { IsDisposed: false }))
        {
            yield return $"a {item!.GetType().Name} that was not disposed of";
        }
    }

    private void Run<T>(IObserver<T> observer, Func<SimulatedComputer, CancellationToken, Task<T[]>> work)
        where T : class
    {
        try
        {
            if (_computer is null)
            {
                throw Fault(new CimFault(CimStatus.Failed, Hexadecimal(0x800706BA), "WinRM cannot complete the operation. Verify that the specified computer name is valid."));
            }

            if (Session.IsBroken)
            {
                throw Fault(new CimFault(CimStatus.Failed, Hexadecimal(0x800706BE), "The session has lost its connection."));
            }

            // An operation begins with a callback without an item.
            Call(() => observer.OnNext(null!));
            foreach (var item in work(_computer, _cancelled).GetAwaiter().GetResult())
            {
                lock (_callbackLock)
                {
                    if (!_isCancelled)
                    {
                        _delivered.Add(item);
                    }
                }

                Call(() => observer.OnNext(item));
            }

            Ended(observer.OnCompleted);
        }
        catch (CimFaultException exception)
        {
            Session.IsBroken = _computer!.BreaksSessions && exception.Fault.IsConnectionLost;
            Ended(() => observer.OnError(Fault(exception.Fault)));
        }
        catch (CimException exception)
        {
            Ended(() => observer.OnError(exception));
        }
        catch (OperationCanceledException)
        {
            // Cancelled: nothing more is said.
            _isRunning = false;
        }
        catch (Exception exception)
        {
            _computer?.Blame("the simulated host itself failed: " + exception);
            Ended(() => observer.OnError(exception));
        }
    }

    private void Ended(Action last)
    {
        if (_options.IsDisposed && !_isCancelled)
        {
            _computer?.Blame("options disposed of before the operation had ended");
        }

        _isRunning = false;
        Call(last);
    }

    private void Call(Action callback)
    {
        lock (_callbackLock)
        {
            if (_isCancelled)
            {
                return;
            }

            isInCallback = true;
            var time = Stopwatch.StartNew();
            try
            {
                callback();
            }
            catch (Exception exception)
            {
                _computer?.Blame("an exception from a callback: " + exception);
            }
            finally
            {
                isInCallback = false;
            }

            if (time.Elapsed > LongestCallback)
            {
                _computer?.Blame($"a callback that took {time.Elapsed}");
            }

            if (Environment.CurrentManagedThreadId == _caller)
            {
                _computer?.Blame("a callback on the caller's thread");
            }
        }
    }

    /// <summary>The exception that MI makes of a fault: over COM with WMI's own error object, over the network with WinRM's numbers.</summary>
    private CimException Fault(CimFault fault)
    {
        var code = unchecked((uint)fault.HResult);
        if (!Session.IsLocal)
        {
            code = code switch
            {
                0x800706BA => 0x80338126,
                0x800706BE => 0x80072EFE,
                0x80041069 => 0x80338029,
                0x80041003 => 0x80070005,
                var other => other,
            };
        }

        var data = new CimInstance(Session.IsLocal ? "MSFT_WmiError" : "CIM_Error");
        data.CimInstanceProperties.Add(CimProperty.Create("MessageID", Session.IsLocal && fault.Status == CimStatus.NotFound ? "no number" : string.Create(CultureInfo.InvariantCulture, $"HRESULT 0x{code:x8}"), CimType.String, CimFlags.Property));
        if (Session.IsLocal)
        {
            data.CimInstanceProperties.Add(CimProperty.Create("error_Code", code, CimType.UInt32, CimFlags.Property));
        }

        return new CimException((NativeErrorCode)(int)fault.Status, fault.Message, data);
    }

    private static int Hexadecimal(uint code) => unchecked((int)code);
}
