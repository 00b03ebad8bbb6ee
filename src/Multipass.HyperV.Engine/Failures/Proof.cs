using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Failures;

/// <summary>Where a piece of evidence comes from. A row says which of them may prove it: a job exists because connection, account and installation were good, so that its codes are not about those.</summary>
[Flags]
internal enum EvidenceSources
{
    None = 0,

    /// <summary>The fault that a call itself ended in.</summary>
    Call = 1,

    /// <summary>What the request returned.</summary>
    Request = 2,

    /// <summary>The job: its state, its error code, its texts.</summary>
    Job = 4,

    /// <summary>The job's error list.</summary>
    ErrorList = 8,

    /// <summary>The host's event log.</summary>
    EventLog = 16,
}

/// <summary>A fact that speaks for a cause or against it.</summary>
/// <param name="Text">The fact in words.</param>
/// <param name="Needs">What must be looked up to know it.</param>
/// <param name="Holds">Whether it is so; a fact that is not known is not.</param>
internal sealed record Observation(string Text, FactKinds Needs, Func<FailureCase, bool> Holds);

/// <summary>A piece of evidence that speaks for a cause, with its weight: facts over codes, special codes over general ones.</summary>
internal sealed record Proof
{
    /// <summary>A code that several causes share, and a fact that decides between them.</summary>
    private const int FactWithCode = 50;

    /// <summary>A code of Hyper-V's own facilities: it can mean one thing only.</summary>
    private const int OwnHResult = 40;

    /// <summary>A code of Windows, which other parts of the system use too.</summary>
    private const int WindowsHResult = 30;

    /// <summary>What the event log says of this virtual machine.</summary>
    private const int InEventLog = 25;

    /// <summary>A return value, a job's error code or a CIM status: a class of failures.</summary>
    private const int Class = 20;

    private const int ClassInErrorList = 18;

    /// <summary>An event that several causes share.</summary>
    private const int SharedEvent = 15;

    private const int GeneralClass = 14;

    /// <summary>A failure without a reason, and a fact that is reason enough: first what must be there for a start.</summary>
    public const int StartNeed = 13;

    private const int FactWithoutCode = 12;

    private readonly string _evidence;
    private readonly Func<FailureEvidence, EvidenceSources, int> _weigh;

    private Proof(string evidence, Func<FailureEvidence, EvidenceSources, int> weigh)
    {
        _evidence = evidence;
        _weigh = weigh;
    }

    /// <summary>The evidence in short, for the table of errors.</summary>
    public string Text => For is null ? _evidence : $"{_evidence}, and {For.Text}";

    /// <summary>The fact without which it proves nothing; null when it proves something by itself.</summary>
    public Observation? For { get; private init; }

    /// <summary>The facts that contradict it.</summary>
    public IReadOnlyList<Observation> Against { get; private init; } = Array.Empty<Observation>();

    /// <summary>What must be looked up to decide it.</summary>
    public FactKinds Needs => Against.Aggregate(For?.Needs ?? FactKinds.None, (kinds, objection) => kinds | objection.Needs);

    private bool IsGeneral { get; init; }

    /// <summary>It is not about a device that is named, but about one that is there.</summary>
    private bool IsAboutDevicesThere { get; init; }

    /// <summary>A fact without any code.</summary>
    public bool IsFactAlone { get; private init; }

    /// <summary>An HRESULT in the host's answer, or in its event log.</summary>
    public static Proof HResult(uint code) => new(HResultText.Format(code), (evidence, sources) => WeightOf(evidence, sources, unchecked((int)code)));

    /// <summary>An HRESULT of a call that failed with this CIM status.</summary>
    public static Proof HResult(uint code, CimStatus status)
        => new(
            $"{HResultText.Format(code)} with CIM status {status}",
            (evidence, sources) => evidence.Fault?.Status == status && WeightOf(evidence, sources, unchecked((int)code)) > 0 ? FactWithCode : 0);

    /// <summary>Several HRESULTs, each of which proves the same.</summary>
    public static IEnumerable<Proof> HResults(params uint[] codes) => codes.Select(HResult);

    /// <summary>A return value, or a job's error code.</summary>
    public static Proof Code(long code)
        => new("code " + CodeNames.ReturnValue.Describe(code), (evidence, sources) => evidence.Code == code && (sources & evidence.CodeSource) != 0 ? Class : 0);

    /// <summary>A return value or a job's error code that stands for several causes.</summary>
    public static Proof GeneralCode(long code) => Code(code) with { IsGeneral = true };

    /// <summary>The state that a job has ended in.</summary>
    public static Proof JobState(ushort state, string name) => new($"job state {name} ({Number(state)})", (evidence, _) => evidence.JobState == state ? Class : 0);

    /// <summary>The CIM status of a call that failed.</summary>
    public static Proof Status(CimStatus status)
        => new($"CIM status {status}", (evidence, sources) => evidence.Fault?.Status == status && (sources & evidence.FaultSources) != 0 ? Class : 0);

    /// <summary><c>Msvm_Error.ProbableCause</c> in a job's error list.</summary>
    public static Proof ProbableCause(ushort code, string name)
        => new(
            $"ProbableCause {name} ({Number(code)}) in the job's error list",
            (evidence, sources) => (sources & EvidenceSources.ErrorList) != 0 && evidence.Errors.Any(error => error.ProbableCause == code) ? ClassInErrorList : 0);

    /// <summary>An event of the host's log for this virtual machine.</summary>
    public static Proof Event(int id) => new($"event {Number(id)}", (evidence, sources) => HasEvent(evidence, sources, id) ? InEventLog : 0);

    /// <summary>An event that stands for several causes.</summary>
    public static Proof GeneralEvent(int id) => new($"event {Number(id)}", (evidence, sources) => HasEvent(evidence, sources, id) ? SharedEvent : 0);

    /// <summary>A failure for which the host gave no reason, and a fact that is one.</summary>
    public static Proof Fact(string fact, FactKinds needs, Func<FailureCase, bool> holds)
        => Fact(new Observation(fact, needs, holds));

    /// <summary>A failure for which the host gave no reason, and a fact that is one.</summary>
    public static Proof Fact(Observation fact) => new("no reason given", (evidence, _) => evidence.HasNoReason ? FactWithoutCode : 0) { For = fact, IsFactAlone = true };

    /// <summary>The same evidence, which proves something only together with a fact.</summary>
    public Proof When(string fact, FactKinds needs, Func<FailureCase, bool> holds) => this with { For = new Observation(fact, needs, holds) };

    /// <summary>The same evidence, which proves something only where the instance has such a device.</summary>
    public Proof WhenItHas(string fact, FactKinds needs, Func<FailureCase, bool> holds) => When(fact, needs, holds) with { IsAboutDevicesThere = true };

    /// <summary>The same evidence, which proves something only together with a fact.</summary>
    public Proof When(Observation fact) => this with { For = fact };

    /// <summary>The same evidence, which a fact contradicts.</summary>
    public Proof Unless(string fact, FactKinds needs, Func<FailureCase, bool> holds) => Unless(new Observation(fact, needs, holds));

    public Proof Unless(Observation objection) => this with { Against = Against.Append(objection).ToArray() };

    /// <summary>How much it counts; zero when it does not hold, or a fact speaks against it.</summary>
    public int Weigh(FailureCase failure, EvidenceSources sources)
        => MostFor(failure.Evidence, sources) is > 0 and var weight && For?.Holds(failure) != false && !Against.Any(objection => objection.Holds(failure)) ? weight : 0;

    /// <summary>How much it would count if its facts were as it needs them.</summary>
    public int MostFor(FailureEvidence evidence, EvidenceSources sources)
        => _weigh(evidence, sources) is > 0 and var weight ? For is not null && !IsFactAlone ? FactWithCode : IsGeneral ? GeneralClass : weight : 0;

    /// <summary>What must be looked up to decide it, for this evidence: where a text names no device by its id, only what the instance has can tell.</summary>
    public FactKinds NeedsFor(FailureEvidence evidence) => evidence.Mentions.Ids.Count > 0 || IsAboutDevicesThere ? Needs : Needs & ~FactKinds.Devices;

    private static int WeightOf(FailureEvidence evidence, EvidenceSources sources, int code)
        => evidence.Has(code, sources) ? HResultText.IsOfHyperV(code) ? OwnHResult : WindowsHResult
            : (sources & EvidenceSources.EventLog) != 0 && evidence.Events.Any(logged => logged.HResults.Contains(code)) ? InEventLog
            : 0;

    private static bool HasEvent(FailureEvidence evidence, EvidenceSources sources, int id)
        => (sources & EvidenceSources.EventLog) != 0 && evidence.Events.Any(logged => logged.Id == id);

    private static string Number(long code) => code.ToString(CultureInfo.InvariantCulture);
}
