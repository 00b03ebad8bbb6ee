using System;
using System.Collections.Generic;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Transports.Mmi;
using Xunit;

namespace Multipass.HyperV.Mmi.Tests;

public sealed class WqlTextTests
{
    /// <summary>Conditions and what they are in WQL.</summary>
    public static TheoryData<string, string> Conditions => new()
    {
        { nameof(CimOperator.Equal) + ":plain", "Name = 'plain'" },
        { nameof(CimOperator.Equal) + ":", "Name = ''" },
        { nameof(CimOperator.Equal) + ":it's", "Name = 'it\\'s'" },
        { nameof(CimOperator.Equal) + ":C:\\vm\\a.vhdx", "Name = 'C:\\\\vm\\\\a.vhdx'" },
        { nameof(CimOperator.Equal) + ":\\' OR Name <> \\'", "Name = '\\\\\\' OR Name <> \\\\\\''" },
        { nameof(CimOperator.Equal) + ":a\"b%_[c]", "Name = 'a\"b%_[c]'" },
        { nameof(CimOperator.StartsWith) + ":Microsoft:8A", "Name LIKE 'Microsoft:8A%'" },
        { nameof(CimOperator.StartsWith) + ":Microsoft:GuestNetwork\\8A", "Name LIKE 'Microsoft:GuestNetwork\\\\8A%'" },
        { nameof(CimOperator.StartsWith) + ":50%_[x]^-'", "Name LIKE '50[%][_][[]x]^-\\'%'" },
        { nameof(CimOperator.StartsWith) + ":", "Name LIKE '%'" },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Texts_are_escaped(string condition, string wql)
    {
        var value = condition[(condition.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var where = condition.StartsWith(nameof(CimOperator.Equal), StringComparison.Ordinal) ? CimCondition.Equal("Name", value) : CimCondition.StartsWith("Name", value);
        Assert.Equal("SELECT Name, EnabledState FROM Msvm_ComputerSystem WHERE " + wql, WqlText.Of(Query(where)));
    }

    [Theory]
    [InlineData(true, "TRUE")]
    [InlineData(false, "FALSE")]
    [InlineData((byte)7, "7")]
    [InlineData((sbyte)-7, "-7")]
    [InlineData((ushort)32768, "32768")]
    [InlineData(-1, "-1")]
    [InlineData(4294967295u, "4294967295")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    [InlineData(ulong.MaxValue, "18446744073709551615")]
    public void Numbers_and_truth_values_stand_as_they_are(object value, string wql)
        => Assert.EndsWith("WHERE P = " + wql, WqlText.Of(Query(CimCondition.Equal("P", value))), StringComparison.Ordinal);

    [Fact]
    public void Alternatives_are_joined_and_none_is_none()
    {
        Assert.Equal("SELECT Name, EnabledState FROM Msvm_ComputerSystem", WqlText.Of(Query(null)));
        Assert.EndsWith(" WHERE A = '1' OR A = '2' OR B LIKE 'x%' OR C = 3", WqlText.Of(Query(CimCondition.AnyOf(
            CimCondition.EqualsAny("A", new object[] { "1", "2" })!, CimCondition.AnyOf(CimCondition.StartsWith("B", "x"), CimCondition.Equal("C", 3))))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Name FROM Win32_Process", "C", "P")]
    [InlineData("", "C", "P")]
    [InlineData("1st", "C", "P")]
    [InlineData("*", "C", "P")]
    [InlineData("Name", "C; DELETE", "P")]
    [InlineData("Name", "C'", "P")]
    [InlineData("Näme", "C", "P")]
    [InlineData("Name", "C", "P = 1 OR Q")]
    public void Names_that_are_none_are_refused(string property, string className, string compared)
    {
        var query = new CimQuery("root/cimv2", className, new[] { property }, CimCondition.Equal(compared, 1));
        Assert.Equal(CimStatus.InvalidQuery, Assert.Throws<CimFaultException>(() => WqlText.Of(query)).Fault.Status);
    }

    [Fact]
    public void Values_that_WQL_does_not_compare_are_refused()
        => Assert.All(
            new object[] { 1.5, 'x', DateTimeOffset.UnixEpoch, new[] { 1 } },
            value => Assert.Throws<CimFaultException>(() => WqlText.Of(Query(CimCondition.Equal("P", value)))));

    /// <summary>Random texts survive writing and reading, whatever they hold.</summary>
    [Fact]
    public void What_is_written_is_what_is_read()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        const string Alphabet = "ab '\\\"%_[]^-=<>()ä漢,.:";
        for (var round = 0; round < 2000; round++)
        {
            var text = string.Create(random.Next(12), random, (span, source) =>
            {
                for (var index = 0; index < span.Length; index++)
                {
                    span[index] = Alphabet[source.Next(Alphabet.Length)];
                }
            });
            foreach (var condition in new[] { CimCondition.Equal("P", text), CimCondition.StartsWith("P", text) })
            {
                var read = (CimComparison)MmiStandIn.SimulatedNetwork.Read("n", WqlText.Of(Query(condition))).Where!;
                Assert.True(((CimComparison)condition).Operator == read.Operator && text == (string)read.Value, $"seed {seed}: '{text}'");
            }
        }
    }

    private static CimQuery Query(CimCondition? where) => new("root/virtualization/v2", "Msvm_ComputerSystem", new List<string> { "Name", "EnabledState" }, where);
}
