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

    /// <summary>What both sides must want (2.2.2.5): texts in Unicode or in the OEM character set; extended session security; version; keys of 128 and of 56 bits; a key of the client's choice.</summary>
    internal const uint Unicode = 0x00000001, Oem = 0x00000002, ExtendedSecurity = 0x00080000, Version = 0x02000000, Bits128 = 0x20000000, Bits56 = 0x80000000, KeyExchange = 0x40000000;

    /// <summary>What is answered where it was offered: target name, sign, seal, always sign, and those above but for the character sets.</summary>
    private const uint Echoed = 0x00000004 | 0x00000010 | 0x00000020 | 0x00008000 | ExtendedSecurity | Version | Bits128 | Bits56 | KeyExchange;

    /// <summary>What is said in any case: NTLM, the target is a server, target information.</summary>
    private const uint Always = 0x00000200 | 0x00020000 | 0x00800000;

    /// <summary>Where the fields of a challenge end: 48 bytes and the version, whose place is kept when it is not negotiated.</summary>
    private const int ChallengeBytes = 56;

    /// <summary>Pairs of target information (2.2.2.1): end, computer, domain, both again for DNS, flags, time. Flag 2 says that the client signs the handshake.</summary>
    private const ushort End = 0, NetBiosComputer = 1, NetBiosDomain = 2, DnsComputer = 3, DnsDomain = 4, AvFlags = 6, Timestamp = 7;
    private const int HasIntegrityCode = 2, IntegrityCodeBytes = 16, VersionAt = 64, VersionBytes = 8;

    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("NTLMSSP\0");

    private readonly string _userName;
    private readonly byte[] _passwordHash;
    private readonly string _machine;
    private readonly byte[] _challenge = RandomNumberGenerator.GetBytes(8);
    private byte[] _negotiateMessage = Array.Empty<byte>();
    private byte[] _challengeMessage = Array.Empty<byte>();
    private NtlmDirection? _fromClient;
    private NtlmDirection? _toClient;

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
        var flags = Answer(negotiate.Length >= 16 ? BinaryPrimitives.ReadUInt32LittleEndian(negotiate.AsSpan(12)) : 0);
        var target = Encoding.Unicode.GetBytes(_machine);
        var info = Pair(NetBiosDomain, target)
            .Concat(Pair(NetBiosComputer, target))
            .Concat(Pair(DnsDomain, target))
            .Concat(Pair(DnsComputer, target))
            .Concat(Pair(Timestamp, BitConverter.GetBytes(DateTime.UtcNow.ToFileTimeUtc())))
            .Concat(Pair(End, Array.Empty<byte>()))
            .ToArray();

        // The information is in Unicode always, the name in the character set that was agreed on.
        target = (flags & Unicode) != 0 ? target : Encoding.ASCII.GetBytes(_machine);
        var message = new byte[ChallengeBytes + target.Length + info.Length];
        Magic.CopyTo(message, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), 2);
        WriteField(message, 12, target.Length, ChallengeBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(20), flags);
        _challenge.CopyTo(message, 24);
        WriteField(message, 40, info.Length, ChallengeBytes + target.Length);
        if ((flags & Version) != 0)
        {
            // Windows 11's version, and the revision of NTLM.
            new byte[] { 10, 0, 0xF4, 0x65, 0, 0, 0, 15 }.CopyTo(message, 48);
        }

        target.CopyTo(message, ChallengeBytes);
        info.CopyTo(message, ChallengeBytes + target.Length);
        return _challengeMessage = message;
    }

    /// <summary>The flags of the challenge: of what the client offered, what is understood here (2.2.1.2, 3.2.5.1.1). Unicode is taken before the OEM set.</summary>
    private static uint Answer(uint offered) => Always | (offered & Echoed) | ((offered & Unicode) != 0 || (offered & Oem) == 0 ? Unicode : Oem);

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
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(60));
        var texts = (flags & Unicode) != 0 ? Encoding.Unicode : Encoding.Latin1;
        var response = Field(message, 20).ToArray();
        var domain = texts.GetString(Field(message, 28));
        var user = texts.GetString(Field(message, 36));
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
        var exported = (flags & KeyExchange) != 0 ? new Rc4(sessionKey).Transform(Field(message, 52)) : sessionKey;
        if (exported.Length != 16 || !IsWhole(message, added, exported))
        {
            return false;
        }

        _fromClient = new NtlmDirection(exported, "client-to-server", flags);
        _toClient = new NtlmDirection(exported, "server-to-client", flags);
        return true;
    }

    /// <summary>Where the client says that it has signed the handshake, nobody may have changed it on the way.</summary>
    private bool IsWhole(byte[] message, byte[] added, byte[] key)
    {
        if ((FlagsOf(added) & HasIntegrityCode) == 0)
        {
            return true;
        }

        // The code stands behind the version; a client that sends no version may leave its place out (2.2.1.3).
        var firstField = new[] { 12, 20, 28, 36, 44, 52 }.Where(at => Field(message, at).Length > 0).Min(at => BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(at + 4)));
        var codeAt = firstField < VersionAt + VersionBytes + IntegrityCodeBytes ? VersionAt : VersionAt + VersionBytes;
        var code = message.AsSpan(codeAt, IntegrityCodeBytes).ToArray();
        var blank = message.ToArray();
        blank.AsSpan(codeAt, IntegrityCodeBytes).Clear();
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
}
