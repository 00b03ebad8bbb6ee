using System;
using System.Buffers.Binary;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

// NTLM is made of MD5, and cannot be made of anything better; HTTPS can be put around it.
#pragma warning disable CA5351

namespace Multipass.HyperV.Server.Http.Ntlm;

/// <summary>The server's side of NTLM version 2 with session security (MS-NLMP), for one connection: a challenge, the proof, and then sealed messages both ways.</summary>
internal sealed class NtlmSession
{
    /// <summary>A message sealed: version, checksum, sequence number (2.2.2.9.2).</summary>
    public const int SignatureBytes = 16;

    /// <summary>Unicode, target name, sign, seal, NTLM, always sign, server, extended session security, target info, version, 128 bits, key exchange, 56 bits (2.2.2.5).</summary>
    private const uint Flags = 0x00000001 | 0x00000004 | 0x00000010 | 0x00000020 | 0x00000200 | 0x00008000 | 0x00020000 | 0x00080000 | 0x00800000 | 0x02000000 | 0x20000000 | 0x40000000 | 0x80000000;

    private const uint KeyExchange = 0x40000000;

    /// <summary>Pairs of target information (2.2.2.1): end, computer, domain, both again for DNS, flags, time. Flag 2 says that the client signs the handshake.</summary>
    private const ushort End = 0, NetBiosComputer = 1, NetBiosDomain = 2, DnsComputer = 3, DnsDomain = 4, AvFlags = 6, Timestamp = 7;
    private const int HasIntegrityCode = 2, IntegrityCodeAt = 72;

    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("NTLMSSP\0");

    private readonly string _userName;
    private readonly byte[] _passwordHash;
    private readonly string _machine;
    private readonly byte[] _challenge = RandomNumberGenerator.GetBytes(8);
    private byte[] _negotiateMessage = Array.Empty<byte>();
    private byte[] _challengeMessage = Array.Empty<byte>();
    private Direction? _fromClient;
    private Direction? _toClient;

    public NtlmSession(string userName, string password, string machine)
    {
        _userName = userName;
        _passwordHash = Md4.Hash(Encoding.Unicode.GetBytes(password));
        _machine = machine;
    }

    /// <summary>True when the client has proved who it is.</summary>
    public bool IsProved => _fromClient is not null;

    /// <summary>True for what begins a handshake.</summary>
    public static bool IsNegotiate(ReadOnlySpan<byte> token) => TypeOf(token) == 1;

    /// <summary>Answers the first message with a challenge.</summary>
    public byte[] Challenge(byte[] negotiate)
    {
        _negotiateMessage = negotiate;
        var target = Encoding.Unicode.GetBytes(_machine);
        var info = Pair(NetBiosDomain, target)
            .Concat(Pair(NetBiosComputer, target))
            .Concat(Pair(DnsDomain, target))
            .Concat(Pair(DnsComputer, target))
            .Concat(Pair(Timestamp, BitConverter.GetBytes(DateTime.UtcNow.ToFileTimeUtc())))
            .Concat(Pair(End, Array.Empty<byte>()))
            .ToArray();
        const int HeaderBytes = 56;
        var message = new byte[HeaderBytes + target.Length + info.Length];
        Magic.CopyTo(message, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), 2);
        WriteField(message, 12, target.Length, HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(20), Flags);
        _challenge.CopyTo(message, 24);
        WriteField(message, 40, info.Length, HeaderBytes + target.Length);

        // Windows 11's version, and the revision of NTLM.
        new byte[] { 10, 0, 0xF4, 0x65, 0, 0, 0, 15 }.CopyTo(message, 48);
        target.CopyTo(message, HeaderBytes);
        info.CopyTo(message, HeaderBytes + target.Length);
        return _challengeMessage = message;
    }

    /// <summary>Judges the client's proof.</summary>
    /// <returns>True when it is the user's.</returns>
    public bool Authenticate(byte[] message)
    {
        if (_challengeMessage.Length == 0 || TypeOf(message) != 3 || message.Length < 64)
        {
            return false;
        }

        try
        {
            return Verify(message);
        }
        catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            // Lengths that lie.
            return false;
        }
    }

    /// <summary>Decrypts a message of the client; null when it is not the client's.</summary>
    public byte[]? Unwrap(ReadOnlySpan<byte> wrapped) => wrapped.Length < SignatureBytes ? null : _fromClient?.Unseal(wrapped);

    /// <summary>Encrypts a message for the client: signature and ciphertext.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> plain) => (_toClient ?? throw new InvalidOperationException("Nobody has proved who he is.")).Seal(plain);

    /// <summary>Checks the client's integrity code over a text of the handshake, and makes the server's. They count as messages, but leave no trace in the ciphers (MS-SPNG, 3.3.5.1).</summary>
    public bool ExchangeCodes(ReadOnlySpan<byte> text, ReadOnlySpan<byte> theirs, out byte[]? ours)
    {
        ours = null;
        if (_fromClient is null || _toClient is null || !CryptographicOperations.FixedTimeEquals(_fromClient.SignAside(text), theirs))
        {
            return false;
        }

        ours = _toClient.SignAside(text);
        return true;
    }

    private bool Verify(byte[] message)
    {
        var response = Field(message, 20).ToArray();
        var domain = Encoding.Unicode.GetString(Field(message, 28));
        var user = Encoding.Unicode.GetString(Field(message, 36));
        if (response.Length < 44 || !string.Equals(user, _userName, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        // 3.3.2: the proof is over the challenge and what the client adds to it.
        var key = HMACMD5.HashData(_passwordHash, Encoding.Unicode.GetBytes(user.ToUpperInvariant() + domain));
        var added = response[16..];
        var proof = HMACMD5.HashData(key, _challenge.Concat(added).ToArray());
        if (!CryptographicOperations.FixedTimeEquals(proof, response.AsSpan(0, 16)))
        {
            return false;
        }

        var sessionKey = HMACMD5.HashData(key, proof);
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(60));
        var exported = (flags & KeyExchange) != 0 ? new Rc4(sessionKey).Transform(Field(message, 52)) : sessionKey;
        if (exported.Length != 16 || !IsWhole(message, added, exported))
        {
            return false;
        }

        _fromClient = new Direction(exported, "client-to-server", (flags & KeyExchange) != 0);
        _toClient = new Direction(exported, "server-to-client", (flags & KeyExchange) != 0);
        return true;
    }

    /// <summary>Where the client says that it has signed the handshake, nobody may have changed it on the way.</summary>
    private bool IsWhole(byte[] message, byte[] added, byte[] key)
    {
        if ((FlagsOf(added) & HasIntegrityCode) == 0)
        {
            return true;
        }

        var code = message.AsSpan(IntegrityCodeAt, 16).ToArray();
        var blank = message.ToArray();
        blank.AsSpan(IntegrityCodeAt, 16).Clear();
        return CryptographicOperations.FixedTimeEquals(code, HMACMD5.HashData(key, _negotiateMessage.Concat(_challengeMessage).Concat(blank).ToArray()));
    }

    /// <summary>The flags among the pairs that the client sends back (2.2.2.7: 28 bytes before them).</summary>
    private static int FlagsOf(byte[] added)
    {
        for (var at = 28; at + 4 <= added.Length;)
        {
            var kind = BinaryPrimitives.ReadUInt16LittleEndian(added.AsSpan(at));
            var length = BinaryPrimitives.ReadUInt16LittleEndian(added.AsSpan(at + 2));
            if (kind == AvFlags && length == 4)
            {
                return BinaryPrimitives.ReadInt32LittleEndian(added.AsSpan(at + 4));
            }

            if (kind == End)
            {
                break;
            }

            at += 4 + length;
        }

        return 0;
    }

    private static uint TypeOf(ReadOnlySpan<byte> token) => token.Length >= 12 && token.StartsWith(Magic) ? BinaryPrimitives.ReadUInt32LittleEndian(token[8..]) : 0;

    private static byte[] Pair(ushort kind, byte[] value)
    {
        var pair = new byte[4 + value.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(pair, kind);
        BinaryPrimitives.WriteUInt16LittleEndian(pair.AsSpan(2), (ushort)value.Length);
        value.CopyTo(pair, 4);
        return pair;
    }

    private static void WriteField(byte[] message, int at, int length, int offset)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(at), (ushort)length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(at + 2), (ushort)length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(at + 4), offset);
    }

    private static ReadOnlySpan<byte> Field(byte[] message, int at)
        => message.AsSpan(BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(at + 4)), BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(at)));

    /// <summary>The messages of one direction: keys, cipher and count (3.4.4.2, 3.4.5).</summary>
    private sealed class Direction
    {
        private readonly byte[] _signKey;
        private readonly byte[] _sealKey;
        private Rc4 _cipher;
        private readonly bool _sealsChecksums;
        private uint _count;

        public Direction(byte[] key, string name, bool sealsChecksums)
        {
            _signKey = Derive(key, $"session key to {name} signing key magic constant\0");
            _sealKey = Derive(key, $"session key to {name} sealing key magic constant\0");
            _cipher = new Rc4(_sealKey);
            _sealsChecksums = sealsChecksums;
        }

        public byte[] Seal(ReadOnlySpan<byte> plain)
        {
            var encrypted = _cipher.Transform(plain);
            return Signature(plain).Concat(encrypted).ToArray();
        }

        public byte[]? Unseal(ReadOnlySpan<byte> wrapped)
        {
            var plain = _cipher.Transform(wrapped[SignatureBytes..]);
            return CryptographicOperations.FixedTimeEquals(Signature(plain), wrapped[..SignatureBytes]) ? plain : null;
        }

        public byte[] SignAside(ReadOnlySpan<byte> text)
        {
            var signature = Signature(text);
            _cipher = new Rc4(_sealKey);
            return signature;
        }

        private byte[] Signature(ReadOnlySpan<byte> plain)
        {
            var count = BitConverter.GetBytes(_count++);
            var checksum = HMACMD5.HashData(_signKey, count.Concat(plain.ToArray()).ToArray())[..8];
            return new byte[] { 1, 0, 0, 0 }.Concat(_sealsChecksums ? _cipher.Transform(checksum) : checksum).Concat(count).ToArray();
        }

        private static byte[] Derive(byte[] key, string purpose) => MD5.HashData(key.Concat(Encoding.ASCII.GetBytes(purpose)).ToArray());
    }
}
