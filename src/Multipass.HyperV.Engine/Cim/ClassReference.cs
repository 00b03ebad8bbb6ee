using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Multipass.HyperV.Cim;

/// <summary>The classes that are asked or served, as the public references describe them; the table is <c>ClassReference.mof</c>.</summary>
internal static class ClassReference
{
    private static readonly Lazy<IReadOnlyList<CimClass>> Classes = new(Load);

    private static readonly Lazy<Dictionary<string, CimClass>> ByName = new(()
        => All.ToDictionary(declared => Key(declared.Namespace, declared.Name), StringComparer.OrdinalIgnoreCase));

    /// <summary>All classes, each behind the one it extends.</summary>
    public static IReadOnlyList<CimClass> All => Classes.Value;

    /// <summary>A class, or null when the reference does not have it.</summary>
    public static CimClass? Find(string cimNamespace, string name) => ByName.Value.TryGetValue(Key(cimNamespace, name), out var found) ? found : null;

    private static string Key(string cimNamespace, string name) => cimNamespace.Replace('\\', '/') + ":" + name;

    private static IReadOnlyList<CimClass> Load()
    {
        using var stream = typeof(ClassReference).Assembly.GetManifestResourceStream("ClassReference.mof")!;
        using var reader = new StreamReader(stream);
        return MofReader.Read(reader.ReadToEnd());
    }
}
