using System.IO;
using System.Linq;
using Multipass.HyperV.Simulation.Provider;
using Xunit;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>The page of the simulated host names what it serves.</summary>
public sealed class ServedClassesTests
{
    [Fact]
    public void Every_class_and_method_that_is_served_is_on_the_page()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "simulated-host.md"));
        var names = ClassDeclarations.All.Select(declaration => declaration.Name).Concat(ClassDeclarations.All.SelectMany(declaration => declaration.Methods).Select(method => method.Name));

        Assert.DoesNotContain(names, name => !page.Contains($"`{name}`", System.StringComparison.Ordinal));
    }
}
