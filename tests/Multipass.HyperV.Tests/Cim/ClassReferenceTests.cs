using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.Provider;
using Xunit;

namespace Multipass.HyperV.Tests.Cim;

/// <summary>The class reference, and the simulated host's classes against it: a client knows types from the one, a server has values in the other.</summary>
public class ClassReferenceTests
{
    public static IEnumerable<TheoryDataRow<string>> ServedClasses()
        => ClassDeclarations.All.Select(declaration => new TheoryDataRow<string>(declaration.Namespace + ":" + declaration.Name));

    [Theory]
    [MemberData(nameof(ServedClasses))]
    public void A_served_class_has_exactly_the_properties_of_its_reference(string path)
    {
        var declaration = ClassDeclarations.All.Single(candidate => candidate.Namespace + ":" + candidate.Name == path);
        var reference = ClassReference.Find(declaration.Namespace, declaration.Name);

        Assert.NotNull(reference);
        Assert.Equal(
            reference.Properties.Select(property => $"{property.Type} {property.Name} {property.IsArray}"),
            declaration.Properties.Select(property => $"{property.Type} {property.Name} {property.IsArray}"));
    }

    [Theory]
    [MemberData(nameof(ServedClasses))]
    public void A_served_class_has_keys_and_methods_that_the_reference_knows(string path)
    {
        var declaration = ClassDeclarations.All.Single(candidate => candidate.Namespace + ":" + candidate.Name == path);

        // A singleton has none.
        Assert.Equal(declaration.Name == CimNames.SystemSecurity, declaration.Keys.Count == 0);
        foreach (var method in declaration.Methods)
        {
            var known = declaration.Reference!.Method(method.Name);
            Assert.True(known is not null, $"{declaration.Name}.{method.Name} is not in the class reference.");
            Assert.Equal(
                known.In.Select(parameter => $"{parameter.Type} {parameter.Name}").Order(),
                method.Parameters.Select(parameter => $"{parameter.Type} {parameter.Name}").Order());
        }
    }

    [Theory]
    [InlineData("root/virtualization/v2", "Msvm_ComputerSystem", "EnabledState", CimType.UInt16, false)]
    [InlineData("root/virtualization/v2", "Msvm_ComputerSystem", "OperationalStatus", CimType.UInt16, true)]
    [InlineData("root/virtualization/v2", "Msvm_ComputerSystem", "InstallDate", CimType.DateTime, false)]
    [InlineData("root/virtualization/v2", "Msvm_ComputerSystem", "OnTimeInMilliseconds", CimType.UInt64, false)]
    [InlineData("root/virtualization/v2", "Msvm_ConcreteJob", "ElapsedTime", CimType.DateTime, false)]
    [InlineData("root/virtualization/v2", "Msvm_SummaryInformation", "MemoryAvailable", CimType.SInt32, false)]
    [InlineData("root/virtualization/v2", "Msvm_AffectedJobElement", "AffectingElement", CimType.Reference, false)]
    [InlineData("ROOT\\CIMV2", "win32_computersystem", "pauseafterreset", CimType.SInt64, false)]
    [InlineData("root/StandardCimv2", "MSFT_NetNeighbor", "State", CimType.UInt8, false)]
    internal void Types_are_those_of_the_public_pages(string cimNamespace, string className, string property, CimType type, bool isArray)
    {
        var found = ClassReference.Find(cimNamespace, className)!.Property(property)!;

        Assert.Equal((type, isArray), (found.Type, found.IsArray));
    }

    [Fact]
    public void A_class_is_what_it_extends()
    {
        var machine = ClassReference.Find("root/virtualization/v2", "Msvm_ComputerSystem")!;

        Assert.True(machine.Is("CIM_ManagedSystemElement"));
        Assert.False(machine.Is("CIM_SettingData"));
        Assert.Equal("Job", Assert.Single(machine.Method("RequestStateChange")!.Out).Name);
    }

    [Theory]
    [InlineData("class A { string B }")]
    [InlineData("class A { string B; };class C : D {};")]
    [InlineData("klass A {};")]
    public void A_reference_that_is_wrong_is_refused(string text)
        => Assert.Throws<System.FormatException>(() => MofReader.Read(text));
}
