using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml;
using System.Xml.Linq;
using Multipass.HyperV.Simulation.Provider;
using Multipass.HyperV.Simulation.Wql;
using Multipass.HyperV.Wsman.Faults;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Server.Operations;

/// <summary>What an Enumerate asks for.</summary>
/// <param name="Namespace">The CIM namespace.</param>
/// <param name="Query">The query that says the same.</param>
/// <param name="Mode">What the items are.</param>
/// <param name="Polymorphism">Which classes, and how much of them.</param>
/// <param name="IsOptimized">True when the first page comes with the answer.</param>
/// <param name="MaxElements">How many items a first page may have.</param>
/// <param name="Expires">How long the client wants the enumeration kept.</param>
/// <param name="IsQuery">True when the class is named in a query.</param>
internal sealed record EnumerateRequest(
    string Namespace, WqlQuery Query, EnumerationMode Mode, Polymorphism Polymorphism, bool IsOptimized, int MaxElements, TimeSpan? Expires, bool IsQuery)
{
    /// <summary>Where clients put what: the element's own namespace, or that of the WS-Management extension.</summary>
    private static readonly XNamespace[] Places = { WsmanNames.Enumeration, WsmanNames.Wsman };

    /// <summary>WinRM's numbers: POLYMORPHISM_MODE_UNSUPPORTED, CANNOT_PROCESS_FILTER.</summary>
    private const uint PolymorphismMode = 2150859063, InvalidWql = 2150859042;

    /// <summary>Reads the body of an Enumerate.</summary>
    /// <exception cref="WsmanFaultException">It asks for what cannot be done.</exception>
    public static EnumerateRequest Read(WsmanRequest request)
    {
        var body = Body(request, "Enumerate");
        var resource = request.Resource;
        var filter = Element(body, "Filter");
        var query = filter is null ? OfClass(resource, request.Keys) : Filter(resource, filter);
        return new EnumerateRequest(
            resource.Namespace,
            query,
            ModeOf(Element(body, "EnumerationMode")),
            PolymorphismOf(body.Descendants(WsmanNames.Binding + "PolymorphismMode").FirstOrDefault()),
            Element(body, "OptimizeEnumeration") is not null,
            CountOf(body),
            ExpiresOf(Element(body, "Expires")),
            resource.ClassName is null);
    }

    /// <summary>The first element of a body, by its name.</summary>
    /// <exception cref="WsmanFaultException">There is another, or none.</exception>
    public static XElement Body(WsmanRequest request, string name)
        => request.Message.Content is { } content && content.Name == WsmanNames.Enumeration + name
            ? content
            : throw new WsmanFaultException(FaultKind.SchemaValidation, $"The body is not an {name}.");

    /// <summary>MaxElements; 1 when it is not there (DSP0226, 8.2.3 and WS-Enumeration, 3.2).</summary>
    /// <exception cref="WsmanFaultException">It is no positive number.</exception>
    public static int CountOf(XElement body)
    {
        var text = Element(body, "MaxElements")?.Value.Trim();
        return text is null ? 1
            : ulong.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && count > 0 ? (int)Math.Min(count, int.MaxValue)
            : throw new WsmanFaultException(FaultKind.InvalidParameter, $"MaxElements is '{text}', which is not a positive number.");
    }

    public static XElement? Element(XElement body, string name) => Places.Select(place => body.Element(place + name)).FirstOrDefault(element => element is not null);

    private static WqlSelect OfClass(ResourceUri resource, IReadOnlyDictionary<string, string> keys)
    {
        if (resource.ClassName is null)
        {
            throw new WsmanFaultException(FaultKind.CannotProcessFilter, "An enumeration of all classes needs a query.");
        }

        // Selectors of an Enumerate narrow it, as WMI's keys do.
        return new WqlSelect(null, resource.ClassName, All(keys.Select(key => new WqlComparison(key.Key, WqlOperator.Equal, key.Value))));
    }

    private static WqlExpression? All(IEnumerable<WqlExpression> parts)
    {
        var list = parts.ToList();
        return list.Count switch { 0 => null, 1 => list[0], _ => new WqlGroup(true, list) };
    }

    private static WqlQuery Filter(ResourceUri resource, XElement filter)
        => filter.Attribute("Dialect")?.Value.Trim() switch
        {
            WsmanNames.WqlDialect when resource.ClassName is not null
                => throw new WsmanFaultException(FaultKind.CannotProcessFilter, "A query is asked of all classes: the resource URI must end in '*'."),
            WsmanNames.WqlDialect => Wql(filter.Value, resource.Namespace),
            WsmanNames.SelectorDialect => OfClass(resource, EndpointReference.Selectors(filter.Element(WsmanNames.Wsman + "SelectorSet"))
                .Where(selector => selector.Key != WsmanNames.NamespaceSelector)
                .GroupBy(selector => selector.Key, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(group => group.Key, group => group.First().Value.ToString()!, StringComparer.OrdinalIgnoreCase)),
            var dialect when string.Equals(dialect, WsmanNames.AssociationDialect, StringComparison.OrdinalIgnoreCase) => Association(filter),
            var dialect => throw new WsmanFaultException(FaultKind.FilterDialect, $"The filter dialect '{dialect}' is not understood."),
        };

    private static WqlQuery Wql(string text, string cimNamespace)
    {
        try
        {
            return WqlParser.Parse(text, cimNamespace);
        }
        catch (WqlException exception)
        {
            throw new WsmanFaultException(new WsmanFault(FaultKind.CannotProcessFilter, exception.Message) { Code = InvalidWql });
        }
    }

    /// <summary>The association queries of the CIM binding (DSP0227, 8.3). Its dialect is spelt with a small letter there, and with a large one by others; elements are known by their names.</summary>
    private static WqlAssociators Association(XElement filter)
    {
        var body = filter.Elements().FirstOrDefault();
        var wantsReferences = body?.Name.LocalName == "AssociationInstances";
        XElement? Part(string name) => body!.Elements().FirstOrDefault(element => element.Name.LocalName == name);
        var source = body is not null && Part("Object") is { } place ? EndpointReference.Read(place) : null;
        if (body is null || source is null || (!wantsReferences && body.Name.LocalName != "AssociatedInstances"))
        {
            throw new WsmanFaultException(FaultKind.CannotProcessFilter, "The association filter names no instance.");
        }

        string? Text(string name) => Part(name)?.Value.Trim() is { Length: > 0 } text ? text : null;
        return new WqlAssociators(source, wantsReferences)
        {
            AssociationClass = Text(wantsReferences ? "ResultClassName" : "AssociationClassName"),
            ResultClass = wantsReferences ? null : Text("ResultClassName"),
            Role = Text("Role"),
            ResultRole = wantsReferences ? null : Text("ResultRole"),
        };
    }

    private static EnumerationMode ModeOf(XElement? mode)
        => mode?.Value.Trim() switch
        {
            null => EnumerationMode.Object,
            "EnumerateEPR" => EnumerationMode.Reference,
            "EnumerateObjectAndEPR" => EnumerationMode.ObjectAndReference,
            var other => throw new WsmanFaultException(
                new WsmanFault(FaultKind.UnsupportedFeature, $"The enumeration mode '{other}' is not understood.") { Detail = WsmanNames.FaultDetail + "EnumerationMode" }),
        };

    private static Polymorphism PolymorphismOf(XElement? mode)
        => mode?.Value.Trim() switch
        {
            null or "IncludeSubClassProperties" => Polymorphism.IncludeSubclassProperties,
            "ExcludeSubClassProperties" => Polymorphism.ExcludeSubclassProperties,
            "None" => Polymorphism.None,
            var other => throw new WsmanFaultException(new WsmanFault(FaultKind.UnsupportedFeature, $"The polymorphism mode '{other}' is not understood.") { Code = PolymorphismMode }),
        };

    private static TimeSpan? ExpiresOf(XElement? expires)
    {
        var text = expires?.Value.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            var span = text.StartsWith('P') ? XmlConvert.ToTimeSpan(text) : XmlConvert.ToDateTimeOffset(text) - DateTimeOffset.UtcNow;
            return span > TimeSpan.Zero ? span : throw new FormatException();
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new WsmanFaultException(FaultKind.InvalidExpirationTime, $"'{text}' is not a time that an enumeration can expire at.");
        }
    }
}
