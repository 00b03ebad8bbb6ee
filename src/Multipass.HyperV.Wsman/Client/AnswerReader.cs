using System;
using System.Globalization;
using System.Text;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Faults;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Wsman.Client;

/// <summary>Makes a message or a fault of whatever came back over HTTP: a SOAP fault, an HTML page, half an answer, nothing.</summary>
internal static class AnswerReader
{
    private const int Accepted = 200, Unauthorized = 401;

    /// <summary>The message.</summary>
    /// <exception cref="CimFaultException">It is a fault, or no message.</exception>
    public static WsmanMessage Read(Uri address, WsmanAnswer answer)
    {
        var isXml = answer.ContentType is null || answer.ContentType.EndsWith("xml", StringComparison.OrdinalIgnoreCase);
        if (answer.Content.IsEmpty || !isXml)
        {
            throw answer.Status == Unauthorized ? ChannelFaults.NotLetIn(address)
                : ChannelFaults.NotUnderstood(address, string.Create(CultureInfo.InvariantCulture, $"HTTP status {answer.Status}, {(answer.Content.IsEmpty ? "no content" : answer.ContentType)}."));
        }

        WsmanMessage message;
        try
        {
            message = WsmanMessage.Read(answer.Content, EncodingOf(answer.Charset));
        }
        catch (WsmanFormatException exception)
        {
            throw answer.Status == Unauthorized ? ChannelFaults.NotLetIn(address)
                : ChannelFaults.NotUnderstood(address, answer.Status == Accepted ? exception.Message : string.Create(CultureInfo.InvariantCulture, $"HTTP status {answer.Status}. {exception.Message}"), exception);
        }

        return message.Fault is { } fault ? throw new CimFaultException(FaultReader.Read(fault))
            : answer.Status == Accepted ? message
            : throw (answer.Status == Unauthorized ? ChannelFaults.NotLetIn(address) : ChannelFaults.NotUnderstood(address, string.Create(CultureInfo.InvariantCulture, $"HTTP status {answer.Status}.")));
    }

    /// <summary>An encoding that is not known is left to the XML itself.</summary>
    private static Encoding? EncodingOf(string? charset)
    {
        try
        {
            return charset is null ? null : Encoding.GetEncoding(charset.Trim('"'));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
