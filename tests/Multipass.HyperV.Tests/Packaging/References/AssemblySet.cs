using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Multipass.HyperV.Tests.Packaging.References;

/// <summary>Assemblies that are there together, by name; types are found in them as a runtime finds them, through forwarders too.</summary>
internal sealed class AssemblySet : IDisposable
{
    private readonly Dictionary<string, MetadataReader> _readers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(string Assembly, string Type), (MetadataReader Reader, TypeDefinitionHandle Type)?> _found = new();
    private readonly List<PEReader> _images = new();

    /// <summary>The assemblies in these files. Where two have one name, the first counts.</summary>
    public AssemblySet(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            var image = new PEReader(File.OpenRead(file));
            _images.Add(image);
            if (image.HasMetadata && image.GetMetadataReader() is { IsAssembly: true } reader)
            {
                _readers.TryAdd(reader.GetString(reader.GetAssemblyDefinition().Name), reader);
            }
        }
    }

    public int Count => _readers.Count;

    public MetadataReader this[string assembly] => _readers[assembly];

    public void Dispose() => _images.ForEach(image => image.Dispose());

    /// <summary>A type of an assembly by its whole name, nested ones behind slashes; null when it is not there.</summary>
    public (MetadataReader Reader, TypeDefinitionHandle Type)? Find(string assembly, string type)
    {
        if (!_found.TryGetValue((assembly, type), out var found))
        {
            _found[(assembly, type)] = found = _readers.TryGetValue(assembly, out var reader) ? Find(reader, type) : null;
        }

        return found;
    }

    private (MetadataReader Reader, TypeDefinitionHandle Type)? Find(MetadataReader reader, string type)
    {
        foreach (var handle in reader.TypeDefinitions)
        {
            if (SignatureText.NameOf(reader, handle) == type)
            {
                return (reader, handle);
            }
        }

        var outermost = type.Split('/')[0];
        foreach (var handle in reader.ExportedTypes)
        {
            var forwarded = reader.GetExportedType(handle);
            if (forwarded.Implementation.Kind == HandleKind.AssemblyReference && SignatureText.Joined(reader.GetString(forwarded.Namespace), reader.GetString(forwarded.Name)) == outermost)
            {
                return Find(reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)forwarded.Implementation).Name), type);
            }
        }

        return null;
    }
}
