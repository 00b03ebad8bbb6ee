using System;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Multipass.HyperV.Simulation.World;

/// <summary>Ids and addresses that are the same in every run: made from names, not from chance.</summary>
internal static class StableId
{
    public static Guid Of(string kind, string name, long ordinal)
    {
        var hash = Hash(kind, name, ordinal);
        Array.Resize(ref hash, 16);

        // Marked as a random one (RFC 9562, version 4), as Hyper-V's own are.
        hash[7] = (byte)((hash[7] & 0x0F) | 0x40);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash);
    }

    /// <summary>A MAC address as Multipass gives them: 52:54:00 and three bytes from the name, without colons as Hyper-V has it.</summary>
    public static string MacAddress(Guid instance, int attempt)
    {
        var hash = Hash("mac", instance.ToString("D"), attempt);
        return string.Format(CultureInfo.InvariantCulture, "525400{0:X2}{1:X2}{2:X2}", hash[0], hash[1], hash[2]);
    }

    /// <summary>The form that Hyper-V writes.</summary>
    public static string Text(Guid id) => id.ToString("D").ToUpperInvariant();

    private static byte[] Hash(string kind, string name, long ordinal)
    {
        using var algorithm = SHA256.Create();
        return algorithm.ComputeHash(Encoding.UTF8.GetBytes($"{kind}\n{name}\n{ordinal.ToString(CultureInfo.InvariantCulture)}"));
    }
}
