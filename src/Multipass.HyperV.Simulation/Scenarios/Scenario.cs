using System;
using System.Collections.Generic;
using Multipass.HyperV.Json;
using Multipass.HyperV.Simulation.Scenarios;

namespace Multipass.HyperV.Simulation;

/// <summary>A host and its instances as they are before anything happens: what a simulated host is made from. It never changes.</summary>
public sealed class Scenario
{
    private const string DefaultText = """
        {
          "host": { "name": "HV-SIM" },
          "instances": [
            { "name": "primary", "state": "Running", "memoryMB": 2048, "processors": 2, "guest": { "ipv4": "172.20.48.10" } },
            { "name": "foo", "guest": { "ipv4": "172.20.48.11" } },
            { "name": "bar", "state": "Suspended", "memoryMB": 2048, "guest": { "ipv4": "172.20.48.12" } },
            { "name": "big", "memoryMB": 32768, "processors": 4, "guest": { "ipv4": "172.20.48.13" } }
          ]
        }
        """;

    internal Scenario(ScenarioHost host, IReadOnlyList<ScenarioInstance> instances)
    {
        Host = host;
        Instances = instances;
    }

    /// <summary>A small host of 16 GB: 'primary' runs, 'foo' is stopped, 'bar' is suspended, and 'big' wants more memory than there is.</summary>
    public static Scenario Default { get; } = Parse(DefaultText);

    /// <summary>The name of the host.</summary>
    public string HostName => Host.Name;

    /// <summary>How many instances there are.</summary>
    public int InstanceCount => Instances.Count;

    internal ScenarioHost Host { get; }

    internal IReadOnlyList<ScenarioInstance> Instances { get; }

    /// <summary>Reads a scenario from JSON. Everything but the names of instances has a default; what is not known is refused.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="ScenarioException">The text is not JSON, or not a scenario.</exception>
    public static Scenario Parse(string json) => Read(() => JsonReader.Parse(json ?? throw new ArgumentNullException(nameof(json))));

    /// <summary>Reads a scenario from the bytes of a JSON file: UTF-8 with or without a byte order mark, or UTF-16 with one.</summary>
    /// <param name="json">The bytes.</param>
    /// <exception cref="ScenarioException">The bytes are not JSON, or not a scenario.</exception>
    public static Scenario Parse(byte[] json) => Read(() => JsonReader.Parse(json ?? throw new ArgumentNullException(nameof(json))));

    private static Scenario Read(Func<JsonValue> parse)
    {
        try
        {
            var (host, instances) = ScenarioReader.Read(parse());
            return new Scenario(host, instances);
        }
        catch (JsonFormatException exception)
        {
            throw new ScenarioException(exception);
        }
    }
}
