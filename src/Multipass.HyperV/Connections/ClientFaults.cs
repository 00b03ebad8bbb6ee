using System;
using System.IO;
using System.Reflection;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Connections;

/// <summary>Tells a CIM client that this computer cannot load from a host that does not answer. Knows nothing of any client, since what it judges is that one is missing.</summary>
internal static class ClientFaults
{
    /// <summary>
    /// The fault when an exception means that code could not be loaded: an assembly or a library that is missing, damaged, for another processor or too old, or a type whose initialiser failed over that.
    /// Null for any other exception.
    /// </summary>
    /// <remarks>Only for exceptions from where a client is used: a file that a caller asked for is missing for other reasons.</remarks>
    public static CimFaultException? Of(Exception exception)
    {
        if (!IsLoading(exception))
        {
            return null;
        }

        var innermost = exception;
        while (InnerOf(innermost) is { } inner)
        {
            innermost = inner;
        }

        return new CimFaultException(new CimFault(CimStatus.NotSupported, WbemError.ClientNotLoadable, $"this computer's CIM client cannot be loaded: {innermost.Message.Trim()}"), exception);
    }

    private static bool IsLoading(Exception exception)
        => exception is TypeInitializationException or TypeLoadException or BadImageFormatException or FileNotFoundException or FileLoadException or MissingMemberException or ReflectionTypeLoadException
            || (exception is AggregateException or TargetInvocationException && exception.InnerException is { } inner && IsLoading(inner));

    private static Exception? InnerOf(Exception exception)
        => exception is ReflectionTypeLoadException { LoaderExceptions: { Length: > 0 } reasons } && reasons[0] is { } first ? first : exception.InnerException;
}
