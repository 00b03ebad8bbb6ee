using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Multipass.HyperV.Commands;
using Xunit;

namespace Multipass.HyperV.Tests.Packaging;

public sealed class ManifestTests
{
    private static readonly string[] OwnAssemblies = { "Multipass.HyperV", "Multipass.HyperV.Engine", "Multipass.HyperV.Simulation", "Multipass.HyperV.Wsman" };

    [Fact]
    public void Exports_equal_the_cmdlets_of_the_assembly()
    {
        var cmdlets = typeof(MpCommand).Assembly.GetTypes()
            .Select(type => type.GetCustomAttribute<CmdletAttribute>())
            .Where(attribute => attribute is not null)
            .Select(attribute => $"{attribute!.VerbName}-{attribute.NounName}")
            .OrderBy(name => name, StringComparer.Ordinal);
        Assert.Equal(cmdlets, Texts("CmdletsToExport").OrderBy(name => name, StringComparer.Ordinal));
        Assert.All(new[] { "FunctionsToExport", "VariablesToExport", "AliasesToExport" }, key => Assert.Empty(Texts(key)));
    }

    [Fact]
    public void Cmdlets_are_sealed_and_named_after_what_they_do()
        => Assert.All(
            typeof(MpCommand).Assembly.GetTypes().Where(type => type.GetCustomAttribute<CmdletAttribute>() is not null),
            type =>
            {
                var attribute = type.GetCustomAttribute<CmdletAttribute>()!;
                Assert.True(type.IsSealed);
                Assert.Equal($"Multipass.HyperV.Commands.{attribute.VerbName}{attribute.NounName}Command", type.FullName);
            });

    [Fact]
    public void The_files_that_the_manifest_names_exist()
    {
        var files = Texts("FileList").Concat(Texts("FormatsToProcess")).Concat(Texts("RootModule"));
        Assert.All(files, file => Assert.True(File.Exists(Repository.PathOf(file)), file));
    }

    [Fact]
    public void There_is_one_version()
        => Assert.Equal(Texts("ModuleVersion").Single(), typeof(MpCommand).Assembly.GetName().Version!.ToString(3));

    [Fact]
    public void The_resource_has_the_version_of_the_module()
        => Assert.Contains($"ModuleVersion        = '{Texts("ModuleVersion").Single()}'", Repository.Read("module", "Multipass.HyperV.Dsc", "Multipass.HyperV.Dsc.psd1"));

    [Fact]
    public void Only_our_own_assemblies_ship()
    {
        var shipped = Directory.GetFiles(Repository.PathOf("module", "bin"), "*.dll").Select(Path.GetFileNameWithoutExtension).OrderBy(name => name, StringComparer.Ordinal);
        Assert.Equal(OwnAssemblies, shipped);
    }

    [Theory]
    [InlineData("Multipass.HyperV")]
    [InlineData("Multipass.HyperV.Engine")]
    [InlineData("Multipass.HyperV.Simulation")]
    public void The_assemblies_reference_only_what_every_PowerShell_has(string name)
    {
        using var file = File.OpenRead(Repository.PathOf("module", "bin", name + ".dll"));
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        foreach (var handle in metadata.AssemblyReferences)
        {
            var reference = metadata.GetAssemblyReference(handle);
            var text = $"{metadata.GetString(reference.Name)} {reference.Version}";
            Assert.True(
                text is "netstandard 2.0.0.0" or "System.Management.Automation 3.0.0.0" or "Microsoft.Management.Infrastructure 1.0.0.0"
                    || OwnAssemblies.Contains(metadata.GetString(reference.Name)),
                text);
        }
    }

    [Fact]
    public void Scripts_and_manifests_are_ASCII_and_parse()
    {
        var files = new[] { "*.ps1", "*.psd1", "*.ps1xml", "*.psm1" }
            .SelectMany(pattern => Directory.GetFiles(Repository.Root, pattern, SearchOption.AllDirectories))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "out" or ".git"))
            .ToList();
        Assert.NotEmpty(files);
        foreach (var path in files)
        {
            Assert.All(File.ReadAllBytes(path), octet => Assert.True(octet < 128, path));
            if (Path.GetExtension(path) is ".ps1" or ".psd1" or ".psm1")
            {
                Parser.ParseFile(path, out var tokens, out var errors);
                Assert.Empty(errors);
                Assert.DoesNotContain(tokens, token => token.Kind is TokenKind.QuestionQuestion or TokenKind.QuestionQuestionEquals or TokenKind.QuestionDot or TokenKind.QuestionMark or TokenKind.AndAnd or TokenKind.OrOr);
            }
        }
    }

    /// <summary>It runs in PowerShell 7 only: what it needs, the runtime brings.</summary>
    [Fact]
    public void The_assembly_for_PowerShell_7_references_only_its_runtime()
    {
        using var file = File.OpenRead(Repository.PathOf("module", "bin", "Multipass.HyperV.Wsman.dll"));
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        Assert.All(
            metadata.AssemblyReferences.Select(metadata.GetAssemblyReference),
            reference => Assert.True(
                metadata.GetString(reference.Name) is var name && (OwnAssemblies.Contains(name) || name == "netstandard" || (name.StartsWith("System.", StringComparison.Ordinal) && reference.Version.Major == 8)),
                $"{name} {reference.Version}"));
    }

    private static string[] Texts(string key)
    {
        var script = Parser.ParseFile(Repository.PathOf("Multipass.HyperV.psd1"), out _, out _);
        var table = (HashtableAst)script.Find(ast => ast is HashtableAst, searchNestedScriptBlocks: false);
        var pair = table.KeyValuePairs.Single(candidate => ((StringConstantExpressionAst)candidate.Item1).Value == key);
        return pair.Item2.FindAll(ast => ast is StringConstantExpressionAst, searchNestedScriptBlocks: true).Select(ast => ((StringConstantExpressionAst)ast).Value).ToArray();
    }
}
