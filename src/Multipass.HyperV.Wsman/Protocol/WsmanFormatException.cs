using System;

namespace Multipass.HyperV.Wsman.Protocol;

/// <summary>A message is not what the protocol says it should be.</summary>
internal sealed class WsmanFormatException : Exception
{
    public WsmanFormatException(string message)
        : base(message)
    {
    }

    public WsmanFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
