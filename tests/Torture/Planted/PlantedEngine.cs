using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Multipass.HyperV.Torture.Worlds;

namespace Multipass.HyperV.Torture.Planted;

/// <summary>Makes the engine anew from its sources with a defect in it, and puts it through worlds, in this process and beside the engine that is right.</summary>
internal sealed class PlantedEngine
{
    private const string EngineName = "Multipass.HyperV.Engine";

    /// <summary>The simulated host was compiled against the engine's own marker of init accessors: .NET Standard has none.</summary>
    private static readonly SyntaxTree Marker = Parse("Marker.cs", "namespace System.Runtime.CompilerServices { internal static class IsExternalInit { } }");

    private readonly string _folder;
    private readonly Dictionary<string, SyntaxTree> _trees;
    private readonly List<MetadataReference> _references;

    /// <param name="repository">The folder of the repository; found from this program's own folder when null.</param>
    public PlantedEngine(string? repository = null)
    {
        _folder = Path.Combine(repository ?? FindRepository(), "src", EngineName);
        _trees = Directory.EnumerateFiles(_folder, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_folder, path).Replace('\\', '/'))
            .Where(path => !path.StartsWith("bin/", StringComparison.Ordinal) && !path.StartsWith("obj/", StringComparison.Ordinal))
            .OrderBy(path => path, StringComparer.Ordinal)
            .ToDictionary(path => path, path => Parse(path, File.ReadAllText(Path.Combine(_folder, path))));
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        _references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => path.StartsWith(framework, StringComparison.Ordinal))
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path))
            .ToList();
    }

    /// <summary>Tries a defect in worlds, until one breaks a rule that the engine without it keeps.</summary>
    public PlantedResult Try(PlantedDefect defect, int count, int seed)
    {
        if (Problem(defect) is { } problem)
        {
            return new PlantedResult(defect, 0) { Problem = problem };
        }

        var trees = new Dictionary<string, SyntaxTree>(_trees);
        foreach (var file in defect.Edits.GroupBy(edit => edit.File))
        {
            var text = file.Aggregate(_trees[file.Key].GetText().ToString(), (before, edit) => before.Replace(edit.Find, edit.Replace, StringComparison.Ordinal));
            trees[file.Key] = Parse(file.Key, text);
        }

        using var image = new MemoryStream();
        var compiled = CSharpCompilation.Create(
                EngineName,
                trees.Values.Append(Marker),
                _references,
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable))
            .Emit(image, manifestResources: Resources());
        if (!compiled.Success)
        {
            return new PlantedResult(defect, 0)
            {
                Problem = "with it the engine does not compile: " + compiled.Diagnostics.First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToString(),
            };
        }

        image.Position = 0;
        var context = new PlantedContext(image);
        try
        {
            var probe = context.LoadFromAssemblyPath(typeof(PlantedProbe).Assembly.Location).GetType(typeof(PlantedProbe).FullName!, throwOnError: true)!
                .GetMethod(nameof(PlantedProbe.Broken), BindingFlags.Static | BindingFlags.Public)!
                .CreateDelegate<Func<int, string[]>>();
            for (var index = 0; index < count; index++)
            {
                var broken = probe(seed + index);
                if (broken.Length > 0 && broken.Except(PlantedProbe.Broken(seed + index)).FirstOrDefault() is { } rule)
                {
                    return new PlantedResult(defect, index + 1) { Caught = string.Create(CultureInfo.InvariantCulture, $"{rule}, seed {seed + index}") };
                }
            }

            return new PlantedResult(defect, count);
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>Why a defect cannot be planted any more; null when it can.</summary>
    public string? Problem(PlantedDefect defect)
    {
        foreach (var edit in defect.Edits)
        {
            if (!_trees.TryGetValue(edit.File, out var tree))
            {
                return $"there is no file {edit.File} any more: change the defect '{defect.Name}' in {nameof(PlantedDefects)}.";
            }

            var count = tree.GetText().ToString().Split(edit.Find).Length - 1;
            if (count != 1)
            {
                return $"{edit.File} has the text that is to be replaced {count} times, not once: change the defect '{defect.Name}' in {nameof(PlantedDefects)}. The text: {edit.Find}";
            }
        }

        return null;
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "HvModule.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} is not within the repository: the sources of the engine are not there.");
    }

    private static SyntaxTree Parse(string path, string text)
        => CSharpSyntaxTree.ParseText(SourceText.From(text, System.Text.Encoding.UTF8), new CSharpParseOptions(LanguageVersion.Latest), path);

    private List<ResourceDescription> Resources()
        => Directory.EnumerateFiles(_folder, "*.mof", SearchOption.AllDirectories)
            .Select(path => new ResourceDescription(Path.GetFileName(path), () => File.OpenRead(path), isPublic: true))
            .ToList();

    /// <summary>Its own engine, simulated host and judge; everything else is shared.</summary>
    private sealed class PlantedContext : AssemblyLoadContext
    {
        private readonly Stream _engine;

        public PlantedContext(Stream engine)
            : base(isCollectible: true)
        {
            _engine = engine;
        }

        protected override Assembly? Load(AssemblyName assemblyName)
            => assemblyName.Name == EngineName ? LoadFromStream(_engine)
                : assemblyName.Name == "Multipass.HyperV.Simulation" ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "Multipass.HyperV.Simulation.dll"))
                : null;
    }
}
