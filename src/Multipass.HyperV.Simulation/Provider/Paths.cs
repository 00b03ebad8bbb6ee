using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.World;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>Paths of instances, and their text where a property carries a path as a string.</summary>
internal static class Paths
{
    private const string InstancePrefix = "Microsoft:";
    private const string GuestPrefix = "GuestNetwork\\";
    private const int GuidLength = 36;

    public static CimPath Machine(VirtualMachine machine) => Of(CimNames.ComputerSystem, ("CreationClassName", CimNames.ComputerSystem), ("Name", machine.Key));

    public static CimPath Job(Job job) => Of(CimNames.ConcreteJob, ("InstanceID", StableId.Text(job.Id)));

    public static CimPath Switch(string key) => Of(CimNames.VirtualEthernetSwitch, ("CreationClassName", CimNames.VirtualEthernetSwitch), ("Name", key));

    public static CimPath Of(string className, params (string Name, string Value)[] keys)
        => new(CimNames.Virtualization, className, keys.Select(key => new KeyValuePair<string, object>(key.Name, key.Value)).ToArray());

    /// <summary><c>\\HOST\root\virtualization\v2:Class.Key="value"</c>, with backslashes and quotes in values escaped (WMI object paths).</summary>
    public static string Text(HostWorld world, CimPath path)
        => string.Format(
            CultureInfo.InvariantCulture,
            @"\\{0}\{1}:{2}.{3}",
            world.Host.Name,
            path.Namespace.Replace('/', '\\'),
            path.ClassName,
            string.Join(",", path.Keys.Select(key => $"{key.Key}=\"{Convert.ToString(key.Value, CultureInfo.InvariantCulture)?.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"")));

    /// <summary>The virtual machines that an id speaks of: a GUID, <c>Microsoft:GUID...</c> or <c>Microsoft:GuestNetwork\GUID...</c>; null when it names no GUID.</summary>
    public static IEnumerable<VirtualMachine>? Owner(HostWorld world, string id)
    {
        var at = id.StartsWith(InstancePrefix, StringComparison.OrdinalIgnoreCase) ? InstancePrefix.Length : 0;
        at += string.Compare(id, at, GuestPrefix, 0, GuestPrefix.Length, StringComparison.OrdinalIgnoreCase) == 0 ? GuestPrefix.Length : 0;
        return id.Length >= at + GuidLength && Guid.TryParseExact(id.Substring(at, GuidLength), "D", out var guid)
            ? world.FindMachine(guid) is { } machine ? new[] { machine } : Array.Empty<VirtualMachine>()
            : null;
    }
}
