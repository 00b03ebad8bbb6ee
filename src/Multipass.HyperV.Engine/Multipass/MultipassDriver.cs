using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Multipass;

/// <summary>What Multipass runs its instances with.</summary>
internal enum DriverKind
{
    /// <summary>It could not be learnt, or is one that has no meaning here.</summary>
    Unknown,

    /// <summary>Hyper-V's management service: the virtual machines that this module sees.</summary>
    HyperV,

    /// <summary>Windows' compute service, which Hyper-V's management service does not see.</summary>
    Hcs,

    /// <summary>Oracle VirtualBox.</summary>
    VirtualBox,
}

/// <summary>The setting <c>local.driver</c>: which database, which vault and which client's word count.</summary>
/// <param name="Kind">The driver in use.</param>
/// <param name="Word">The setting's value as it was read; empty where it was not.</param>
/// <param name="Silence">Why it is not known, in half a sentence; empty where it is.</param>
internal sealed record MultipassDriver(DriverKind Kind, string Word, string Silence)
{
    /// <summary>
    /// The words of the setting, the driver each means, and the folder below Multipass's data folder that is its own: <c>hyperv</c> and the newer backend share one. The aliases
    /// are Multipass's own (driver_interpreter in daemon_init_settings.cpp); <c>hcs</c> is what <c>hyperv_api</c> is to be called (canonical/multipass #5226).
    /// </summary>
    public static readonly IReadOnlyList<(string Word, DriverKind Kind, string Scope)> Rows = new[]
    {
        ("hyperv", DriverKind.HyperV, string.Empty),
        ("hyper-v", DriverKind.HyperV, string.Empty),
        ("hyperv_api", DriverKind.Hcs, string.Empty),
        ("hcs", DriverKind.Hcs, string.Empty),
        ("virtualbox", DriverKind.VirtualBox, VirtualBoxScope),
        ("vbox", DriverKind.VirtualBox, VirtualBoxScope),
    };

    /// <summary>The folder of VirtualBox's instances below the data folder (virtualbox_virtual_machine_factory.h).</summary>
    public const string VirtualBoxScope = "virtualbox";

    private const int LongestWord = 50;

    /// <summary>Nobody was asked.</summary>
    public static readonly MultipassDriver NotRead = new(DriverKind.Unknown, string.Empty, "which driver it uses was not asked");

    public bool IsKnown => Kind != DriverKind.Unknown;

    /// <summary>The driver that a value of the setting means.</summary>
    /// <param name="word">The value, in any case.</param>
    public static MultipassDriver Of(string word)
    {
        var row = Rows.FirstOrDefault(candidate => string.Equals(candidate.Word, word, StringComparison.OrdinalIgnoreCase));
        return row.Word is not null
            ? new MultipassDriver(row.Kind, row.Word, string.Empty)
            : new MultipassDriver(DriverKind.Unknown, string.Empty, $"its driver is '{Shorten(word)}', which has no known meaning");
    }

    public static MultipassDriver Not(string silence) => new(DriverKind.Unknown, string.Empty, silence);

    private static string Shorten(string word) => new(word.Where(character => !char.IsControl(character)).Take(LongestWord).ToArray());
}
