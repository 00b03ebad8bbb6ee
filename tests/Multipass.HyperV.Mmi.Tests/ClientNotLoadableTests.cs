using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Multipass.HyperV.Checks;
using Multipass.HyperV.Connections;
using Multipass.HyperV.MmiStandIn;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Tests.Commands;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Mmi.Tests;

/// <summary>A CIM client that cannot be loaded is no host that does not answer.</summary>
[Collection("this computer")]
public sealed class ClientNotLoadableTests(HostedPowerShell shell) : CommandTestBase(shell), IAsyncLifetime
{
    private const string Reason = "Unable to load DLL 'mi.dll' or one of its dependencies: the innermost reason.";

    private readonly bool _anyone = HostConnections.AnyoneHasConnected;

    public static TheoryData<string> Kinds => new("TypeInitialization", "DllNotFound", "BadImageFormat", "FileNotFound", "FileLoad", "EntryPointNotFound", "MissingMethod", "Nested");

    public ValueTask InitializeAsync()
    {
        Platform.IsWindows = true;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        SimulatedNetwork.CannotLoad = null;
        Platform.IsWindows = OperatingSystem.IsWindows();
        HostConnections.AnyoneHasConnected = _anyone;
        Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Connecting_says_what_is_missing(string kind)
    {
        SimulatedNetwork.CannotLoad = () => ExceptionOf(kind);
        foreach (var arguments in new[] { string.Empty, SimulatedNetwork.Unloadable + " -Transport Mmi" })
        {
            var error = TheError(Shell.Run("Connect-MpHost " + arguments));
            HasId("TransportNotAvailable", "ConnectMpHost", error);
            Assert.Equal(System.Management.Automation.ErrorCategory.NotImplemented, error.CategoryInfo.Category);
            Assert.Contains(Reason, error.Exception.Message);
            Assert.Contains("-Transport Wsman", error.ErrorDetails.RecommendedAction);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Whatever_would_work_on_this_computer_says_it_too(string kind)
    {
        SimulatedNetwork.CannotLoad = () => ExceptionOf(kind);
        HostConnections.AnyoneHasConnected = false;
        HasId("TransportNotAvailable", "GetMpInstance", TheError(Shell.Run("Get-MpInstance")));
        HasId("TransportNotAvailable", "StartMpInstance", TheError(Shell.Run("Start-MpInstance foo")));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_is_the_step_that_fails_in_a_test_of_the_host(string kind)
    {
        SimulatedNetwork.CannotLoad = () => ExceptionOf(kind);
        HostConnections.AnyoneHasConnected = false;
        var result = Shell.Run("Test-MpHost");
        Assert.Empty(result.Errors);
        var steps = result.Output.Select(step => (MpHostFinding)step.BaseObject).ToList();
        Assert.Equal(("Reachable", MpCheckResult.Failed, "TransportNotAvailable"), (steps[0].Check, steps[0].Result, steps[0].Cause));
        Assert.Contains(Reason, steps[0].Detail);
        Assert.All(steps.Skip(1), step => Assert.Equal(MpCheckResult.NotChecked, step.Result));
        Assert.Equal(false, Assert.Single(Shell.Run("Test-MpHost -Quiet").Output).BaseObject);
    }

    private static Exception ExceptionOf(string kind)
        => kind switch
        {
            "TypeInitialization" => new TypeInitializationException("Microsoft.Management.Infrastructure.Native.ApplicationMethods", new DllNotFoundException(Reason)),
            "DllNotFound" => new DllNotFoundException(Reason),
            "BadImageFormat" => new BadImageFormatException(Reason),
            "FileNotFound" => new FileNotFoundException(Reason, "Microsoft.Management.Infrastructure.Native"),
            "FileLoad" => new FileLoadException(Reason),
            "EntryPointNotFound" => new EntryPointNotFoundException(Reason),
            "MissingMethod" => new MissingMethodException(Reason),
            _ => new System.Reflection.TargetInvocationException(new TypeInitializationException("A", new TypeInitializationException("B", new BadImageFormatException(Reason)))),
        };
}
