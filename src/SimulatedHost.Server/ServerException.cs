using System;

namespace Multipass.HyperV.Server;

/// <summary>What was asked on the command line cannot be done; the message says why.</summary>
internal sealed class ServerException : Exception
{
    public ServerException(string message)
        : base(message)
    {
    }

    public ServerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
