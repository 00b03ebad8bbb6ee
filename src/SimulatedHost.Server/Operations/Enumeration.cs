using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Xml;
using Multipass.HyperV.Simulation.Provider;
using Multipass.HyperV.Wsman.Protocol;
using Multipass.HyperV.Wsman.Values;

namespace Multipass.HyperV.Server.Operations;

/// <summary>What the items of an enumeration are.</summary>
internal enum EnumerationMode
{
    Object,
    Reference,
    ObjectAndReference,
}

/// <summary>An enumeration that is under way: the instances found when it began, and how far the client has come.</summary>
internal sealed class Enumeration
{
    private readonly IReadOnlyList<SelectedInstance> _instances;
    private readonly EnumerationMode _mode;
    private int _next;

    public Enumeration(IReadOnlyList<SelectedInstance> instances, EnumerationMode mode)
    {
        _instances = instances;
        _mode = mode;
        ClassUri = instances.Count == 0 ? null : ResourceUri.Of(instances[0].Path.Namespace, instances[0].Path.ClassName);
    }

    /// <summary>The resource URI that the prefix p stands for in every page; null when there is nothing to write.</summary>
    public string? ClassUri { get; }

    public int Count => _instances.Count;

    /// <summary>True when all instances have been given.</summary>
    public bool HasEnded => _next == _instances.Count;

    /// <summary>The next items, as many as fit; those taken are not given again.</summary>
    /// <param name="most">How many at most.</param>
    /// <param name="bytes">How large they may be together, in UTF-8.</param>
    /// <returns>The items; null when not even the next one fits, which then stays where it is.</returns>
    public IReadOnlyList<string>? Take(int most, int bytes)
    {
        var items = new List<string>();
        var left = bytes;
        foreach (var item in EnvelopeWriter.WritePieces(ClassUri, _instances.Skip(_next).Take(most).Select(instance => (Action<XmlWriter>)(writer => Write(writer, instance)))))
        {
            left -= Encoding.UTF8.GetByteCount(item);
            if (left < 0)
            {
                return items.Count == 0 ? null : items;
            }

            items.Add(item);
            _next++;
        }

        return items;
    }

    private void Write(XmlWriter writer, SelectedInstance instance)
    {
        switch (_mode)
        {
            case EnumerationMode.Reference:
                WriteReference(writer, instance);
                break;
            case EnumerationMode.ObjectAndReference:
                writer.WriteStartElement("w", "Item", WsmanNames.Wsman.NamespaceName);
                WriteObject(writer, instance);
                WriteReference(writer, instance);
                writer.WriteEndElement();
                break;
            default:
                WriteObject(writer, instance);
                break;
        }
    }

    private static void WriteReference(XmlWriter writer, SelectedInstance instance)
    {
        writer.WriteStartElement("a", "EndpointReference", WsmanNames.Addressing.NamespaceName);
        EndpointReference.WriteContent(writer, instance.Path, WireSide.Service);
        writer.WriteEndElement();
    }

    private static void WriteObject(XmlWriter writer, SelectedInstance instance)
    {
        if (instance.IsPart)
        {
            writer.WriteStartElement("w", "XmlFragment", WsmanNames.Wsman.NamespaceName);
            CimValueWriter.WriteProperties(writer, System.Xml.Linq.XNamespace.None, string.Empty, instance.Record, instance.Class.Element);
            writer.WriteEndElement();
            return;
        }

        InstanceWriter.Write(writer, instance.Record, instance.Class.Element, ResourceUri.Of(instance.Path.Namespace, instance.Path.ClassName));
    }
}
