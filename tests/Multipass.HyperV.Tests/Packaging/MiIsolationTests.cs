using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Xunit;

namespace Multipass.HyperV.Tests.Packaging;

public sealed class MiIsolationTests
{
    /// <summary>PowerShell looks at every type and every cmdlet's parameters when it imports a module: none of that may need MI, which is not everywhere.</summary>
    [Fact]
    public void Importing_needs_nothing_of_MI()
    {
        var context = new Shipped(Repository.PathOf("module", "bin"));
        var module = context.LoadFromAssemblyPath(Repository.PathOf("module", "bin", "Multipass.HyperV.dll"));
        var types = module.GetTypes();
        Assert.NotEmpty(types);
        foreach (var type in types)
        {
            _ = type.GetInterfaces();
            _ = type.GetCustomAttributesData().Count;
            if (type.IsPublic)
            {
                _ = type.GetMembers().Select(member => member.ToString()).ToList();
            }
        }

        Assert.DoesNotContain("Microsoft.Management.Infrastructure", context.AskedFor);
        context.Unload();
    }

    /// <summary>The shipped assemblies by themselves, where there is no MI.</summary>
    private sealed class Shipped : AssemblyLoadContext
    {
        private readonly string _folder;

        public Shipped(string folder)
            : base(isCollectible: true) => _folder = folder;

        public HashSet<string> AskedFor { get; } = new(StringComparer.Ordinal);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            AskedFor.Add(assemblyName.Name!);
            if (assemblyName.Name == "Microsoft.Management.Infrastructure")
            {
                throw new FileNotFoundException("There is no MI here.", assemblyName.Name);
            }

            var path = Path.Combine(_folder, assemblyName.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
