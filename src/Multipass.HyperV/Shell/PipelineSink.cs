using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Commands;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Lifecycle;

namespace Multipass.HyperV.Shell;

/// <summary>Brings what the engine tells to the pipeline's thread: progress, messages, errors, and the final instances.</summary>
internal sealed class PipelineSink : IOperationSink
{
    private readonly MpCommand _command;
    private readonly bool _passesThrough;
    private readonly bool _holdsBack;
    private readonly PipelinePump _pump = new();
    private readonly InstanceProgress _progress;
    private readonly List<MpOperationFailure> _heldBack = new();

    public PipelineSink(MpCommand command, string activity, int count, bool passesThrough)
    {
        _command = command;
        _passesThrough = passesThrough;
        _holdsBack = command.EndsAtFirstError();
        _progress = new InstanceProgress(command.WriteProgress, activity, count);
    }

    /// <summary>Errors that were held back.</summary>
    public IReadOnlyList<MpOperationFailure> HeldBack => _heldBack;

    /// <summary>Runs the engine until all instances have ended; then the errors that were held back are written.</summary>
    public void Run(Func<CancellationToken, Task> operation, CancellationToken stop)
    {
        RunOnly(operation, stop);
        _heldBack.ForEach(_command.WriteFailure);
    }

    /// <summary>Runs the engine until all instances have ended. What is held back stays so.</summary>
    public void RunOnly(Func<CancellationToken, Task> operation, CancellationToken stop)
    {
        try
        {
            _pump.Run(operation, stop);
        }
        finally
        {
            _progress.EndAll();
        }
    }

    public void Verbose(string text) => _pump.Post(() => _command.WriteVerbose(text));

    public void Warning(string text) => _pump.Post(() => _command.WriteWarning(text));

    public void Progress(MpInstance instance, string status, int? percent) => _pump.Post(() => _progress.Show(instance, status, percent));

    public void Ended(OperationOutcome outcome) => _pump.Post(() => End(outcome));

    private void End(OperationOutcome outcome)
    {
        _progress.End(outcome.Before);
        if (outcome.Failure is { } failure)
        {
            if (_holdsBack)
            {
                _heldBack.Add(failure);
            }
            else
            {
                _command.WriteFailure(failure);
            }
        }

        if (_passesThrough && outcome.IsFound)
        {
            _command.WriteObject(outcome.After);
        }
    }
}
