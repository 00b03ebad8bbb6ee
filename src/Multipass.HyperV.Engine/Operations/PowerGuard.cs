using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>
/// The one place from which power or data is taken: power-off, reset, discarding, ending a job or a worker process. Each is sent only after a reading made right before it,
/// to exactly the machine that was meant, and only if that reading shows what it has to.
/// </summary>
internal sealed class PowerGuard
{
    private readonly HostSession _session;
    private readonly Guid _id;
    private readonly CancellationToken _cancellationToken;

    public PowerGuard(HostSession session, Guid id, CancellationToken cancellationToken)
    {
        _session = session;
        _id = id;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Asks the host to power off, discard or reset.</summary>
    /// <param name="requestedState">What is asked.</param>
    /// <param name="may">Whether the state that is shown right before allows it. Suspended is refused whatever this says, unless <paramref name="discardsSavedState"/>.</param>
    /// <param name="discardsSavedState">Whether a saved state may be lost by it.</param>
    /// <param name="sendBy">Nothing is sent later.</param>
    /// <param name="answerBy">No answer is waited for longer.</param>
    /// <param name="isSaved">Whether a saved state may be lost while it is Starting; null where that has to be read.</param>
    public async Task<Taken> RequestAsync(
        ushort requestedState, Func<MachineReading, bool> may, bool discardsSavedState, Deadline sendBy, Deadline answerBy, bool? isSaved = null)
    {
        while (true)
        {
            var (reading, isGone, fault) = await ReadAsync(answerBy).ConfigureAwait(false);
            if (reading is null)
            {
                return new Taken(isGone ? StepEnd.Gone : StepEnd.Unreadable) { Fault = fault };
            }

            if (!discardsSavedState && reading.State == MpInstanceState.Starting && isSaved is null && may(reading))
            {
                // What is being restored is a user's work. The machine is read once more after that: nothing may lie between its reading and the request.
                isSaved = await SavedState.ExistsAsync(_session, _id, answerBy, _cancellationToken).ConfigureAwait(false) != false;
                continue;
            }

            var losesSavedState = reading.State == MpInstanceState.Suspended || (reading.State == MpInstanceState.Starting && isSaved == true);
            if ((losesSavedState && !discardsSavedState) || !may(reading))
            {
                return new Taken(StepEnd.Refused) { Reading = reading };
            }

            var parameters = new Dictionary<string, object?> { ["RequestedState"] = requestedState };
            return await SendAsync(reading, MachineReading.PathOf(_id), CimNames.RequestStateChange, parameters, sendBy, answerBy).ConfigureAwait(false);
        }
    }

    /// <summary>Asks a job to terminate. To be called when a look at machine and job, made right before, has shown both as they have to be.</summary>
    public Task<Taken> TerminateAsync(MachineReading reading, string jobId, Deadline answerBy)
        => SendAsync(
            reading,
            JobReading.PathOf(jobId),
            CimNames.RequestStateChange,
            new Dictionary<string, object?> { ["RequestedState"] = JobState.RequestTerminate },
            answerBy,
            answerBy);

    /// <summary>Ends a process. To be called when a look, made right before, has shown that it is this machine's worker and nobody else.</summary>
    public Task<Taken> EndProcessAsync(MachineReading reading, CimPath process, Deadline answerBy)
        => SendAsync(reading, process, "Terminate", new Dictionary<string, object?> { ["Reason"] = 1u }, answerBy, answerBy);

    private async Task<Taken> SendAsync(
        MachineReading reading, CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, Deadline sendBy, Deadline answerBy)
    {
        var readAt = _session.Clock.Elapsed;
        try
        {
            var result = await _session.InvokeAsync(path, method, parameters, sendBy, answerBy, _cancellationToken).ConfigureAwait(false);
            return new Taken(StepEnd.Reached) { Reading = reading, ReadAt = readAt, Result = result, WasSent = true };
        }
        catch (CimFaultException exception) when (exception.Fault.HResult == WbemError.CallCancelled && sendBy.HasPassed)
        {
            return new Taken(StepEnd.Unreadable) { Reading = reading, Fault = exception.Fault };
        }
        catch (CimFaultException exception)
        {
            return new Taken(exception.Fault.IsConnectionLost ? StepEnd.Limit : StepEnd.Refused) { Reading = reading, ReadAt = readAt, Fault = exception.Fault, WasSent = true };
        }
    }

    private async Task<(MachineReading? Reading, bool IsGone, CimFault? Fault)> ReadAsync(Deadline limit)
    {
        try
        {
            // An empty answer alone is no proof that it is gone: then it is asked for by its path.
            var reading = await MachineReading.ReadAsync(_session, _id, limit, _cancellationToken).ConfigureAwait(false)
                ?? MachineReading.From(await _session.GetAsync(MachineReading.PathOf(_id), limit, _cancellationToken).ConfigureAwait(false), _session.Clock.Now);
            return (reading, false, null);
        }
        catch (CimFaultException exception)
        {
            return (null, exception.Fault.Status == CimStatus.NotFound, exception.Fault);
        }
    }
}

/// <summary>What became of a request that takes power.</summary>
/// <param name="End">Reached: the host has answered. Limit: its answer was lost. Refused: it, or this guard, has refused. Gone, Unreadable: it was not sent.</param>
internal sealed record Taken(StepEnd End)
{
    /// <summary>What the host showed right before.</summary>
    public MachineReading? Reading { get; init; }

    /// <summary>When that was known, by the clock that bounds waits.</summary>
    public TimeSpan ReadAt { get; init; }

    /// <summary>What it answered.</summary>
    public CimMethodResult? Result { get; init; }

    public CimFault? Fault { get; init; }

    /// <summary>Whether the host may have seen it.</summary>
    public bool WasSent { get; init; }

    /// <summary>It will be carried out.</summary>
    public bool IsAccepted => Result is not null && ReturnValue.IsAccepted(Result.ReturnValue);
}
