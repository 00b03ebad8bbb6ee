using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Management.Infrastructure;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Transports.Mmi;
using Xunit;
using CimType = Microsoft.Management.Infrastructure.CimType;

namespace Multipass.HyperV.Mmi.Tests;

public sealed class MmiValuesTests
{
    private static readonly DateTimeOffset Moment = new(2026, 3, 29, 1, 30, 0, 123, TimeSpan.Zero);

    /// <summary>Values that go in and come out as they are.</summary>
    public static IEnumerable<(object Value, CimType Type)> Plain { get; } = new (object, CimType)[]
    {
        ("text", CimType.String), (string.Empty, CimType.String), (true, CimType.Boolean), ('x', CimType.Char16),
        (byte.MaxValue, CimType.UInt8), (sbyte.MinValue, CimType.SInt8), (ushort.MaxValue, CimType.UInt16), (short.MinValue, CimType.SInt16),
        (uint.MaxValue, CimType.UInt32), (int.MinValue, CimType.SInt32), (ulong.MaxValue, CimType.UInt64), (long.MinValue, CimType.SInt64),
        (1.5f, CimType.Real32), (-1.5, CimType.Real64), (TimeSpan.FromMilliseconds(90061001), CimType.DateTime),
        (new[] { "a", "b" }, CimType.StringArray), (Array.Empty<string>(), CimType.StringArray), (new[] { true, false }, CimType.BooleanArray), (new[] { 'x' }, CimType.Char16Array),
        (new byte[] { 1, 2 }, CimType.UInt8Array), (new sbyte[] { -1 }, CimType.SInt8Array), (new ushort[] { 2, 32768 }, CimType.UInt16Array), (new short[] { -2 }, CimType.SInt16Array),
        (new[] { 1u }, CimType.UInt32Array), (new[] { -1 }, CimType.SInt32Array), (new[] { 1ul }, CimType.UInt64Array), (new[] { -1L }, CimType.SInt64Array),
        (new[] { 1.5f }, CimType.Real32Array), (new[] { 1.5 }, CimType.Real64Array), (new[] { TimeSpan.FromSeconds(1) }, CimType.DateTimeArray),
    };

    [Fact]
    public void Plain_values_have_one_CIM_type_and_come_back_as_they_went()
        => Assert.All(Plain, row =>
        {
            var (value, type) = MmiValues.ToMi(row.Value);
            Assert.Equal(row.Type, type);
            Assert.Equal(row.Value, MmiValues.FromMi(value, type, "n"));
            Assert.NotNull(CimProperty.Create("p", value, type, CimFlags.Property));
        });

    [Fact]
    public void Moments_are_moments_whatever_their_kind()
    {
        Assert.Null(MmiValues.FromMi(null, CimType.DateTime, "n"));
        Assert.Equal(Moment, MmiValues.FromMi(Moment.UtcDateTime, CimType.DateTime, "n"));
        Assert.Equal(Moment, MmiValues.FromMi(Moment.LocalDateTime, CimType.DateTime, "n"));
        Assert.Equal(Moment, MmiValues.FromMi(DateTime.SpecifyKind(Moment.LocalDateTime, DateTimeKind.Unspecified), CimType.DateTime, "n"));
        Assert.Equal(new[] { Moment, Moment }, MmiValues.FromMi(new[] { Moment.UtcDateTime, Moment.LocalDateTime }, CimType.DateTimeArray, "n"));
        Assert.Equal(new[] { Moment }, MmiValues.FromMi(new object[] { Moment.UtcDateTime }, CimType.DateTimeArray, "n"));
        Assert.Equal(new[] { TimeSpan.FromDays(1) }, MmiValues.FromMi(new object[] { TimeSpan.FromDays(1) }, CimType.DateTimeArray, "n"));
        foreach (var extreme in new[] { DateTime.MinValue, DateTime.MaxValue })
        {
            Assert.Equal(extreme, ((DateTimeOffset)MmiValues.FromMi(extreme, CimType.DateTime, "n")!).UtcDateTime);
        }

        var (value, type) = MmiValues.ToMi(Moment.ToOffset(TimeSpan.FromHours(5)));
        Assert.Equal((Moment.UtcDateTime, DateTimeKind.Utc, CimType.DateTime), ((DateTime)value, ((DateTime)value).Kind, type));
    }

    [Fact]
    public void References_go_and_come_with_namespace_class_and_keys()
    {
        var path = new CimPath("root/virtualization/v2", "Msvm_ComputerSystem", new("CreationClassName", "Msvm_ComputerSystem"), new("Name", "8A"));
        var (value, type) = MmiValues.ToMi(path);
        Assert.Equal(CimType.Reference, type);
        Assert.All(((CimInstance)value).CimInstanceProperties, key => Assert.Equal(CimFlags.Key, key.Flags & CimFlags.Key));
        Assert.Equal(path, MmiValues.FromMi(value, type, "root/other"));
        Assert.Throws<ObjectDisposedException>(() => ((CimInstance)value).CimInstanceProperties);
        Assert.Equal(new[] { path, path }, MmiValues.FromMi(MmiValues.ToMi(new[] { path, path }).Value, CimType.ReferenceArray, "root/other"));
    }

    [Fact]
    public void A_reference_without_marks_has_what_it_has_as_keys_and_without_a_namespace_that_of_the_call()
    {
        var bare = new CimInstance("Msvm_ConcreteJob");
        bare.CimInstanceProperties.Add(CimProperty.Create("InstanceID", "8A", CimType.String, CimFlags.None));
        bare.CimInstanceProperties.Add(CimProperty.Create("Caption", null, CimType.String, CimFlags.None));
        var path = Assert.IsType<CimPath>(MmiValues.FromMi(bare, CimType.Reference, "root/virtualization/v2"));
        Assert.Equal(new CimPath("root/virtualization/v2", "Msvm_ConcreteJob", new KeyValuePair<string, object>("InstanceID", "8A")), path);
        var marked = new CimInstance("C", @"root\virtualization\v2");
        marked.CimInstanceProperties.Add(CimProperty.Create("Key", 5u, CimType.UInt32, CimFlags.Key));
        marked.CimInstanceProperties.Add(CimProperty.Create("Other", "x", CimType.String, CimFlags.Property));
        Assert.Equal(new CimPath("root/virtualization/v2", "C", new KeyValuePair<string, object>("Key", 5u)), MmiValues.FromMi(marked, CimType.Reference, "n"));
    }

    [Fact]
    public void Embedded_instances_go_and_come_whole()
    {
        var record = new CimRecord("Msvm_Thing", new Dictionary<string, object?> { ["Number"] = (ushort)5, ["Nothing"] = null, ["When"] = Moment, ["Part"] = new CimRecord("Part", new Dictionary<string, object?> { ["Name"] = "x" }) });
        var (value, type) = MmiValues.ToMi(record);
        Assert.Equal(CimType.Instance, type);
        var back = Assert.IsType<CimRecord>(MmiValues.FromMi(value, type, "n"));
        Assert.Equal(("Msvm_Thing", (ushort)5, Moment, "x"), (back.ClassName, back.UInt16("Number"), back.Moment("When"), ((CimRecord)back["Part"]!).Text("Name")));
        Assert.Null(back["Nothing"]);
        Assert.Equal(2, ((CimRecord[])MmiValues.FromMi(MmiValues.ToMi(new[] { record, record }).Value, CimType.InstanceArray, "n")!).Length);
    }

    [Fact]
    public void What_CIM_has_no_type_for_is_refused()
        => Assert.All(new object[] { 1m, Guid.Empty, new object(), new[] { Guid.Empty } }, value => Assert.Equal(CimStatus.InvalidParameter, Assert.Throws<CimFaultException>(() => MmiValues.ToMi(value)).Fault.Status));

    [Fact]
    public void A_row_has_what_was_asked_for_under_the_names_of_the_class()
    {
        var instance = new CimInstance("C", "n");
        foreach (var name in new[] { "One", "Two", "Three" })
        {
            instance.CimInstanceProperties.Add(CimProperty.Create(name, name, CimType.String, CimFlags.Property));
        }

        var row = MmiValues.Row(instance, new CimQuery("n", "C", new[] { "three", "ONE", "Four" }));
        Assert.Equal(new[] { "One", "Three" }, row.PropertyNames.OrderBy(name => name, StringComparer.Ordinal));
        Assert.Equal("Three", row.Text("Three"));
    }
}
