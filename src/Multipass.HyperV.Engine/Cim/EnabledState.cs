namespace Multipass.HyperV.Cim;

/// <summary><c>Msvm_ComputerSystem.EnabledState</c>, and with the same numbers the values of <c>RequestedState</c>.</summary>
internal static class EnabledState
{
    public const ushort Unknown = 0;

    /// <summary>The state is named by <c>OtherEnabledState</c>.</summary>
    public const ushort Other = 1;
    public const ushort Enabled = 2;
    public const ushort Disabled = 3;
    public const ushort ShuttingDown = 4;
    public const ushort NotApplicable = 5;

    /// <summary>The state is saved on disk.</summary>
    public const ushort EnabledButOffline = 6;
    public const ushort InTest = 7;
    public const ushort Deferred = 8;

    /// <summary>Paused.</summary>
    public const ushort Quiesce = 9;
    public const ushort Starting = 10;
    public const ushort Reset = 11;

    /// <summary><c>RequestedState</c> of the host's own row. That of a virtual machine at rest is <see cref="NotApplicable"/> (recorded).</summary>
    public const ushort NoChangeRequested = 12;
}
