using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>An example: a title, a session, and what is to be said about it.</summary>
internal sealed record CmdletExample(string Title, string Introduction, Transcript Session, string Remarks);

/// <summary>
/// A cmdlet's page, <c>docs/cmdlets/NAME.md</c>. People write its description, examples, notes and links; what the source says (synopsis, syntax, parameters) stands between
/// markers and is made.
/// </summary>
internal sealed partial class CmdletPage
{
    private const string SyntaxMark = "<!-- from the source: synopsis and syntax -->\n";
    private const string ParametersMark = "<!-- from the source: parameters, input and output -->\n";
    private const string EndMark = "<!-- end -->";

    private readonly string _text;
    private readonly Dictionary<string, string> _sections;

    internal CmdletPage(string name)
    {
        Name = name;
        _text = Repository.Read("docs", "cmdlets", name + ".md");
        _sections = SectionHead().Split(_text).Skip(1).Chunk(2).ToDictionary(pair => pair[0], pair => Unmarked(pair[1]).Trim('\n'));
    }

    internal string Name { get; }

    internal string Path => Repository.PathOf("docs", "cmdlets", Name + ".md");

    internal IReadOnlyList<string> Description => Paragraphs(Section("Description"));

    internal IReadOnlyList<string> Notes => _sections.TryGetValue("Notes", out var notes) ? Paragraphs(notes) : [];

    /// <summary>Texts and targets of the links.</summary>
    internal IReadOnlyList<(string Text, string Target)> Links => Link().Matches(Section("Links")).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).ToList();

    internal IReadOnlyList<CmdletExample> Examples => ExampleHead().Split(Section("Examples")).Skip(1).Chunk(2).Select(pair => Example(pair[0], pair[1])).ToList();

    internal static IReadOnlyList<string> Names
        => Directory.GetFiles(Repository.PathOf("docs", "cmdlets"), "*-*.md").Select(path => System.IO.Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal).ToList();

    /// <summary>The page with what the source says now.</summary>
    internal string With(CmdletFacts facts) => Replace(Replace(_text, SyntaxMark, Syntax(facts)), ParametersMark, Parameters(facts));

    /// <summary>Markdown without its marks: what a terminal shows.</summary>
    internal static string Plain(string markdown)
        => Link().Replace(markdown.Replace("**", string.Empty, StringComparison.Ordinal).Replace("`", string.Empty, StringComparison.Ordinal), "$1");

    private static string Syntax(CmdletFacts facts)
    {
        StringBuilder text = new();
        text.Append(facts.Synopsis).Append("\n\n```powershell\n");
        foreach (var set in facts.Sets)
        {
            text.Append(facts.Name).Append(' ').Append(set).Append('\n');
        }

        return text.Append("```\n").ToString();
    }

    private static string Parameters(CmdletFacts facts)
    {
        StringBuilder text = new();
        text.Append("## Parameters\n");
        foreach (var parameter in facts.Parameters)
        {
            var bindings = facts.BindingsOf(parameter.Name);
            var position = bindings.Select(binding => binding.Position).Where(at => at >= 0).DefaultIfEmpty(-1).First();
            List<string> traits = [];
            Add(parameter.Values.Count > 0, $"one of {string.Join(", ", parameter.Values)}");
            Add(bindings.All(binding => binding.IsMandatory), "required");
            Add(position >= 0, $"position {position}");
            Add(facts.PipelineOf(parameter.Name) != "false", "pipeline " + facts.PipelineOf(parameter.Name).Replace("true ", string.Empty, StringComparison.Ordinal).Trim('(', ')'));
            Add(parameter.AcceptsWildcards, "wildcards");
            Add(parameter.Aliases.Count > 0, $"alias {string.Join(", ", parameter.Aliases)}");
            Add(parameter.Default is not ("None" or "False"), $"default {parameter.Default}");
            text.Append("\n### -").Append(parameter.Name).Append(parameter.IsSwitch ? string.Empty : $" `<{parameter.TypeName}>`").Append("\n\n").Append(parameter.Description).Append('\n');
            if (traits.Count > 0)
            {
                text.Append("\n*").Append(string.Join("; ", traits)).Append("*\n");
            }

            void Add(bool holds, string trait)
            {
                if (holds)
                {
                    traits.Add(trait);
                }
            }
        }

        text.Append("\n## Input and output\n\n");
        text.Append("From the pipeline: ").Append(facts.Inputs.Count > 0 ? string.Join(", ", facts.Inputs.Select(type => $"`{type}`")) : "nothing").Append(".\n");
        return text.Append("Written: ").Append(Written(facts)).Append(".\n").ToString();
    }

    internal static string Written(CmdletFacts facts)
        => facts.Outputs.Count == 0 ? "nothing" : string.Join(", ", facts.Outputs.Select(type => $"`{type}`")) + (facts.Parameters.Any(parameter => parameter.Name == "PassThru") ? ", with `-PassThru`" : string.Empty);

    private static string Replace(string text, string mark, string made) => text.Replace(mark + Repository.Between(text, mark, EndMark), mark + made, StringComparison.Ordinal);

    private static string Unmarked(string text)
    {
        var mark = text.IndexOf("<!-- ", StringComparison.Ordinal);
        return mark < 0 ? text : text[..mark];
    }

    private string Section(string name) => _sections.TryGetValue(name, out var text) ? text : throw new InvalidDataException($"docs/cmdlets/{Name}.md has no section '{name}'.");

    private CmdletExample Example(string title, string body)
    {
        var parts = Fence().Split(body, 2);
        return parts.Length == 3 && Transcript.IsTranscript(parts[1])
            ? new CmdletExample(title.Trim(), parts[0].Trim(), Transcript.Parse(parts[1].TrimEnd('\n')), parts[2].Trim())
            : throw new InvalidDataException($"docs/cmdlets/{Name}.md: the example '{title}' shows no session.");
    }

    private static List<string> Paragraphs(string text)
        => text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(paragraph => Plain(ListItem().IsMatch(paragraph) ? paragraph.Trim('\n') : paragraph.Trim('\n').Replace('\n', ' '))).ToList();

    [GeneratedRegex(@"^## (.+)\n", RegexOptions.Multiline)]
    private static partial Regex SectionHead();

    [GeneratedRegex(@"^### (.+)\n", RegexOptions.Multiline)]
    private static partial Regex ExampleHead();

    [GeneratedRegex(@"^```[a-z]*\n((?:.*\n)*?)```\n?", RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^- ", RegexOptions.Multiline)]
    private static partial Regex ListItem();
}
