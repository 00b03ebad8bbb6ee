using System;
using System.Collections;
using System.Collections.Generic;
using Multipass.HyperV.Simulation.Faults;

namespace Multipass.HyperV.Simulation;

/// <summary>Something that will go wrong on a simulated host. It never changes; how often it has struck is counted by the host.</summary>
public sealed class SimulatedFault
{
    internal SimulatedFault(FaultOperation operation, FaultKind kind, FaultStage stage, FaultFields fields)
    {
        OnOperation = operation;
        OfKind = kind;
        AtStage = stage;
        Times = (int)(fields.Times ?? 1);
        AfterMilliseconds = (int?)fields.AfterMilliseconds;
        if (kind.Effect == FaultEffect.Raw)
        {
            ReturnValue = (uint?)fields.ReturnValue;
            JobState = (ushort?)fields.JobState;
            JobErrorCode = (ushort?)fields.JobErrorCode;
            ErrorSummaryDescription = fields.ErrorSummaryDescription;
            ErrorDescription = fields.ErrorDescription;
            Errors = fields.Errors;
        }
    }

    /// <summary>The operations that a fault can strike.</summary>
    public static IReadOnlyList<string> Operations => FaultKinds.OperationNames;

    /// <summary>The kinds of faults.</summary>
    public static IReadOnlyList<string> Kinds => FaultKinds.Names;

    /// <summary>The stages at which a fault can strike.</summary>
    public static IReadOnlyList<string> Stages => FaultKinds.StageNames;

    /// <summary>The operation that it strikes, such as Start.</summary>
    public string Operation => OnOperation.ToString();

    /// <summary>The kind, such as OutOfMemory; null when the host's answer is given raw.</summary>
    public string? Kind => OfKind.Effect == FaultEffect.Raw ? null : OfKind.Name;

    /// <summary>When it strikes: Request, Job or AfterSuccess.</summary>
    public string Stage => AtStage.ToString();

    /// <summary>How many operations it strikes, 1 or more.</summary>
    public int Times { get; }

    /// <summary>When it strikes within its stage, in milliseconds; null for the default of its kind.</summary>
    public int? AfterMilliseconds { get; }

    /// <summary>Raw: what the method returns.</summary>
    public uint? ReturnValue { get; }

    /// <summary>Raw: the state that the job ends in; null for 10, Exception.</summary>
    public ushort? JobState { get; }

    /// <summary>Raw: the job's error code; null for 32768 when the job fails, and for 0 when it does not.</summary>
    public ushort? JobErrorCode { get; }

    /// <summary>Raw: the job's short text.</summary>
    public string? ErrorSummaryDescription { get; }

    /// <summary>Raw: the job's long text.</summary>
    public string? ErrorDescription { get; }

    /// <summary>Raw: the strings that <c>GetErrorEx</c> returns; null when it returns none.</summary>
    public IReadOnlyList<string>? Errors { get; }

    internal FaultOperation OnOperation { get; }

    internal FaultKind OfKind { get; }

    internal FaultStage AtStage { get; }

    /// <summary>Reads a fault from the same keys that a scenario has: <c>operation</c> and either <c>kind</c> with <c>stage</c>, or raw values; <c>times</c> and <c>afterMilliseconds</c>.</summary>
    /// <param name="values">The keys, without regard to case, with strings, whole numbers, and for <c>errors</c> strings.</param>
    /// <exception cref="ScenarioException">A key is not known, or its value is not allowed; the message names the key and what is.</exception>
    public static SimulatedFault FromDictionary(IDictionary values) => FaultReader.Read(values ?? throw new ArgumentNullException(nameof(values)));

    /// <summary>The fault in words.</summary>
    public override string ToString() => $"{Operation}: {Kind ?? "raw"} ({Stage})";
}
