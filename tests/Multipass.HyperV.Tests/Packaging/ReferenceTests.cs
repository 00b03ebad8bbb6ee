using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using Multipass.HyperV.Tests.Packaging.References;
using Xunit;

namespace Multipass.HyperV.Tests.Packaging;

/// <summary>
/// What Windows PowerShell 5.1 loads finds there everything that it refers to: in .NET Framework 4.7.2, in what Windows PowerShell and PowerShell 7 have in common, and in Windows' CIM client as
/// .NET Framework sees it.
/// </summary>
public sealed class ReferenceTests : IDisposable
{
    private static readonly string[] Shipped = { "Multipass.HyperV", "Multipass.HyperV.Engine", "Multipass.HyperV.Simulation" };

    private readonly AssemblySet _set = new(Files());

    public void Dispose() => _set.Dispose();

    [Theory]
    [InlineData("Multipass.HyperV")]
    [InlineData("Multipass.HyperV.Engine")]
    [InlineData("Multipass.HyperV.Simulation")]
    public void Every_type_and_member_is_there(string assembly)
    {
        var check = ReferenceCheck.Of(_set, assembly);
        Assert.Empty(check.Missing);
        Assert.True(check.Types > 50 && check.Members > 300, $"{check.Types} types, {check.Members} members");
    }

    /// <summary>The check finds what is missing: the assembly for PowerShell 7 uses what .NET Framework does not have.</summary>
    [Fact]
    public void What_is_missing_is_found()
    {
        var missing = ReferenceCheck.Of(_set, "Multipass.HyperV.Wsman").Missing;
        Assert.Contains(missing, text => text.Contains("::", StringComparison.Ordinal));
        Assert.Contains("[System.Net.Http]System.Net.Http.SocketsHttpHandler", missing);
    }

    private static IEnumerable<string> Files()
    {
        var framework = Metadata("NetFrameworkReferences");
        return Shipped.Append("Multipass.HyperV.Wsman").Select(name => Repository.PathOf("module", "bin", name + ".dll"))
            .Concat(Directory.GetFiles(framework, "*.dll"))
            .Concat(Directory.GetFiles(Path.Combine(framework, "Facades"), "*.dll"))
            .Append(Path.Combine(Metadata("PowerShellStandard"), "System.Management.Automation.dll"))
            .Append(Path.Combine(Metadata("ManagementInfrastructure"), "Microsoft.Management.Infrastructure.dll"));
    }

    private static string Metadata(string key)
        => typeof(ReferenceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
