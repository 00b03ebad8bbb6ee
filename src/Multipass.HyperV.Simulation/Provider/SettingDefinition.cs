using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>A row of a class of settings that belongs to no virtual machine: what is usual of a resource, the least, the most, or the step.</summary>
/// <param name="Kind">The resource.</param>
/// <param name="Word">Which of the four.</param>
internal sealed record SettingDefinition(DeviceKind Kind, string Word)
{
    public static readonly IReadOnlyList<string> Words = new[] { "Default", "Minimum", "Maximum", "Increment" };

    /// <summary>What settings of resources have in common (recorded of a default row).</summary>
    public static readonly IReadOnlyList<(string Name, CimType Type, Func<DeviceKind, object?> Read)> Shared = new (string, CimType, Func<DeviceKind, object?>)[]
    {
        ("Caption", CimType.String, kind => kind.Name),
        ("Description", CimType.String, kind => "Settings for " + kind.Name + " resources."),
        ("ElementName", CimType.String, kind => kind.Name),
        ("ResourceType", CimType.UInt16, kind => kind.ResourceType),
        ("ResourceSubType", CimType.String, kind => kind.ResourceSubType),
        ("AllocationUnits", CimType.String, kind => kind.Units),
        ("VirtualQuantityUnits", CimType.String, kind => kind.Units.StartsWith("percent", StringComparison.Ordinal) ? "count" : kind.Units),
        ("PoolID", CimType.String, _ => string.Empty),
        ("ConsumerVisibility", CimType.UInt16, _ => (ushort)3),
        ("AutomaticAllocation", CimType.Boolean, _ => true),
        ("AutomaticDeallocation", CimType.Boolean, _ => true),
        ("VirtualQuantity", CimType.UInt64, kind => kind.Quantity.Default),
        ("Reservation", CimType.UInt64, kind => kind.Reservation.Default),
        ("Limit", CimType.UInt64, kind => kind.Limit.Default),
        ("Weight", CimType.UInt32, _ => 0u),
    };

    /// <summary>The value of a property of this row; null for what only a virtual machine's settings have.</summary>
    public object? Read(PropertyDeclaration property)
        => property.Name switch
        {
            "InstanceID" => string.Format(CultureInfo.InvariantCulture, @"Microsoft:Definition\{0}\{1}", Kind.Definition, Word),
            "Caption" => $"{Kind.Name} {Word} Settings",
            "Description" => $"Describes the {Word.ToLowerInvariant()} settings for {Kind.Name} resources.",
            "VirtualQuantity" => Of(Kind.Quantity),
            "Reservation" => Of(Kind.Reservation),
            "Limit" => Of(Kind.Limit),
            _ => Shared.FirstOrDefault(shared => shared.Name == property.Name).Read?.Invoke(Kind),
        };

    private ulong Of(Quantities quantities)
        => Word switch
        {
            "Minimum" => quantities.Minimum,
            "Maximum" => quantities.Maximum,
            "Increment" => quantities.Increment,
            _ => quantities.Default,
        };
}
