namespace Multipass.HyperV.Cim;

/// <summary>What a method answered: its return value and its out-parameters.</summary>
/// <param name="ReturnValue">The method's return value.</param>
/// <param name="Out">The out-parameters.</param>
public sealed record CimMethodResult(uint ReturnValue, CimRecord Out);
