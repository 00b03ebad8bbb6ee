using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.World;

namespace Multipass.HyperV.Simulation.Scenarios;

/// <summary>Replaces what tells whose host it is: names, ids, addresses, and paths and accounts in texts; the same by the same, so that the scenario means the same.</summary>
internal static class ScenarioAnonymizer
{
    private const string AnyHost = "HV-1";

    // What a text may hold beside the names that are known: paths with a drive or a share, accounts, GUIDs, addresses.
    private static readonly (Regex Pattern, string Replacement)[] Others =
    {
        (new Regex(@"[A-Za-z]:[\\/][^\s""'<>|]*|\\\\[^\s""'<>|]+", RegexOptions.CultureInvariant), @"C:\anonymous"),
        (new Regex(@"\b[\w.-]+\\[\w.$-]+", RegexOptions.CultureInvariant), @"DOMAIN\user"),
        (new Regex(@"\b\d{1,3}(\.\d{1,3}){3}\b", RegexOptions.CultureInvariant), "10.0.0.0"),
        (new Regex(@"\b[\w-]+(\.[\w-]+)+\b", RegexOptions.CultureInvariant), "name.example"),
    };

    private static readonly Regex Guids = new(@"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", RegexOptions.CultureInvariant);

    public static (ScenarioHost Host, IReadOnlyList<ScenarioInstance> Instances) Of(ScenarioHost host, IReadOnlyList<ScenarioInstance> instances)
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var ids = new Dictionary<Guid, Guid>();
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var instance in instances)
        {
            if (!names.ContainsKey(instance.Name))
            {
                names.Add(instance.Name, "instance-" + (names.Count + 1).ToString(CultureInfo.InvariantCulture));
            }

            ids.Add(instance.Id, StableId.Of("anonymous", "instance", ids.Count));
            if (instance.Guest.IPv4 is { } address && !addresses.ContainsKey(address))
            {
                addresses.Add(address, $"10.0.{(addresses.Count / 250).ToString(CultureInfo.InvariantCulture)}.{((addresses.Count % 250) + 1).ToString(CultureInfo.InvariantCulture)}");
            }
        }

        var replaced = names.OrderByDescending(pair => pair.Key.Length).Append(new KeyValuePair<string, string>(host.Name, AnyHost)).ToList();
        var switches = 0;
        return (
            host with
            {
                Name = AnyHost,
                Switches = host.Switches.Select(name => name == ScenarioInstance.SwitchName ? name : "switch-" + (++switches).ToString(CultureInfo.InvariantCulture)).ToArray(),
            },
            instances.Select(instance => instance with
            {
                Name = names[instance.Name],
                Id = ids[instance.Id],
                TwinOf = instance.TwinOf is { } twin ? names.TryGetValue(twin, out var other) ? other : "instance-0" : null,
                Guest = instance.Guest with { IPv4 = instance.Guest.IPv4 is { } address ? addresses[address] : null },
                RecentFailure = instance.RecentFailure is { } failure ? Of(failure) : null,
            }).ToList());

        SimulatedFault Of(SimulatedFault failure)
            => new FaultFields
            {
                Operation = failure.Operation,
                JobState = failure.JobState,
                JobErrorCode = failure.JobErrorCode,
                ErrorSummaryDescription = Text(failure.ErrorSummaryDescription),
                ErrorDescription = Text(failure.ErrorDescription),
                Errors = failure.Errors?.Select(error => Text(error)!).ToArray(),
            }.Build((key, reason) => new FormatException($"{key}: {reason}"));

        string? Text(string? text)
        {
            if (text is null)
            {
                return null;
            }

            text = Guids.Replace(text, match => Guid.TryParse(match.Value, out var id) && ids.TryGetValue(id, out var other) ? other.ToString("D").ToUpperInvariant() : Guid.Empty.ToString("D"));
            foreach (var (pattern, replacement) in Others)
            {
                text = pattern.Replace(text, match => addresses.TryGetValue(match.Value, out var other) ? other : replacement);
            }

            return replaced.Aggregate(text, (now, pair) => Regex.Replace(now, @"(?<![\w-])" + Regex.Escape(pair.Key) + @"(?![\w-])", pair.Value.Replace("$", "$$"), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant));
        }
    }
}
