using System;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Management.Automation.Language;
using System.Threading.Tasks;
using System.Xml.Linq;
using Xunit;

namespace Multipass.HyperV.Tests.Packaging;

/// <summary>What <c>dotnet pack src/Package</c> makes.</summary>
public sealed class PackageTests(PackageTests.Package package) : IClassFixture<PackageTests.Package>
{
    [Fact]
    public void The_folder_has_all_that_the_manifest_names()
    {
        Parser.ParseFile(package.InModule("Multipass.HyperV.psd1"), out var tokens, out _);
        var files = tokens.OfType<StringToken>().Select(token => token.Value).Where(text => text.EndsWith(".dll", StringComparison.Ordinal) || text.EndsWith("xml", StringComparison.Ordinal) || text.EndsWith(".txt", StringComparison.Ordinal));
        Assert.NotEmpty(files);
        Assert.All(files.Concat(["README.md", "CHANGELOG.md", "LICENSE"]), file => Assert.True(File.Exists(package.InModule(file)), file));
    }

    [Fact]
    public void The_folder_has_the_assemblies_of_the_build_and_no_others()
        => Assert.Equal(
            Directory.GetFiles(Repository.PathOf("module", "bin"), "*.dll").Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Directory.GetFiles(package.Folder, "*.dll", SearchOption.AllDirectories).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void Whoever_reads_the_README_in_the_folder_finds_what_it_links_to()
    {
        var text = File.ReadAllText(package.InModule("README.md"));
        var targets = System.Text.RegularExpressions.Regex.Matches(text, @"\]\((?!https?:)([^)#]+)").Select(match => match.Groups[1].Value);
        Assert.All(targets, target => Assert.True(File.Exists(package.InModule(target)), target));
    }

    [Fact]
    public void The_resource_is_a_module_of_its_own_too()
        => Assert.True(File.Exists(Path.Combine(package.Root, "Multipass.HyperV.Dsc", package.Version, "Multipass.HyperV.Dsc.psd1")));

    [Fact]
    public void The_nupkg_is_one_that_a_gallery_takes()
    {
        using var zip = ZipFile.OpenRead(Path.Combine(package.Root, $"Multipass.HyperV.{package.Version}.nupkg"));
        var names = zip.Entries.Select(entry => entry.FullName.Replace("%20", " ", StringComparison.Ordinal)).ToList();
        var expected = Directory.GetFiles(package.Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(package.Folder, path).Replace('\\', '/'));
        Assert.Empty(expected.Except(names));
        Assert.DoesNotContain(names, name => name.StartsWith("lib/", StringComparison.Ordinal));

        using var stream = zip.GetEntry("Multipass.HyperV.nuspec")!.Open();
        var metadata = XDocument.Load(stream).Root!.Elements().Single();
        string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        Assert.Equal("Multipass.HyperV", Value("id"));
        Assert.Equal(package.Version, Value("version"));
        Assert.Contains("Multipass", Value("description"));
        Assert.DoesNotContain(metadata.Elements(), element => element.Name.LocalName == "dependencies" && element.HasElements);
        var tags = Value("tags").Split(' ');
        Assert.All(
            new[] { "PSModule", "PSEdition_Desktop", "PSEdition_Core", "PSIncludes_Cmdlet", "PSCmdlet_Start-MpInstance", "PSCommand_Start-MpInstance", "PSCmdlet_Export-MpScenario" },
            tag => Assert.Contains(tag, tags));
        Assert.DoesNotContain(tags, tag => tag.Contains("Dsc", StringComparison.Ordinal));
        Assert.DoesNotContain(names, name => name.Contains("Dsc", StringComparison.Ordinal));
        Assert.All(tags, tag => Assert.Matches("^[A-Za-z0-9_.-]+$", tag));
    }

    /// <summary>What a gallery says of a package is what its tags say.</summary>
    [Fact]
    public void The_resource_is_a_package_of_its_own_that_needs_the_module()
    {
        using var zip = ZipFile.OpenRead(Path.Combine(package.Root, $"Multipass.HyperV.Dsc.{package.Version}.nupkg"));
        Assert.NotNull(zip.GetEntry("Multipass.HyperV.Dsc.psm1"));
        Assert.NotNull(zip.GetEntry("Multipass.HyperV.Dsc.psd1"));
        using var stream = zip.GetEntry("Multipass.HyperV.Dsc.nuspec")!.Open();
        var metadata = XDocument.Load(stream).Root!.Elements().Single();
        var tags = metadata.Elements().Single(element => element.Name.LocalName == "tags").Value.Split(' ');
        Assert.Contains("PSIncludes_DscResource", tags);
        Assert.Contains("PSDscResource_MpInstance", tags);
        Assert.DoesNotContain(tags, tag => tag.StartsWith("PSCmdlet", StringComparison.Ordinal));
        var needed = Assert.Single(metadata.Descendants(), element => element.Name.LocalName == "dependency");
        Assert.Equal(("Multipass.HyperV", package.Version), (needed.Attribute("id")!.Value, needed.Attribute("version")!.Value));
    }

    /// <summary>One package for all tests, from what is built already.</summary>
    public sealed class Package : IAsyncLifetime
    {
        private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

        internal string Root { get; } = Directory.CreateTempSubdirectory("mp-package-").FullName;

        internal string Version { get; } = typeof(global::Multipass.HyperV.Commands.MpCommand).Assembly.GetName().Version!.ToString(3);

        internal string Folder => Path.Combine(Root, "Multipass.HyperV", Version);

        internal string InModule(string path) => Path.Combine(Folder, path.Replace('/', Path.DirectorySeparatorChar));

        public async ValueTask InitializeAsync()
        {
            ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            string[] arguments =
            [
                "pack", Repository.PathOf("src", "Package", "Package.csproj"), "--no-build", "--nologo",
                "-c", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, $"-p:PackageRoot={Root}{Path.DirectorySeparatorChar}",
            ];
            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            try
            {
                await process.WaitForExitAsync().WaitAsync(Limit);
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            Assert.True(process.ExitCode == 0, await output + await errors);
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Root, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
