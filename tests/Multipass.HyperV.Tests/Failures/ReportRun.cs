using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Json;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Simulation.Scenarios;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Tests.Operations;

namespace Multipass.HyperV.Tests.Failures;

/// <summary>How a report came out.</summary>
internal enum ReportVerdict
{
    /// <summary>A cause that the thread agrees with, and advice that helps.</summary>
    Right,

    /// <summary>Unknown, where the evidence proves nothing, with all that was seen.</summary>
    Honest,
    Wrong,
}

/// <summary>A report, played by the engine on a simulated host in virtual time.</summary>
internal sealed record ReportRun(ReportVerdict Verdict, string Cause, string Message, string Advice, IReadOnlyList<string> Flaws)
{
    /// <summary>Where the thread does not say: enough for everything, so that nothing else can be the reason.</summary>
    private static readonly (string Key, int Value)[] RoomyHost = [("memoryMB", 65536), ("reserveMB", 2048), ("processors", 16)];

    public static ReportRun Of(Report report)
    {
        MpOperationFailure? failure;
        MpInstanceState state;
        try
        {
            (failure, state) = report.Call?.At == "Reading" ? (Reading(report), MpInstanceState.Unknown) : Operation(report);
        }
        catch (Exception exception) when (exception is JsonFormatException or ScenarioException)
        {
            return new(ReportVerdict.Wrong, string.Empty, string.Empty, string.Empty, ["the simulated host cannot play it: " + exception.Message]);
        }

        return Judge(report, failure, state);
    }

    public override string ToString() => $"{Cause}: {string.Join("; ", Flaws)}\n  message: {Message}\n  advice: {Advice}";

    private static ReportRun Judge(Report report, MpOperationFailure? failure, MpInstanceState state)
    {
        var cause = failure?.Cause.Name ?? "None";
        var message = failure?.Message ?? string.Empty;
        var advice = failure?.RecommendedAction ?? string.Empty;
        var flaws = new List<string>();
        if (!report.Expect.Causes.Contains(cause))
        {
            flaws.Add("expected " + string.Join(" or ", report.Expect.Causes));
        }

        if (cause == nameof(FailureCatalogue.Unknown))
        {
            flaws.AddRange(report.Codes.Where(code => !message.Contains(code, StringComparison.OrdinalIgnoreCase)).Select(code => $"{code} is not shown"));
        }
        else
        {
            flaws.AddRange(report.Expect.AdviceMust.Where(pattern => !Regex.IsMatch(advice, pattern)).Select(pattern => $"advice lacks /{pattern}/"));
        }

        flaws.AddRange(report.Expect.AdviceMustNot.Where(pattern => Regex.IsMatch(advice, pattern)).Select(pattern => $"advice has /{pattern}/"));
        flaws.AddRange(report.Expect.MustNotClaim.Where(pattern => Regex.IsMatch(message + "\n" + advice, pattern)).Select(pattern => $"it claims /{pattern}/"));
        if (report.Expect.State is { } expected && state.ToString() != expected)
        {
            flaws.Add($"{state} afterwards, expected {expected}");
        }

        return new(flaws.Count > 0 ? ReportVerdict.Wrong : cause == nameof(FailureCatalogue.Unknown) ? ReportVerdict.Honest : ReportVerdict.Right, cause, message, advice, flaws);
    }

    private static (MpOperationFailure? Failure, MpInstanceState State) Operation(Report report)
    {
        var run = new SimulatedRun(ScenarioOf(report), connection => report.Call is { } call ? new FailingRequests(connection, FaultOf(call)) : connection, EventsOf(report));
        var outcome = run.Run(NameOf(report), new OperationRequest(Enum.Parse<MpOperation>(report.Operation))
        {
            Timeout = TimeSpan.FromSeconds(report.Timeout), WaitFor = [.. report.WaitFor.Select(Enum.Parse<MpReadiness>)],
        });
        return (outcome.Failure, outcome.After.State);
    }

    /// <summary>As the cmdlets put it when a host cannot be asked.</summary>
    private static MpOperationFailure Reading(Report report)
    {
        var evidence = FailureEvidence.OfFault(FaultOf(report.Call!));
        return MpOperationFailure.Of(FailureCatalogue.Judge(evidence, HostFacts.None), new FailureContext
        {
            HostName = (string?)report.Host["name"] ?? "HV-SIM", Account = @"HV-SIM\user", Evidence = evidence, Detail = report.Call!.Text, Stage = MpFailureStage.Refused,
        });
    }

    private static CimFault FaultOf(FailedCall call) => new(Enum.Parse<CimStatus>(call.Status), call.HResult is null ? 0 : HResultOf(call.HResult), call.Text);

    private static int HResultOf(string text) => unchecked((int)uint.Parse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    private static LoggedEvents? EventsOf(Report report)
        => report.Events.Count == 0 ? null : new LoggedEvents([.. report.Events.Select(logged => new HostEvent(
            logged.Id, logged.Log == "Vmms" ? HostEvent.ManagementChannel : HostEvent.WorkerChannel, [.. logged.HResults.Select(HResultOf)]))]);

    public static string NameOf(Report report) => (string?)report.Instance["name"] ?? "foo";

    public static string ScenarioOf(Report report)
    {
        var name = NameOf(report);
        var host = Copy(report.Host);
        host.TryAdd("culture", report.Language);
        foreach (var (key, value) in RoomyHost)
        {
            host.TryAdd(key, value);
        }

        var instance = Copy(report.Instance);
        instance["name"] = name;
        if (report.Fault is { } given)
        {
            var fault = Copy(given);
            fault.TryAdd("operation", report.Operation switch { "Reboot" or "Reset" => "Restart", "DiscardSavedState" => "TurnOff", _ => report.Operation });
            instance["faults"] = new JsonArray(fault);
        }

        var scenario = new JsonObject { ["host"] = host, ["instances"] = new JsonArray([instance, .. report.Others.Select(other => other!.DeepClone())]) };
        var model = ScenarioReader.Read(JsonReader.Parse(scenario.ToJsonString())).Instances[0];
        Fill(scenario, new Dictionary<string, string>
        {
            ["{name}"] = name,
            ["{id}"] = StableId.Text(model.Id),
            ["{controller}"] = StableId.Text(StableId.Of("controller", StableId.Text(model.Id), 0)),
            ["{adapter}"] = StableId.Text(StableId.Of("adapter", StableId.Text(model.Id), 0)),
            ["{disk}"] = VirtualMachine.DiskPathOf(model).Replace('/', '\\'),
            ["{dvd}"] = VirtualMachine.DiskPathOf(model).Replace('/', '\\').Replace("ubuntu-24.04-server-cloudimg-amd64.vhdx", CimNames.CloudInitImage, StringComparison.Ordinal),
        });
        return scenario.ToJsonString();
    }

    private static JsonObject Copy(JsonObject value) => (JsonObject)value.DeepClone();

    /// <summary>Job texts name the instance, its id and its files; line ends are the host's.</summary>
    private static void Fill(JsonObject node, Dictionary<string, string> values)
    {
        foreach (var (key, value) in node.ToList())
        {
            if (value is System.Text.Json.Nodes.JsonValue text && text.TryGetValue<string>(out var template))
            {
                node[key] = values.Aggregate(template.Replace("\n", "\r\n\r\n", StringComparison.Ordinal), (filled, pair) => filled.Replace(pair.Key, pair.Value, StringComparison.Ordinal));
            }
            else if (value is JsonArray array)
            {
                foreach (var item in array.OfType<JsonObject>())
                {
                    Fill(item, values);
                }
            }
        }

        foreach (var (_, value) in node)
        {
            if (value is JsonObject inner)
            {
                Fill(inner, values);
            }
        }
    }

    private sealed class LoggedEvents(IReadOnlyList<HostEvent> events) : IHostEvents
    {
        public Task<IReadOnlyList<HostEvent>> ReadAsync(Guid machine, string instanceName, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
            => Task.FromResult(events);
    }

    /// <summary>A host that can be read, and that answers no request.</summary>
    private sealed class FailingRequests(ICimConnection connection, CimFault fault) : ICimConnection
    {
        public CimHost Host => connection.Host;

        public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken) => connection.QueryAsync(query, cancellationToken);

        public Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken) => connection.GetAsync(path, cancellationToken);

        public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
            => method is "RequestStateChange" or "InitiateShutdown" ? throw new CimFaultException(fault) : connection.InvokeAsync(path, method, parameters, cancellationToken);

        public void Dispose() => connection.Dispose();
    }
}
