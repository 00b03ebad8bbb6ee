using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
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
[Cmdlet(VerbsDiagnostic.Test, "MpInstance", DefaultParameterSetName = ByName)]
[OutputType(typeof(MpInstanceFinding))]
[OutputType(typeof(bool))]
public sealed class TestMpInstanceCommand : MpSelectionCommand
{
    private HostOrder? _order;

    /// <summary><para type="description">Writes true or false for each instance instead of findings: true when a start would succeed, or would have nothing to do.</para></summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override InstanceDetail Detail => InstanceDetail.State;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _order = new HostOrder(Sessions);
        base.EndProcessing();
    }

    private protected override async Task WorkAsync(HostFindings found, CancellationToken cancellationToken)
    {
        var verdicts = await InstanceTester.RunAsync(found.Session, found.Instances, Until(found.Session), cancellationToken).ConfigureAwait(false);
        await _order!.WriteAsync(found.Session, Pump, () => Write(verdicts.Select(verdict => verdict.Findings)), cancellationToken).ConfigureAwait(false);
    }

    private protected override async Task NotReadAsync(HostSession session, CimFault fault, CancellationToken cancellationToken)
    {
        // What a pattern would have found cannot be known.
        var names = Selection.Sought.Concat(Selection.References.Select(reference => reference.Text)).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var findings = await InstanceTester.OfUnreadHostAsync(session, fault, names, Until(session), cancellationToken).ConfigureAwait(false);
        await _order!.WriteAsync(session, Pump, () => Write(findings.Select(finding => new[] { finding })), cancellationToken).ConfigureAwait(false);
    }

    private Deadline Until(HostSession session) => Deadline.In(session.Clock, ReadingTimeout);

    private void Write(IEnumerable<IReadOnlyList<MpInstanceFinding>> instances)
    {
        foreach (var findings in instances)
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
}
