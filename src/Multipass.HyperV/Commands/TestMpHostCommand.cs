using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Checks;
using Multipass.HyperV.Connections;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Checks step by step whether hosts are fit to run instances. Changes nothing.</para></summary>
[Cmdlet(VerbsDiagnostic.Test, "MpHost", DefaultParameterSetName = ByName)]
[OutputType(typeof(MpHostFinding))]
[OutputType(typeof(bool))]
public sealed class TestMpHostCommand : MpCommand
{
    private const string ByName = "Name";
    private const string ByObject = "InputObject";

    private readonly List<MpHost> _hosts = new();

    /// <summary><para type="description">The host's name; wildcards are allowed. Without it, all that this session is connected to.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByName, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary><para type="description">Connections, from <c>Get-MpHost</c>.</para></summary>
    [Parameter(Mandatory = true, ParameterSetName = ByObject, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public MpHost[]? InputObject { get; set; }

    /// <summary><para type="description">Writes true or false for each host instead of the steps: true when none of them has failed.</para></summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary><para type="description">Calls to hosts that are in flight at the same time; a call without an answer for 5 s does not count any longer.</para></summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int ThrottleLimit { get; set; } = 32;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ByObject)
        {
            Add(InputObject ?? Array.Empty<MpHost>());
            return;
        }

        if (Name is null)
        {
            // That this computer cannot be reached is what the first step says.
            Add(HostConnections.Current.All is { Count: > 0 } all ? all : new[] { LocalHost(_ => { }) });
            return;
        }

        foreach (var name in Name)
        {
            var found = HostConnections.Current.Find(name);
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteFailure(FailureCatalogue.HostNotConnected, new FailureContext { HostName = name, Detail = $"this session is not connected to a host named '{name}'." });
            }

            Add(found);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var sessions = SessionsOf(_hosts, ThrottleLimit);
        var order = new HostOrder(sessions);
        var pump = new PipelinePump();
        pump.Run(token => Task.WhenAll(sessions.Select(session => OneAsync(session, token))), Stop);

        async Task OneAsync(HostSession session, CancellationToken token)
        {
            var steps = await HostTester.RunAsync(session, Deadline.In(session.Clock, LongestReading), token).ConfigureAwait(false);
            await order.WriteAsync(session, pump, () => Write(steps), token).ConfigureAwait(false);
        }
    }

    private void Write(IReadOnlyList<MpHostFinding> steps)
    {
        if (Quiet)
        {
            WriteObject(steps.All(step => step.Result != MpCheckResult.Failed));
        }
        else
        {
            WriteObject(steps, enumerateCollection: true);
        }
    }

    private void Add(IEnumerable<MpHost> hosts) => _hosts.AddRange(hosts.Where(host => !_hosts.Contains(host)));
}
