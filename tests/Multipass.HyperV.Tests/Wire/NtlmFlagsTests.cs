using System;
using System.Buffers.Binary;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using System.Xml.Linq;
using Multipass.HyperV.Server.Http.Ntlm;
using Multipass.HyperV.Torture.Wire;
using Multipass.HyperV.Wsman.Protocol;
using Xunit;

// NTLM is made of MD5.
#pragma warning disable CA5351

namespace Multipass.HyperV.Tests.Wire;

/// <summary>Clients that offer other things than .NET's: the challenge is an answer to what was offered, and whatever is agreed on is kept.</summary>
public sealed class NtlmFlagsTests
{
    private const uint Unicode = 0x1, Oem = 0x2, RequestTarget = 0x4, Sign = 0x10, Seal = 0x20, Ntlm = 0x200, AlwaysSign = 0x8000, Extended = 0x80000,
        TargetInfo = 0x800000, Version = 0x2000000, Bits128 = 0x20000000, KeyExchange = 0x40000000, Bits56 = 0x80000000;

    private const uint Usual = Unicode | Sign | Seal | Ntlm | AlwaysSign;

    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("NTLMSSP\0");

    public static TheoryData<uint, bool> Offers
    {
        get
        {
            var data = new TheoryData<uint, bool>();
            foreach (var strength in new[] { 0u, Bits56, Bits128, Bits128 | Bits56 })
            {
                foreach (var extras in new[] { 0u, Extended, KeyExchange, Extended | KeyExchange, Extended | Version, Extended | KeyExchange | Version | RequestTarget | TargetInfo })
                {
                    data.Add(Usual | strength | extras, false);
                }
            }

            // What current Go clients offer, who exchange no key; and clients that know no Unicode, or that sign the handshake.
            data.Add(Unicode | Oem | RequestTarget | Ntlm | AlwaysSign | Extended | Bits128 | Bits56 | Version, false);
            data.Add(Oem | Sign | Seal | Ntlm | AlwaysSign | Extended | Bits128, false);
            data.Add(Usual | Extended | Bits128 | KeyExchange | Version, true);
            data.Add(Usual | Extended | Bits128 | KeyExchange, true);
            return data;
        }
    }

    /// <summary>The examples of MS-NLMP, 4.2.2 to 4.2.4: without extended session security, with it and 56 bits, with a key of 128 bits that the client chose.</summary>
    [Theory]
    [InlineData("55555555555555555555555555555555", 0xe2028233u, "56FE04D861F9319AF0D7238A2E3B4D457FB8", "09DCD1DF2E459D36")]
    [InlineData("EB93429A8BD952F8B89C55B87F475EDC", 0x820a8233u, "A02372F6530273F3AA1EB90190CE5200C99D", "FF2AEB52F681793A00000000")]
    [InlineData("55555555555555555555555555555555", 0xe28a8233u, "54E50165BF1936DC996020C1811B0F06FB5F", "7FB38EC5C55D497600000000")]
    public void Messages_are_sealed_as_in_the_specification(string key, uint flags, string ciphertext, string endOfSignature)
    {
        var direction = new NtlmDirection(Convert.FromHexString(key), "client-to-server", flags);

        var wrapped = Convert.ToHexString(direction.Seal(Encoding.Unicode.GetBytes("Plaintext")));

        Assert.Equal(ciphertext, wrapped[32..]);
        Assert.EndsWith(endOfSignature, wrapped[..32], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Offers))]
    public async Task Every_offer_leads_to_a_log_on_and_to_sealed_messages(uint offered, bool isSigned)
    {
        await using var served = await ServedHost.StartAsync("""{ "host": { "name": "HV-NTLM" } }""");
        using var http = new HttpClient();
        var envelope = Encoding.UTF8.GetBytes(ForeignClient.Envelope(ForeignClient.Get, ForeignClient.Cimv2 + "Win32_ComputerSystem", string.Empty));

        async Task<HttpResponseMessage> SendAsync(byte[]? token, byte[] body, string contentType)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, served.Address) { Content = new ByteArrayContent(body) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Negotiate", Convert.ToBase64String(token));
            return await http.SendAsync(request, TestContext.Current.CancellationToken);
        }

        var negotiate = new byte[(offered & Version) != 0 ? 40 : 32];
        Magic.CopyTo(negotiate, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(negotiate.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(negotiate.AsSpan(12), offered);
        using var challenged = await SendAsync(negotiate, Array.Empty<byte>(), "application/soap+xml");
        Assert.Equal(401, (int)challenged.StatusCode);
        var challenge = Convert.FromBase64String(challenged.Headers.WwwAuthenticate.Single().Parameter!);
        var agreed = BinaryPrimitives.ReadUInt32LittleEndian(challenge.AsSpan(20));
        Assert.Equal(0u, agreed & ~(offered | 0x20000 | TargetInfo | Ntlm));
        foreach (var flag in new[] { KeyExchange, Extended, Bits128, Bits56, Version, Sign, Seal })
        {
            Assert.Equal(offered & flag, agreed & flag);
        }

        Assert.Equal((offered & Unicode) != 0, (agreed & Unicode) != 0);
        Assert.Equal((offered & Unicode) == 0, (agreed & Oem) != 0);
        var (authenticate, key) = Authenticate(negotiate, challenge, agreed, isSigned);
        var toServer = new NtlmDirection(key, "client-to-server", agreed);
        var fromServer = new NtlmDirection(key, "server-to-client", agreed);
        for (var turn = 0; turn < 2; turn++)
        {
            using var answer = await SendAsync(
                turn == 0 ? authenticate : null, EncryptedContent.Write(envelope.Length, NtlmSession.SignatureBytes, toServer.Seal(envelope), isIndented: turn == 0), EncryptedContent.ContentType);
            Assert.Equal(200, (int)answer.StatusCode);
            var (wrapped, _) = EncryptedContent.Read(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            var plain = fromServer.Unseal(wrapped.Span);
            Assert.NotNull(plain);
            Assert.Contains("HV-NTLM", XElement.Parse(Encoding.UTF8.GetString(plain)).Value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_client_that_would_rather_have_another_way_is_told_of_NTLM()
    {
        await using var served = await ServedHost.StartAsync("{}");
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, served.Address) { Content = new ByteArrayContent(Array.Empty<byte>()) };

        // A first token of SPNEGO that offers Kerberos and NTLM, and has begun with Kerberos.
        request.Headers.Authorization = new AuthenticationHeaderValue("Negotiate", Convert.ToBase64String(Convert.FromHexString(
            "602F06062B0601050502A0253023A0193017" + "06092A864886F712010202" + "060A2B06010401823702020A" + "A2060404" + "6E820101")));
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(401, (int)answer.StatusCode);
        var token = Convert.FromBase64String(answer.Headers.WwwAuthenticate.Single().Parameter!);
        Assert.Contains("2B06010401823702020A", Convert.ToHexString(token), StringComparison.Ordinal);
    }

    /// <summary>The third message (MS-NLMP, 2.2.1.3 and 3.3.2), and the key that it leads to.</summary>
    private static (byte[] Message, byte[] Key) Authenticate(byte[] negotiate, byte[] challenge, uint flags, bool isSigned)
    {
        var texts = (flags & Unicode) != 0 ? Encoding.Unicode : Encoding.ASCII;
        var hash = HMACMD5.HashData(Md4.Hash(Encoding.Unicode.GetBytes(ServedHost.Password)), Encoding.Unicode.GetBytes(ServedHost.UserName.ToUpperInvariant()));
        var info = challenge.AsSpan(BinaryPrimitives.ReadInt32LittleEndian(challenge.AsSpan(44)), BinaryPrimitives.ReadUInt16LittleEndian(challenge.AsSpan(40))).ToArray();
        if (isSigned)
        {
            info = new byte[] { 6, 0, 4, 0, 2, 0, 0, 0 }.Concat(info).ToArray();
        }

        var added = new byte[] { 1, 1, 0, 0, 0, 0, 0, 0 }
            .Concat(BitConverter.GetBytes(DateTime.UtcNow.ToFileTimeUtc())).Concat(RandomNumberGenerator.GetBytes(8)).Concat(new byte[4]).Concat(info).Concat(new byte[4]).ToArray();
        var proof = HMACMD5.HashData(hash, challenge.AsSpan(24, 8).ToArray().Concat(added).ToArray());
        var sessionKey = HMACMD5.HashData(hash, proof);
        var chosen = (flags & KeyExchange) != 0 ? RandomNumberGenerator.GetBytes(16) : sessionKey;
        var fields = new[]
        {
            new byte[24], proof.Concat(added).ToArray(), Array.Empty<byte>(), texts.GetBytes(ServedHost.UserName), texts.GetBytes("CLIENT"),
            (flags & KeyExchange) != 0 ? new Rc4(sessionKey).Transform(chosen) : Array.Empty<byte>(),
        };

        // Without a version its place is left out, as the integrity code's where there is none.
        var codeAt = (flags & Version) != 0 ? 72 : 64;
        var head = new byte[isSigned ? codeAt + 16 : codeAt];
        Magic.CopyTo(head, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), 3);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(60), flags);
        var at = head.Length;
        for (var index = 0; index < fields.Length; index++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(12 + (index * 8)), (ushort)fields[index].Length);
            BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(14 + (index * 8)), (ushort)fields[index].Length);
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(16 + (index * 8)), at);
            at += fields[index].Length;
        }

        var message = head.Concat(fields.SelectMany(field => field)).ToArray();
        if (isSigned)
        {
            HMACMD5.HashData(chosen, negotiate.Concat(challenge).Concat(message).ToArray()).CopyTo(message, codeAt);
        }

        return (message, chosen);
    }
}
