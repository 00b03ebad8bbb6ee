using System;
using System.Globalization;
using System.Text;
using System.Xml;
using Multipass.HyperV.Wsman.Faults;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Server.Operations;

/// <summary>An answer, ready to be sent.</summary>
/// <param name="Content">The envelope.</param>
/// <param name="IsFault">True for a fault.</param>
/// <param name="Summary">The answer in a few words, for the log.</param>
internal sealed record WsmanReply(byte[] Content, bool IsFault, string Summary)
{
    /// <summary>An answer to a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="classUri">The resource URI that the prefix p stands for, or null.</param>
    /// <param name="summary">The answer in a few words.</param>
    /// <param name="body">Writes the body.</param>
    /// <exception cref="WsmanFaultException">The answer is larger than the client takes.</exception>
    public static WsmanReply Of(WsmanRequest request, string? classUri, string summary, Action<XmlWriter> body)
        => Fitting(request, EnvelopeWriter.Write(classUri, writer => WriteHeaders(writer, request.Action + "Response", request.Message.MessageId), body, request.Language), summary);

    /// <summary>An answer around a body of which as much is written as there is room for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="classUri">The resource URI that the prefix p stands for, or null.</param>
    /// <param name="header">Writes further headers, or null.</param>
    /// <param name="body">Gives the body for the bytes that it may have, and the answer in a few words.</param>
    public static WsmanReply Filled(WsmanRequest request, string? classUri, Action<XmlWriter>? header, Func<int, (string Body, string Summary)> body)
    {
        var (head, tail) = EnvelopeWriter.WriteAround(
            classUri,
            writer =>
            {
                WriteHeaders(writer, request.Action + "Response", request.Message.MessageId);
                header?.Invoke(writer);
            },
            request.Language);
        var (text, summary) = body(request.MaxEnvelopeSize - head.Length - tail.Length);
        var bytes = Encoding.UTF8.GetByteCount(text);
        var content = new byte[head.Length + bytes + tail.Length];
        head.CopyTo(content, 0);
        Encoding.UTF8.GetBytes(text, content.AsSpan(head.Length));
        tail.CopyTo(content, head.Length + bytes);
        return Fitting(request, content, summary);
    }

    /// <summary>A fault as the answer to a message that may be broken.</summary>
    public static WsmanReply OfFault(WsmanFault fault, string? messageId, string machine)
        => new(
            EnvelopeWriter.Write(
                null,
                writer =>
                {
                    WriteHeaders(writer, fault.Kind.Action, messageId);
                    FaultWriter.WriteNotUnderstood(writer, fault);
                },
                writer => FaultWriter.Write(writer, fault, machine)),
            true,
            string.Format(CultureInfo.InvariantCulture, "{0} {1}", fault.Kind.Subcode.LocalName, fault.Code));

    public static WsmanFaultException TooLarge(int limit)
        => new(new WsmanFault(FaultKind.EncodingLimit, string.Format(CultureInfo.InvariantCulture, "The answer does not fit into the {0} bytes that the client takes.", limit))
        {
            Detail = WsmanNames.FaultDetail + "MaxEnvelopeSize",
            Code = 2150858824, // ERROR_WSMAN_MAX_ENVELOPE_SIZE_EXCEEDED
        });

    private static WsmanReply Fitting(WsmanRequest request, byte[] content, string summary)
        => content.Length <= request.MaxEnvelopeSize ? new WsmanReply(content, false, summary) : throw TooLarge(request.MaxEnvelopeSize);

    private static void WriteHeaders(XmlWriter writer, string action, string? messageId)
    {
        var addressing = WsmanNames.Addressing.NamespaceName;
        writer.WriteElementString("a", "Action", addressing, action);
        writer.WriteElementString("a", "MessageID", addressing, "uuid:" + Guid.NewGuid().ToString("D").ToUpperInvariant());
        writer.WriteElementString("a", "To", addressing, WsmanNames.Anonymous);
        if (messageId is not null)
        {
            writer.WriteElementString("a", "RelatesTo", addressing, SafeXml.Writable(messageId));
        }
    }
}
