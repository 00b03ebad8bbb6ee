using System;
using System.Linq;

namespace Multipass.HyperV.Server.Http.Ntlm;

/// <summary>The checksum of Ethernet and of ZIP (ISO 3309), with which NTLM signs where nothing better was agreed on.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] Table = Enumerable.Range(0, 256).Select(index => Enumerable.Range(0, 8).Aggregate((uint)index, (value, _) => (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1)).ToArray();

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var next in bytes)
        {
            crc = (crc >> 8) ^ Table[(crc ^ next) & 0xFF];
        }

        return ~crc;
    }
}
