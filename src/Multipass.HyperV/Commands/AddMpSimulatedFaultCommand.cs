using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Simulation;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Makes an operation on a simulated host fail.</para></summary>
[Cmdlet(VerbsCommon.Add, "MpSimulatedFault", DefaultParameterSetName = ByKind)]
public sealed class AddMpSimulatedFaultCommand : MpSimulationCommand
{
    private const string ByKind = "Kind";
    private const string ByNumbers = "Raw";

    /// <summary><para type="description">The instance's name; wildcards are allowed.</para></summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary><para type="description">What is to fail: an operation, or a way of reading.</para></summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateSet("Start", "Shutdown", "TurnOff", "Save", "Resume", "Restart", "Query", "Get", "Poll")]
    public string Operation { get; set; } = string.Empty;

    /// <summary><para type="description">How: a cause of failure, such as OutOfMemory, or NeverEnds, JobLost, ConnectionDropped, AnswerLate, AccessDenied, VmmsRestart, CrashAfterSuccess.</para></summary>
    [Parameter(Mandatory = true, Position = 2, ParameterSetName = ByKind)]
    [ArgumentCompleter(typeof(FaultKindCompleter))]
    [ValidateNotNullOrEmpty]
    public string Kind { get; set; } = string.Empty;

    /// <summary><para type="description">The host's answer in raw numbers and texts: returnValue, jobState, jobErrorCode, errorSummaryDescription, errorDescription, errors.</para></summary>
    [Parameter(Mandatory = true, ParameterSetName = ByNumbers)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public Hashtable Raw { get; set; } = new();

    /// <summary><para type="description">At which point: when the request is made, in its job, or after its success.</para></summary>
    [Parameter]
    [ValidateSet("Request", "Job", "AfterSuccess")]
    public string? Stage { get; set; }

    /// <summary><para type="description">How many operations, or calls, are to fail.</para></summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int Times { get; set; } = 1;

    /// <summary><para type="description">How long after the request, or how late the answer is, in milliseconds.</para></summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? AfterMilliseconds { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var hosts = ResolveSimulatedHosts();
        var fault = Fault();
        foreach (var name in Name!)
        {
            if (hosts.Sum(host => host.AddFault(name, fault)) == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                var names = string.Join(", ", hosts.Select(host => host.Name));
                WriteFailure(FailureCatalogue.InstanceNotFound, new FailureContext { Name = name, HostName = names, Detail = $"there is no instance '{name}' on {names}." });
            }
        }
    }

    private SimulatedFault Fault()
    {
        // One reader for faults, whether they come from a scenario or from here: both are refused with the same words.
        var values = ParameterSetName == ByNumbers ? new Hashtable(Raw) : new Hashtable { ["kind"] = Kind };
        values["operation"] = Operation;
        values["times"] = Times;
        if (Stage is not null)
        {
            values["stage"] = Stage;
        }

        if (AfterMilliseconds is { } milliseconds)
        {
            values["afterMilliseconds"] = milliseconds;
        }

        try
        {
            return SimulatedFault.FromDictionary(values);
        }
        catch (Exception exception) when (exception is ScenarioException or FormatException)
        {
            ThrowFailure(FailureCatalogue.FaultInvalid, new FailureContext { Detail = exception.Message });
            throw;
        }
    }
}
