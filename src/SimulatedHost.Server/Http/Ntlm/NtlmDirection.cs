using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

// NTLM is made of MD5, and cannot be made of anything better; HTTPS can be put around it.
#pragma warning disable CA5351

namespace Multipass.HyperV.Server.Http.Ntlm;

/// <summary>The messages of one direction: keys, cipher and count (3.4.4, 3.4.5). Without extended session security the checksum is a CRC, and both directions have one key.</summary>
internal sealed class NtlmDirection
{
    private readonly byte[]? _signKey;
    private readonly byte[] _sealKey;
    private readonly bool _sealsChecksums;
    private Rc4 _cipher;
    private uint _count;

    public NtlmDirection(byte[] key, string name, uint flags)
    {
        if ((flags & NtlmSession.ExtendedSecurity) != 0)
        {
            var length = (flags & NtlmSession.Bits128) != 0 ? 16 : (flags & NtlmSession.Bits56) != 0 ? 7 : 5;
            _signKey = Derive(key, $"session key to {name} signing key magic constant\0");
            _sealKey = Derive(key[..length], $"session key to {name} sealing key magic constant\0");
        }
        else
        {
            _sealKey = key;
        }

        _cipher = new Rc4(_sealKey);
        _sealsChecksums = (flags & NtlmSession.KeyExchange) != 0;
    }

    public byte[] Seal(ReadOnlySpan<byte> plain)
    {
        var encrypted = _cipher.Transform(plain);
        return Signature(plain).Concat(encrypted).ToArray();
    }

    public byte[]? Unseal(ReadOnlySpan<byte> wrapped)
    {
        var plain = _cipher.Transform(wrapped[NtlmSession.SignatureBytes..]);
        return IsSignature(Signature(plain), wrapped[..NtlmSession.SignatureBytes]) ? plain : null;
    }

    public byte[] SignAside(ReadOnlySpan<byte> text)
    {
        var signature = Signature(text);
        _cipher = new Rc4(_sealKey);
        return signature;
    }

    /// <summary>The random pad of a signature with a CRC is nobody's business (2.2.2.9.1).</summary>
    private bool IsSignature(byte[] expected, ReadOnlySpan<byte> actual)
        => _signKey is not null ? CryptographicOperations.FixedTimeEquals(expected, actual)
            : CryptographicOperations.FixedTimeEquals(expected.AsSpan(0, 4), actual[..4]) & CryptographicOperations.FixedTimeEquals(expected.AsSpan(8), actual[8..]);

    private byte[] Signature(ReadOnlySpan<byte> plain)
    {
        var count = BitConverter.GetBytes(_count++);
        var version = new byte[] { 1, 0, 0, 0 };
        if (_signKey is null)
        {
            // 3.4.4.1: pad, CRC and zero go through the cipher; the count is then laid over the zero, and the pad is blanked.
            _cipher.Transform(new byte[4]);
            var crc = _cipher.Transform(BitConverter.GetBytes(Crc32.Of(plain)));
            var zero = _cipher.Transform(new byte[4]);
            return version.Concat(new byte[4]).Concat(crc).Concat(zero.Zip(count, (left, right) => (byte)(left ^ right))).ToArray();
        }

        var checksum = HMACMD5.HashData(_signKey, count.Concat(plain.ToArray()).ToArray())[..8];
        return version.Concat(_sealsChecksums ? _cipher.Transform(checksum) : checksum).Concat(count).ToArray();
    }

    private static byte[] Derive(byte[] key, string purpose) => MD5.HashData(key.Concat(Encoding.ASCII.GetBytes(purpose)).ToArray());
}
