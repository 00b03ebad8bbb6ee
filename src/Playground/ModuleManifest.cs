using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Playground;

/// <summary>Finds the manifest of the module in the repository that this program was built from.</summary>
internal static class ModuleManifest
{
    private const string FileName = "Multipass.HyperV.psd1";

    internal static string Find() =>
        Candidates().Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists)
        ?? throw new PlaygroundException($"The manifest {FileName} was not found, neither in the repository that the playground was built from nor above '{AppContext.BaseDirectory}'.");

    private static IEnumerable<string> Candidates()
    {
        string? root = Assembly.GetExecutingAssembly()
            .GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == "RepositoryRoot")?.Value;
        if (!string.IsNullOrEmpty(root))
        {
            yield return root;
        }

        // A repository that was moved after the build.
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return folder.FullName;
        }
    }
}
