using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection.Metadata;

namespace Multipass.HyperV.Tests.Packaging.References;

/// <summary>Whether everything that an assembly refers to is there: each type, and each member with its whole signature.</summary>
internal sealed class ReferenceCheck
{
    private readonly AssemblySet _set;
    private readonly MetadataReader _reader;
    private readonly List<string> _missing = new();

    private ReferenceCheck(AssemblySet set, MetadataReader reader)
    {
        _set = set;
        _reader = reader;
    }

    /// <summary>How many references to types were looked up.</summary>
    public int Types { get; private set; }

    /// <summary>How many references to members were looked up.</summary>
    public int Members { get; private set; }

    /// <summary>What is not there.</summary>
    public IReadOnlyList<string> Missing => _missing;

    public static ReferenceCheck Of(AssemblySet set, string assembly)
    {
        var check = new ReferenceCheck(set, set[assembly]);
        foreach (var handle in check._reader.TypeReferences)
        {
            check.Types++;
            if (check.Find(handle) is null)
            {
                check._missing.Add(check.Describe(handle));
            }
        }

        foreach (var handle in check._reader.MemberReferences)
        {
            check.Check(check._reader.GetMemberReference(handle));
        }

        return check;
    }

    private string Describe(TypeReferenceHandle handle) => $"[{AssemblyOf(_reader, handle)}]{SignatureText.NameOf(_reader, handle)}";

    private static string? AssemblyOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        var scope = reader.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.TypeReference => AssemblyOf(reader, (TypeReferenceHandle)scope),
            HandleKind.AssemblyReference => reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name),
            _ => null,
        };
    }

    private void Check(MemberReference member)
    {
        var parent = TypeOf(_reader, member.Parent);
        if (parent is null)
        {
            // A member of an array: the runtime makes it. A type that is not there has been told above.
            return;
        }

        Members++;
        var name = _reader.GetString(member.Name);
        var isField = member.GetKind() == MemberReferenceKind.Field;
        var wanted = isField ? member.DecodeFieldSignature(SignatureText.Instance, null) : SignatureText.Of(member.DecodeMethodSignature(SignatureText.Instance, null));
        for (var type = parent; type is var (reader, handle); type = BaseOf(reader, handle))
        {
            var definition = reader.GetTypeDefinition(handle);
            var found = isField
                ? definition.GetFields().Select(reader.GetFieldDefinition).Any(field => reader.GetString(field.Name) == name && field.DecodeSignature(SignatureText.Instance, null) == wanted)
                : definition.GetMethods().Select(reader.GetMethodDefinition).Any(method => reader.GetString(method.Name) == name && SignatureText.Of(method.DecodeSignature(SignatureText.Instance, null)) == wanted);
            if (found)
            {
                return;
            }
        }

        _missing.Add($"{SignatureText.NameOf(parent.Value.Reader, parent.Value.Type)}::{name} {wanted}");
    }

    private (MetadataReader Reader, TypeDefinitionHandle Type)? Find(TypeReferenceHandle handle, MetadataReader? reader = null)
    {
        reader ??= _reader;
        return AssemblyOf(reader, handle) is { } assembly ? _set.Find(assembly, SignatureText.NameOf(reader, handle)) : null;
    }

    private (MetadataReader Reader, TypeDefinitionHandle Type)? TypeOf(MetadataReader reader, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                return (reader, (TypeDefinitionHandle)handle);

            case HandleKind.TypeReference:
                return Find((TypeReferenceHandle)handle, reader);

            case HandleKind.TypeSpecification:
                // ECMA-335 II.23.2.14: GENERICINST (CLASS | VALUETYPE) TypeDefOrRef ...
                var blob = reader.GetBlobReader(reader.GetTypeSpecification((TypeSpecificationHandle)handle).Signature);
                if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
                {
                    return null;
                }

                _ = blob.ReadCompressedInteger();
                return TypeOf(reader, blob.ReadTypeHandle());

            default:
                return null;
        }
    }

    private (MetadataReader Reader, TypeDefinitionHandle Type)? BaseOf(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle).BaseType;
        return type.IsNil ? null : TypeOf(reader, type);
    }
}
