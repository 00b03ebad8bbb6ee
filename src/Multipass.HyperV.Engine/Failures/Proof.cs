using System;
using System.Linq;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Failures;

/// <summary>A piece of evidence that speaks for a cause, with its weight: facts over codes, special codes over general ones.</summary>
internal sealed class Proof
{
    private readonly Func<FailureEvidence, HostFacts, bool> _holds;

    private Proof(int weight, string text, Func<FailureEvidence, HostFacts, bool> holds)
    {
        Weight = weight;
        Text = text;
        _holds = holds;
    }

    public int Weight { get; }

    /// <summary>The evidence in short, for the table of errors.</summary>
    public string Text { get; }

    /// <summary>An HRESULT in the host's answer.</summary>
    public static Proof HResult(uint code) => new(30, Hexadecimal(code), (evidence, _) => evidence.HResults.Contains(unchecked((int)code)));

    /// <summary>An HRESULT that several causes share, together with a fact that decides between them.</summary>
    public static Proof HResult(uint code, string fact, Func<HostFacts, bool> holds)
        => new(40, $"{Hexadecimal(code)} and {fact}", (evidence, facts) => evidence.HResults.Contains(unchecked((int)code)) && holds(facts));

    /// <summary>A return value, or a job's error code.</summary>
    public static Proof Code(long code) => new(20, code.ToString(System.Globalization.CultureInfo.InvariantCulture), (evidence, _) => evidence.Code == code);

    /// <summary>A return value or a job's error code that says hardly anything.</summary>
    public static Proof GeneralCode(long code) => new(10, code.ToString(System.Globalization.CultureInfo.InvariantCulture), (evidence, _) => evidence.Code == code);

    /// <summary>The CIM status of a call that failed.</summary>
    public static Proof Status(CimStatus status) => new(20, $"CIM status {status}", (evidence, _) => evidence.Fault?.Status == status);

    public bool Holds(FailureEvidence evidence, HostFacts facts) => _holds(evidence, facts);

    private static string Hexadecimal(uint code) => "0x" + code.ToString("X8", System.Globalization.CultureInfo.InvariantCulture);
}
