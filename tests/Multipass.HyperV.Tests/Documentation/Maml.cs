using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>Writes the help file that Get-Help reads, from what the source says and what the pages say.</summary>
internal static class Maml
{
    private static readonly XNamespace Help = "http://msh";
    private static readonly XNamespace Text = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Developer = "http://schemas.microsoft.com/maml/dev/2004/10";

    internal static string Write(IEnumerable<(CmdletFacts Facts, CmdletPage Page)> cmdlets)
    {
        XDocument document = new(
            new XComment(" Made from docs/cmdlets and the documentation comments of the cmdlets. Do not edit. "),
            new XElement(Help + "helpItems", new XAttribute("schema", "maml"), cmdlets.Select(cmdlet => Item(cmdlet.Facts, cmdlet.Page))));
        using MemoryStream stream = new();
        using (var writer = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false) }))
        {
            document.Save(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static XElement Item(CmdletFacts facts, CmdletPage page)
        => new(
            Command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Text),
            new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Developer),
            new XElement(
                Command + "details",
                new XElement(Command + "name", facts.Name),
                new XElement(Command + "verb", facts.Verb),
                new XElement(Command + "noun", facts.Noun),
                Description(facts.Synopsis!)),
            new XElement(Text + "description", page.Description.Select(Paragraph)),
            new XElement(Command + "syntax", facts.Sets.Select(set => SyntaxItem(facts, set))),
            new XElement(Command + "parameters", facts.Parameters.Select(parameter => Parameter(facts, parameter, facts.BindingsOf(parameter.Name)))),
            new XElement(Command + "inputTypes", (facts.Inputs.Count > 0 ? facts.Inputs : ["None"]).Select(type => new XElement(Command + "inputType", TypeOf(type), Description(string.Empty)))),
            new XElement(Command + "returnValues", (facts.Outputs.Count > 0 ? facts.Outputs : ["None"]).Select(type => new XElement(Command + "returnValue", TypeOf(type), Description(OutputOf(facts))))),
            page.Notes.Count == 0 ? null : new XElement(Text + "alertSet", new XElement(Text + "alert", page.Notes.Select(Paragraph))),
            new XElement(Command + "examples", page.Examples.Select(Example)),
            new XElement(
                Command + "relatedLinks",
                page.Links.Select(link => new XElement(Text + "navigationLink", new XElement(Text + "linkText", link.Text), new XElement(Text + "uri")))));

    private static string OutputOf(CmdletFacts facts)
        => facts.Outputs.Count == 0 ? "This cmdlet writes nothing."
            : facts.Parameters.Any(parameter => parameter.Name == "PassThru") ? "With -PassThru. Without it, nothing is written." : string.Empty;

    private static XElement SyntaxItem(CmdletFacts facts, CommandParameterSetInfo set)
        => new(
            Command + "syntaxItem",
            new XElement(Text + "name", facts.Name),
            set.Parameters.Where(parameter => !CmdletFacts.IsCommon(parameter.Name))
                .OrderBy(parameter => facts.Rank(parameter.Name))
                .Select(parameter => Parameter(facts, facts.Parameter(parameter.Name), [parameter])));

    private static XElement Parameter(CmdletFacts facts, ParameterFacts parameter, IReadOnlyList<CommandParameterInfo> bindings)
    {
        var isRequired = bindings.All(binding => binding.IsMandatory);
        var position = bindings.Select(binding => binding.Position).Where(at => at >= 0).DefaultIfEmpty(-1).First();
        var takesMany = parameter.Type.IsArray;
        return new XElement(
            Command + "parameter",
            new XAttribute("required", isRequired ? "true" : "false"),
            new XAttribute("variableLength", takesMany ? "true" : "false"),
            new XAttribute("globbing", parameter.AcceptsWildcards ? "true" : "false"),
            new XAttribute("pipelineInput", facts.PipelineOf(parameter.Name)),
            new XAttribute("position", position >= 0 ? position.ToString(System.Globalization.CultureInfo.InvariantCulture) : "named"),
            new XAttribute("aliases", parameter.Aliases.Count > 0 ? string.Join(", ", parameter.Aliases) : "none"),
            new XElement(Text + "name", parameter.Name),
            new XElement(Text + "Description", Paragraph(Values(parameter))),
            parameter.Values.Count > 0
                ? new XElement(Command + "parameterValueGroup", parameter.Values.Select(value => new XElement(
                    Command + "parameterValue", new XAttribute("required", "false"), new XAttribute("variableLength", "false"), value)))
                : null,
            parameter.IsSwitch ? null : new XElement(
                Command + "parameterValue", new XAttribute("required", "true"), new XAttribute("variableLength", takesMany ? "true" : "false"), parameter.TypeName),
            TypeOf(parameter.TypeName),
            new XElement(Developer + "defaultValue", parameter.Default));
    }

    private static string Values(ParameterFacts parameter)
        => parameter.Values.Count == 0 ? parameter.Description! : $"{parameter.Description} One of: {string.Join(", ", parameter.Values)}.";

    private static XElement Example(CmdletExample example, int index)
        => new(
            Command + "example",
            new XElement(Text + "title", $"Example {index + 1}: {CmdletPage.Plain(example.Title)}"),
            // Get-Help would put an introduction and the code on one line; so what introduces stands below, as in PowerShell's own help.
            new XElement(Developer + "code", example.Session.ToString()),
            new XElement(Developer + "remarks", new[] { example.Introduction, example.Remarks }.Where(text => text.Length > 0).Select(text => Paragraph(Flowing(text)))));

    private static string Flowing(string markdown) => CmdletPage.Plain(markdown.Replace('\n', ' '));

    private static XElement TypeOf(string name) => new(Developer + "type", new XElement(Text + "name", name), new XElement(Text + "uri"));

    private static XElement Description(string text) => new(Text + "description", Paragraph(text));

    private static XElement Paragraph(string text) => new(Text + "para", text);
}
