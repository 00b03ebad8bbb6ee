using System;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Time;
using Multipass.HyperV.Transports.Mmi;

namespace Multipass.HyperV.Connections;

/// <summary>Finds transports, and connects over them within a bound. What a transport needs is loaded when it is first asked for, not before.</summary>
internal static class TransportFinder
{
    private const string WsmanAssembly = "Multipass.HyperV.Wsman.dll";
    private const string WsmanType = "Multipass.HyperV.Wsman.WsmanTransport";

    /// <summary>Where assemblies of the module lie. Set by tests only.</summary>
    public static string Folder { get; set; } = Path.GetDirectoryName(typeof(TransportFinder).Assembly.Location) ?? string.Empty;

    /// <summary>The transport that a choice comes to here.</summary>
    public static MpTransport Resolve(MpTransport asked) => asked != MpTransport.Auto ? asked : Platform.IsWindows ? MpTransport.Mmi : MpTransport.Wsman;

    /// <summary>The transport; null, and the reason, when it cannot be had here.</summary>
    public static ICimTransport? Find(MpTransport asked, out string reason)
    {
        reason = string.Empty;
        if (Resolve(asked) == MpTransport.Wsman)
        {
            return LoadWsman(out reason);
        }

        if (Platform.IsWindows)
        {
            return Mmi();
        }

        reason = "the transport Mmi is Windows' own CIM client, and this is not Windows.";
        return null;
    }

    /// <summary>Connects to a computer. Ends within <see cref="HostSession.LongestCall"/>, whatever the transport does.</summary>
    /// <exception cref="CimFaultException">It could not be reached, refused, or did not answer in time.</exception>
    public static Task<ICimConnection> ConnectAsync(ICimTransport transport, CimEndpoint endpoint, CancellationToken cancellationToken)
        => WithinBoundAsync(token => transport.ConnectAsync(endpoint, token), endpoint.ToString(), cancellationToken);

    /// <summary>Connects over a CIM session that the user has made.</summary>
    /// <exception cref="CimFaultException">It could not be reached, refused, or did not answer in time.</exception>
    public static Task<ICimConnection> ConnectAsync(object session, CancellationToken cancellationToken)
        => WithinBoundAsync(token => OverSessionAsync(session, token), session.ToString() ?? "CimSession", cancellationToken);

    /// <summary>Whether an object is a CIM session.</summary>
    public static bool IsSession(object? value)
    {
        try
        {
            return IsMmiSession(value);
        }
        catch (Exception exception) when (ClientFaults.Of(exception) is not null)
        {
            // Where the client cannot be loaded nobody has a session of it.
            return false;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsMmiSession(object? value) => MmiTransport.IsSession(value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MmiTransport Mmi() => new MmiTransport();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<ICimConnection> OverSessionAsync(object session, CancellationToken cancellationToken) => MmiTransport.ConnectAsync(session, cancellationToken);

    private static ICimTransport? LoadWsman(out string reason)
    {
        reason = string.Empty;
        if (Platform.IsWindowsPowerShell)
        {
            reason = "the transport Wsman needs PowerShell 7, and this is Windows PowerShell.";
            return null;
        }

        var path = Path.Combine(Folder, WsmanAssembly);
        try
        {
            if (!File.Exists(path))
            {
                reason = $"the transport Wsman is not installed: '{path}' is missing.";
                return null;
            }

            return (ICimTransport)Activator.CreateInstance(Assembly.LoadFrom(path).GetType(WsmanType, throwOnError: true)!)!;
        }
        catch (Exception exception) when (exception is IOException or InvalidCastException || ClientFaults.Of(exception) is not null)
        {
            reason = $"the transport Wsman cannot be loaded from '{path}': {exception.GetBaseException().Message}";
            return null;
        }
    }

    private static async Task<ICimConnection> WithinBoundAsync(Func<CancellationToken, Task<ICimConnection>> connect, string name, CancellationToken cancellationToken)
    {
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var token = abandon.Token;
        var attempt = Task.Run(() => connect(token), CancellationToken.None);
        if (await Task.WhenAny(attempt, SystemClock.Instance.Delay(HostSession.LongestCall, token)).ConfigureAwait(false) == attempt)
        {
            try
            {
                return await attempt.ConfigureAwait(false);
            }
            catch (Exception exception) when (ClientFaults.Of(exception) is { } fault)
            {
                throw fault;
            }
            finally
            {
                abandon.Cancel();
            }
        }

        abandon.Cancel();
        DisposeWhenLate(attempt);
        cancellationToken.ThrowIfCancellationRequested();
        throw new CimFaultException(new CimFault(CimStatus.Failed, WbemError.TimedOut, $"{name} did not answer within {HostSession.LongestCall.TotalSeconds:0} s."));
    }

    /// <summary>Nobody waits for the attempt any more; what it still brings is ended.</summary>
    private static async void DisposeWhenLate(Task<ICimConnection> attempt)
    {
        try
        {
            (await attempt.ConfigureAwait(false)).Dispose();
        }
        catch (Exception)
        {
            // It brought nothing.
        }
    }
}
