namespace Multipass.HyperV.Operations;

/// <summary>What an operation tells while it goes on. Called from whatever thread the engine runs on; an implementation must not block.</summary>
internal interface IOperationSink
{
    /// <summary>A detail for the curious.</summary>
    void Verbose(string text);

    /// <summary>Something that the user should know although the operation goes on.</summary>
    void Warning(string text);

    /// <summary>How far an instance is. The percentage is the host's own; null when it tells none.</summary>
    void Progress(MpInstance instance, string status, int? percent);

    /// <summary>An instance has ended; nothing more is told of it.</summary>
    void Ended(OperationOutcome outcome);
}
