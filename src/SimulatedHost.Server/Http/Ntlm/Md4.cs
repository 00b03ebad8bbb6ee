using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Multipass.HyperV.Server.Http.Ntlm;

/// <summary>The hash of RFC 1320, which NTLM makes keys of passwords with. Good for nothing else.</summary>
internal static class Md4
{
    private static readonly int[] Shifts = { 3, 7, 11, 19, 3, 5, 9, 13, 3, 9, 11, 15 };
    private static readonly int[] ThirdOrder = { 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15 };

    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        var padded = new byte[(data.Length + 8) / 64 * 64 + 64];
        data.CopyTo(padded);
        padded[data.Length] = 0x80;
        BinaryPrimitives.WriteInt64LittleEndian(padded.AsSpan(padded.Length - 8), data.Length * 8L);
        uint a = 0x67452301, b = 0xEFCDAB89, c = 0x98BADCFE, d = 0x10325476;
        for (var at = 0; at < padded.Length; at += 64)
        {
            var (first, second, third, fourth) = (a, b, c, d);
            for (var step = 0; step < 48; step++)
            {
                var round = step / 16;
                var index = round switch { 0 => step, 1 => (step % 4 * 4) + (step % 16 / 4), _ => ThirdOrder[step % 16] };
                var mixed = round switch
                {
                    0 => (b & c) | (~b & d),
                    1 => ((b & c) | (b & d) | (c & d)) + 0x5A827999,
                    _ => (b ^ c ^ d) + 0x6ED9EBA1,
                };
                var word = BinaryPrimitives.ReadUInt32LittleEndian(padded.AsSpan(at + (index * 4)));
                (a, b, c, d) = (d, BitOperations.RotateLeft(a + mixed + word, Shifts[(round * 4) + (step % 4)]), b, c);
            }

            (a, b, c, d) = (a + first, b + second, c + third, d + fourth);
        }

        var hash = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(hash, a);
        BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(4), b);
        BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(8), c);
        BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(12), d);
        return hash;
    }
}
