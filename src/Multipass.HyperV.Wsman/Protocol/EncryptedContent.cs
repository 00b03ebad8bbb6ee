using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Multipass.HyperV.Wsman.Protocol;

/// <summary>Messages that are encrypted by the authentication's own session (MS-WSMV, 2.2.9.1): multipart with the length and type of what is inside.</summary>
internal static class EncryptedContent
{
    public const string MediaType = "multipart/encrypted";

    /// <summary>The content type of such a message.</summary>
    public const string ContentType = "multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";boundary=\"Encrypted Boundary\"";

    private const string Boundary = "--Encrypted Boundary";
    private const string InnerType = "application/HTTP-SPNEGO-session-encrypted";
    private const string OctetStream = "application/octet-stream";

    /// <summary>Before the bytes: how long the signature in front of the ciphertext is.</summary>
    private const int LengthBytes = 4;

    /// <summary>Writes a message.</summary>
    /// <param name="length">The length of the plain text.</param>
    /// <param name="signature">The length of the signature in front of the ciphertext.</param>
    /// <param name="wrapped">Signature and ciphertext.</param>
    /// <param name="isIndented">True for a tab before each inner header: WinRM has it, and clients look for it; OMI refuses it in requests.</param>
    public static byte[] Write(int length, int signature, ReadOnlySpan<byte> wrapped, bool isIndented)
    {
        var tab = isIndented ? "\t" : string.Empty;
        var head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{Boundary}\r\n{tab}Content-Type: {InnerType}\r\n{tab}OriginalContent: type={WsmanNames.ContentType};charset=UTF-8;Length={length}\r\n{Boundary}\r\n{tab}Content-Type: {OctetStream}\r\n"));
        var tail = Encoding.ASCII.GetBytes(Boundary + "--\r\n");
        var content = new byte[head.Length + LengthBytes + wrapped.Length + tail.Length];
        head.CopyTo(content, 0);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(head.Length), signature);
        wrapped.CopyTo(content.AsSpan(head.Length + LengthBytes));
        tail.CopyTo(content, content.Length - tail.Length);
        return content;
    }

    /// <summary>Takes a message apart; headers may be indented, as some clients have it.</summary>
    /// <returns>Signature and ciphertext, and the length of the signature.</returns>
    /// <exception cref="WsmanFormatException">It is not such a message.</exception>
    public static (ReadOnlyMemory<byte> Wrapped, int Signature) Read(ReadOnlyMemory<byte> content)
    {
        var bytes = content.Span;
        var type = bytes.IndexOf(Encoding.ASCII.GetBytes(OctetStream));
        var line = type < 0 ? -1 : bytes[type..].IndexOf((byte)'\n');
        var start = type + line + 1;
        var end = bytes.LastIndexOf(Encoding.ASCII.GetBytes(Boundary));
        if (type < 0 || line < 0 || end < start + LengthBytes)
        {
            throw new WsmanFormatException("The message is not encrypted as it says.");
        }

        var signature = BinaryPrimitives.ReadInt32LittleEndian(bytes[start..]);
        var wrapped = content[(start + LengthBytes)..end];
        return signature > 0 && signature <= wrapped.Length ? (wrapped, signature) : throw new WsmanFormatException("The encrypted message has no signature.");
    }
}
