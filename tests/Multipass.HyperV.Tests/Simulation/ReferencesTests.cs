using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.Provider;
using Multipass.HyperV.Testing;
using Xunit;

namespace Multipass.HyperV.Tests.Simulation;

/// <summary>Nothing on a simulated host refers to what is not there: every reference of every instance is followed, whether it is one or the text of a path.</summary>
public sealed class ReferencesTests
{
    private const string Story = """
        {
          "host": { "name": "HV-LINKS" },
          "instances": [
            { "name": "off" }, { "name": "on", "state": "Running", "processors": 3, "guest": { "ipv4": "172.20.48.6" } }, { "name": "saved", "state": "Suspended" },
            { "name": "paused", "state": "Paused" }, { "name": "hung", "state": "Starting" }, { "name": "other", "managed": false, "state": "Running" }
          ]
        }
        """;

    private static readonly Regex ObjectPath = new(@"^\\\\[^\\]+\\(?<namespace>[^:]+):(?<class>\w+)\.(?<keys>.+)$", RegexOptions.CultureInvariant);

    public static TheoryData<string, string> Classes
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var declaration in ClassDeclarations.All.Where(declared => declared.Properties.Count > 0))
            {
                data.Add(declaration.Namespace, declaration.Name);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Classes))]
    public void Whatever_is_named_can_be_got(string cimNamespace, string className)
    {
        var host = new SimulatedRun(Story);
        host.Accepted("off", 2);
        var declaration = ClassDeclarations.Namespace(cimNamespace)![className];
        var rows = host.Query(className, declaration.Properties.Select(property => property.Name).ToArray(), null, cimNamespace);

        // No instance here has a device of the host.
        Assert.Equal(className is not ("Msvm_PciExpressSettingData" or "Msvm_GpuPartitionSettingData"), rows.Count > 0);
        Assert.All(rows.SelectMany(row => row.PropertyNames.SelectMany(name => PathsIn(row[name]))), path => host.Get(path));
    }

    [Fact]
    public void A_disk_stands_in_its_drive_and_the_drive_on_its_controller()
    {
        var host = new SimulatedRun(Story);
        foreach (var image in host.Query(CimNames.StorageAllocationSettingData, new[] { "InstanceID", "Parent" }).Where(row => row.Text("Parent") is not null))
        {
            var drive = host.Get(PathsIn(image.Text("Parent")).Single());
            Assert.Contains(drive.UInt16("ResourceType"), new ushort?[] { 16, 17 });
            Assert.Equal(image.Text("InstanceID")![..^1], drive.Text("InstanceID")![..^1]);
            var controller = host.Get(PathsIn(drive.Text("Parent")).Single());
            Assert.Equal("Microsoft:Hyper-V:Synthetic SCSI Controller", controller.Text("ResourceSubType"));
            Assert.StartsWith(controller.Text("InstanceID")!, drive.Text("InstanceID"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Msvm_MemorySettingData")]
    [InlineData("Msvm_ProcessorSettingData")]
    [InlineData("Msvm_StorageAllocationSettingData")]
    [InlineData("Msvm_ResourceAllocationSettingData")]
    [InlineData("Msvm_SyntheticEthernetPortSettingData")]
    [InlineData("Msvm_EthernetPortAllocationSettingData")]
    public void A_plain_enumeration_of_settings_also_gives_what_there_may_be(string className)
    {
        var host = new SimulatedRun(Story);
        var ids = host.Query(className, new[] { "InstanceID" }).Select(row => row.Text("InstanceID")!).ToArray();
        var definitions = ids.Where(id => id.StartsWith(@"Microsoft:Definition\", StringComparison.Ordinal)).ToArray();

        Assert.NotEmpty(ids.Except(definitions));
        Assert.All(definitions.GroupBy(id => id[..id.LastIndexOf('\\')]), rows => Assert.Equal(
            new[] { "Default", "Increment", "Maximum", "Minimum" }, rows.Select(id => id[(id.LastIndexOf('\\') + 1)..]).Order(StringComparer.Ordinal)));
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void Devices_are_there_while_a_machine_is_on_and_settings_always()
    {
        var host = new SimulatedRun(Story);
        Assert.Empty(host.Query("Msvm_DiskDrive", new[] { "DeviceID" }, CimCondition.Equal("SystemName", host.Key("off"))));
        Assert.Single(host.Query("Msvm_DiskDrive", new[] { "DeviceID" }, CimCondition.Equal("SystemName", host.Key("on"))));
        Assert.Equal(3, host.Query("Msvm_Processor", new[] { "DeviceID" }, CimCondition.Equal("SystemName", host.Key("on"))).Count);
        Assert.Equal(3, host.Query("Msvm_ResourceAllocationSettingData", new[] { "InstanceID" }, CimCondition.StartsWith("InstanceID", "Microsoft:" + host.Key("off"))).Count);
    }

    private static IEnumerable<CimPath> PathsIn(object? value)
        => value switch
        {
            CimPath path => new[] { path },
            string text when ObjectPath.Match(text) is { Success: true } match => new[]
            {
                new CimPath(
                    match.Groups["namespace"].Value.Replace('\\', '/'),
                    match.Groups["class"].Value,
                    Regex.Matches(match.Groups["keys"].Value, @"(\w+)=""((?:[^""\\]|\\.)*)""").Select(key => new KeyValuePair<string, object>(key.Groups[1].Value, Regex.Replace(key.Groups[2].Value, @"\\(.)", "$1"))).ToArray()),
            },
            CimRecord record => record.PropertyNames.SelectMany(name => PathsIn(record[name])),
            Array array => array.Cast<object?>().SelectMany(PathsIn),
            _ => Array.Empty<CimPath>(),
        };
}
