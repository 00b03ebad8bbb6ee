namespace Multipass.HyperV;

/// <summary>How much a finding matters.</summary>
public enum MpFindingSeverity
{
    /// <summary>Good to know; nothing needs to be done.</summary>
    Information,

    /// <summary>A start may still succeed, or takes longer, or something else is not as it should be.</summary>
    Warning,

    /// <summary>A start would fail.</summary>
    Error,
}
