namespace Multipass.HyperV;

/// <summary>What runs an instance.</summary>
public enum MpBackend
{
    /// <summary>A virtual machine of Hyper-V's management service.</summary>
    HyperV,

    /// <summary>A compute system of Multipass's newer backend: Hyper-V's management service does not know it.</summary>
    Hcs,

    /// <summary>Oracle VirtualBox, which is another driver of Multipass's.</summary>
    VirtualBox,
}
