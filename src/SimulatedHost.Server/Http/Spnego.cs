using System;
using System.Formats.Asn1;

namespace Multipass.HyperV.Server.Http;

/// <summary>What was in the wrapping.</summary>
/// <param name="Token">The message of the way that the client prefers; empty when it sent none.</param>
/// <param name="List">The ways that the client offers, as they were encoded; null after the first message.</param>
/// <param name="Code">The integrity code over that list; null when there is none.</param>
internal sealed record SpnegoToken(byte[] Token, byte[]? List, byte[]? Code);

/// <summary>The wrapping in which clients negotiate the way of authentication (RFC 4178). Here there is only NTLM in it; many send that without the wrapping.</summary>
internal static class Spnego
{
    private const string Ntlm = "1.3.6.1.4.1.311.2.2.10";
    private const string Itself = "1.3.6.1.5.5.2";

    /// <summary>Takes the wrapping off; null when there is none, or nothing in it.</summary>
    public static SpnegoToken? Unwrap(byte[] token)
    {
        try
        {
            var reader = new AsnReader(token, AsnEncodingRules.BER);
            var tag = reader.PeekTag();
            if (tag.HasSameClassAndValue(new Asn1Tag(TagClass.Application, 0)))
            {
                reader = reader.ReadSequence(new Asn1Tag(TagClass.Application, 0, true));
                return reader.ReadObjectIdentifier() == Itself ? TokenOf(Context(reader, 0).ReadSequence(), isFirst: true) : null;
            }

            return tag.TagClass == TagClass.ContextSpecific && tag.TagValue == 1 ? TokenOf(Context(reader, 1).ReadSequence(), isFirst: false) : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>Wraps a challenge, or says that all is well.</summary>
    /// <param name="token">The challenge; empty where the client has yet to begin with NTLM; null when there is nothing more to prove.</param>
    /// <param name="code">Proves that the list of ways was not changed on the way; null where the client has not proved it either.</param>
    public static byte[] Wrap(byte[]? token, byte[]? code = null)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
        using (writer.PushSequence())
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteEnumeratedValue(token is null ? NegotiationState.Completed : NegotiationState.Incomplete);
            }

            if (token is not null)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
                {
                    writer.WriteObjectIdentifier(Ntlm);
                }

                if (token.Length > 0)
                {
                    using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
                    {
                        writer.WriteOctetString(token);
                    }
                }
            }

            if (code is not null)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3)))
                {
                    writer.WriteOctetString(code);
                }
            }
        }

        return writer.Encode();
    }

    private static AsnReader Context(AsnReader reader, int value) => reader.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, value, true));

    /// <summary>Both kinds of message have the token under the tag 2 and the integrity code under 3; the first has the list of ways under 0.</summary>
    private static SpnegoToken? TokenOf(AsnReader fields, bool isFirst)
    {
        byte[]? list = null, token = null, code = null;
        while (fields.HasData)
        {
            var tag = fields.PeekTag();
            switch (tag.TagClass == TagClass.ContextSpecific ? tag.TagValue : -1)
            {
                case 0 when isFirst:
                    list = Context(fields, 0).ReadEncodedValue().ToArray();
                    break;
                case 2:
                    token = Context(fields, 2).ReadOctetString();
                    break;
                case 3 when !isFirst:
                    code = Context(fields, 3).ReadOctetString();
                    break;
                default:
                    fields.ReadEncodedValue();
                    break;
            }
        }

        return token is null && list is null ? null : new SpnegoToken(token ?? Array.Empty<byte>(), list, code);
    }

    /// <summary>Whether NTLM is among the ways that a client offers.</summary>
    public static bool OffersNtlm(byte[] list)
    {
        var ways = new AsnReader(list, AsnEncodingRules.BER).ReadSequence();
        while (ways.HasData)
        {
            if (ways.ReadObjectIdentifier() == Ntlm)
            {
                return true;
            }
        }

        return false;
    }

    private enum NegotiationState
    {
        Completed = 0,
        Incomplete = 1,
    }
}
