using System;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Reflection;

namespace Playground;

/// <summary>The host that the engine talks to: this process and its console.</summary>
internal sealed class ConsoleHost(ConsoleHostUserInterface userInterface) : PSHost
{
    public override string Name => "Multipass.HyperV playground";

    public override Version Version { get; } = Assembly.GetExecutingAssembly().GetName().Version ?? new Version(0, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    public override PSHostUserInterface UI => userInterface;

    /// <summary>What a script gave to <c>exit</c>; null while none has.</summary>
    internal int? ExitCode { get; private set; }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new PSNotSupportedException("The playground has no nested prompt.");

    public override void ExitNestedPrompt() => throw new PSNotSupportedException("The playground has no nested prompt.");

    // Programs that a pipeline starts use the console as it is; there is nothing to save or to restore.
    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
