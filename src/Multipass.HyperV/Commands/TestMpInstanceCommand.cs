using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Multipass.HyperV.Checks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Tells whether instances would start, and what stands against it. Changes nothing.</para></summary>
/// <remarks>A host that cannot be read is a finding, not an error: that, too, is what a start would meet. Names that are not found are errors.</remarks>
[Cmdlet(VerbsDiagnostic.Test, "MpInstance", DefaultParameterSetName = ByObject)]
[OutputType(typeof(MpInstanceFinding))]
[OutputType(typeof(bool))]
public sealed class TestMpInstanceCommand : MpInstanceCommand
{
    private readonly List<(HostSession Session, CimFault Fault)> _notRead = new();

    /// <summary><para type="description">The instance's name; wildcards are allowed. Finds only what is Multipass's. Without it, all.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByName, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("VMName")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary><para type="description">Instances, from <c>Get-MpInstance</c>. They are read anew.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByObject, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    public MpInstance[]? InputObject { get; set; }

    /// <summary><para type="description">Writes true or false for each instance instead of findings: true when a start would succeed, or would have nothing to do.</para></summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override string[]? Names => Name;

    private protected override MpInstance[]? Objects => InputObject;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var targets = Resolve(InstanceDetail.State);
        var sessions = targets.Select(target => target.Session).Distinct().ToList();
        var ofHosts = Array.Empty<IReadOnlyList<MpInstanceFinding>>();
        var ofInstances = new Dictionary<MpInstance, IReadOnlyList<MpInstanceFinding>>();
        new PipelinePump().Run(
            async token =>
            {
                ofHosts = await Task.WhenAll(_notRead.Select(host => InstanceTester.OfUnreadHostAsync(host.Session, host.Fault, PlainNames(), Until(host.Session), token))).ConfigureAwait(false);
                var verdicts = await Task.WhenAll(sessions.Select(session => InstanceTester.RunAsync(
                    session, targets.Where(target => target.Session == session).Select(target => target.Instance).ToList(), Until(session), token))).ConfigureAwait(false);
                ofInstances = verdicts.SelectMany(pairs => pairs).ToDictionary(pair => pair.Instance, pair => pair.Findings);
            },
            Stop);

        foreach (var finding in ofHosts.SelectMany(findings => findings))
        {
            Write(new[] { finding });
        }

        foreach (var (_, instance) in targets)
        {
            Write(ofInstances[instance]);
        }
    }

    private protected override void HostNotRead(HostSession session, CimFault fault) => _notRead.Add((session, fault));

    private static Deadline Until(HostSession session) => Deadline.In(session.Clock, ReadingTimeout);

    /// <summary>What a pattern would have found cannot be known.</summary>
    private string[] PlainNames() => AskedFor.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)).ToArray();

    private void Write(IReadOnlyList<MpInstanceFinding> findings)
    {
        if (Quiet)
        {
            WriteObject(findings.All(finding => finding.Severity != MpFindingSeverity.Error));
        }
        else
        {
            WriteObject(findings, enumerateCollection: true);
        }
    }
}
