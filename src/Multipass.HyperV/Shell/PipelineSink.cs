using Multipass.HyperV.Commands;
using Multipass.HyperV.Operations;

namespace Multipass.HyperV.Shell;

/// <summary>Brings what the engine tells to the pipeline's thread: progress, messages, errors, and the final instances.</summary>
internal sealed class PipelineSink : IOperationSink
{
    private readonly MpInstanceCommand _command;
    private readonly bool _passesThrough;
    private readonly InstanceProgress _progress;

    public PipelineSink(MpInstanceCommand command, string activity, bool passesThrough)
    {
        _command = command;
        _passesThrough = passesThrough;
        _progress = new InstanceProgress(command.WriteProgress, activity);
    }

    /// <summary>So many instances more will end. Runs on the pipeline's thread.</summary>
    public void Expect(int count) => _progress.Expect(count);

    /// <summary>Nothing more comes. Runs on the pipeline's thread.</summary>
    public void EndAll() => _progress.EndAll();

    public void Verbose(string text) => _command.Pump.Post(() => _command.WriteVerbose(text));

    public void Warning(string text) => _command.Pump.Post(() => _command.WriteWarning(text));

    public void Progress(MpInstance instance, string status, int? percent) => _command.Pump.Post(() => _progress.Show(instance, status, percent));

    public void Ended(OperationOutcome outcome) => _command.Pump.Post(() => End(outcome));

    private void End(OperationOutcome outcome)
    {
        _progress.End(outcome.Before);
        if (outcome.Failure is { } failure)
        {
            _command.Tell(failure);
        }

        if (_passesThrough && outcome.IsFound)
        {
            _command.WriteObject(_command.Shown(outcome.After));
        }
    }
}
