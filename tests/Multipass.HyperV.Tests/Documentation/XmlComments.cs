using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>The documentation comments of the module's assembly, as plain text: what a cmdlet and its parameters mean is said there and nowhere else.</summary>
internal static partial class XmlComments
{
    private static readonly Lazy<Dictionary<string, XElement>> Members = new(Read);

    internal static string? Synopsis(Type cmdlet) => Paragraph("T:" + cmdlet.FullName, "synopsis");

    internal static string? Description(PropertyInfo parameter) => Paragraph($"P:{parameter.DeclaringType!.FullName}.{parameter.Name}", "description");

    private static string? Paragraph(string member, string type)
        => Members.Value.TryGetValue(member, out var element)
            ? element.Descendants("para").Where(para => (string?)para.Attribute("type") == type).Select(Text).FirstOrDefault()
            : null;

    private static string Text(XElement element)
        => Spaces().Replace(string.Concat(element.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" or "seealso" } see => Name(see),
            XElement { Name.LocalName: "paramref" or "typeparamref" } reference => (string?)reference.Attribute("name"),
            XElement inner => Text(inner),
            _ => string.Empty,
        })), " ").Trim();

    private static string Name(XElement see)
        => see.Nodes().Any() ? Text(see) : ((string?)see.Attribute("cref") ?? (string?)see.Attribute("langword") ?? string.Empty).Split('.', ':')[^1];

    private static Dictionary<string, XElement> Read()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Multipass.HyperV.xml");
        return XDocument.Load(path).Descendants("member").ToDictionary(member => (string)member.Attribute("name")!);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
