using System;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Failures;

/// <summary>A piece of evidence that speaks for a cause, with its weight: facts over codes, special codes over general ones.</summary>
internal sealed class Proof
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

    /// <summary>A failure without a reason, and a fact that is reason enough.</summary>
    private const int FactWithoutCode = 12;

    private const int GeneralClass = 10;

    private readonly Func<FailureEvidence, int> _weigh;
    private readonly Func<HostFacts, bool>? _fact;

    private Proof(string text, Func<FailureEvidence, int> weigh, FactKinds needs = FactKinds.None, Func<HostFacts, bool>? fact = null)
    {
        Text = text;
        Needs = needs;
        _weigh = weigh;
        _fact = fact;
    }

    /// <summary>The evidence in short, for the table of errors.</summary>
    public string Text { get; }

    /// <summary>What must be looked up to decide it.</summary>
    public FactKinds Needs { get; }

    /// <summary>An HRESULT in the host's answer, or in its event log.</summary>
    public static Proof HResult(uint code)
        => new(HResultText.Format(code), evidence => WeightOf(evidence, unchecked((int)code)));

    /// <summary>An HRESULT that several causes share, together with a fact that decides between them.</summary>
    public static Proof HResult(uint code, string fact, FactKinds needs, Func<HostFacts, bool> holds)
        => new($"{HResultText.Format(code)}, and {fact}", evidence => WeightOf(evidence, unchecked((int)code)) > 0 ? FactWithCode : 0, needs, holds);

    /// <summary>An HRESULT that several causes share, in a call that failed with this CIM status.</summary>
    public static Proof HResult(uint code, CimStatus status)
        => new(
            $"{HResultText.Format(code)} with CIM status {status}",
            evidence => evidence.Fault?.Status == status && WeightOf(evidence, unchecked((int)code)) > 0 ? FactWithCode : 0);

    /// <summary>A return value, or a job's error code.</summary>
    public static Proof Code(long code) => new(Named(code), evidence => evidence.Code == code ? Class : 0);

    /// <summary>A return value or a job's error code that several causes share, together with a fact that decides between them.</summary>
    public static Proof Code(long code, string fact, FactKinds needs, Func<HostFacts, bool> holds)
        => new($"{Named(code)}, and {fact}", evidence => evidence.Code == code ? FactWithCode : 0, needs, holds);

    /// <summary>A return value or a job's error code that says hardly anything.</summary>
    public static Proof GeneralCode(long code) => new(Named(code), evidence => evidence.Code == code ? GeneralClass : 0);

    /// <summary>The state that a job has ended in.</summary>
    public static Proof JobState(ushort state, string name)
        => new($"job state {name} ({Number(state)})", evidence => evidence.JobState == state ? Class : 0);

    /// <summary>The CIM status of a call that failed.</summary>
    public static Proof Status(CimStatus status) => new($"CIM status {status}", evidence => evidence.Fault?.Status == status ? Class : 0);

    /// <summary><c>Msvm_Error.ProbableCause</c> in a job's error list.</summary>
    public static Proof ProbableCause(ushort code, string name)
        => new($"ProbableCause {name} ({Number(code)}) in the job's error list", evidence => evidence.Errors.Any(error => error.ProbableCause == code) ? ClassInErrorList : 0);

    /// <summary>An event of the host's log for this virtual machine.</summary>
    public static Proof Event(int id) => new($"event {Number(id)}", evidence => evidence.Events.Any(logged => logged.Id == id) ? InEventLog : 0);

    /// <summary>An event that stands for several causes.</summary>
    public static Proof GeneralEvent(int id) => new($"event {Number(id)}", evidence => evidence.Events.Any(logged => logged.Id == id) ? SharedEvent : 0);

    /// <summary>A failure for which the host gave no reason, and a fact that is one.</summary>
    public static Proof Fact(string fact, FactKinds needs, Func<HostFacts, bool> holds)
        => new($"no reason given, and {fact}", evidence => evidence.HasNoReason ? FactWithoutCode : 0, needs, holds);

    /// <summary>How much it counts; zero when it does not hold.</summary>
    public int Weigh(FailureEvidence evidence, HostFacts facts) => _fact is null || _fact(facts) ? _weigh(evidence) : 0;

    /// <summary>Whether it would hold if its fact did.</summary>
    public bool MayHold(FailureEvidence evidence) => _weigh(evidence) > 0;

    private static int WeightOf(FailureEvidence evidence, int code)
        => evidence.HResults.Contains(code) ? HResultText.IsOfHyperV(code) ? OwnHResult : WindowsHResult
            : evidence.Events.Any(logged => logged.HResults.Contains(code)) ? InEventLog
            : 0;

    private static string Named(long code) => "code " + CodeNames.ReturnValue.Describe(code);

    private static string Number(long code) => code.ToString(CultureInfo.InvariantCulture);
}
