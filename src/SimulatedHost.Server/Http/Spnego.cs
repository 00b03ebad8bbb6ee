using System;
using System.Formats.Asn1;

namespace Multipass.HyperV.Server.Http;

/// <summary>The wrapping in which clients negotiate the way of authentication (RFC 4178). Here there is only NTLM in it; many send that without the wrapping.</summary>
internal static class Spnego
{
    private const string Ntlm = "1.3.6.1.4.1.311.2.2.10";
    private const string Itself = "1.3.6.1.5.5.2";

    /// <summary>The token inside; null when there is none, or for another way.</summary>
    public static byte[]? Unwrap(byte[] token)
    {
        try
        {
            var reader = new AsnReader(token, AsnEncodingRules.BER);
            var tag = reader.PeekTag();
            if (tag.HasSameClassAndValue(new Asn1Tag(TagClass.Application, 0)))
            {
                reader = reader.ReadSequence(new Asn1Tag(TagClass.Application, 0, true));
                if (reader.ReadObjectIdentifier() != Itself)
                {
                    return null;
                }

                return TokenOf(Context(reader, 0).ReadSequence());
            }

            return tag.TagClass == TagClass.ContextSpecific && tag.TagValue == 1 ? TokenOf(Context(reader, 1).ReadSequence()) : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>Wraps a challenge, or says that all is well.</summary>
    public static byte[] Wrap(byte[]? token)
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

                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
                {
                    writer.WriteOctetString(token);
                }
            }
        }

        return writer.Encode();
    }

    private static AsnReader Context(AsnReader reader, int value) => reader.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, value, true));

    /// <summary>Both kinds of message have the token under the tag 2.</summary>
    private static byte[]? TokenOf(AsnReader fields)
    {
        while (fields.HasData)
        {
            var tag = fields.PeekTag();
            if (tag.TagClass == TagClass.ContextSpecific && tag.TagValue == 2)
            {
                return Context(fields, 2).ReadOctetString();
            }

            fields.ReadEncodedValue();
        }

        return null;
    }

    private enum NegotiationState
    {
        Completed = 0,
        Incomplete = 1,
    }
}
