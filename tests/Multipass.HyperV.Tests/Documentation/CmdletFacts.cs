using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Reflection;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>What the source says of a parameter.</summary>
internal sealed record ParameterFacts(
    string Name, Type Type, string? Description, string Default, IReadOnlyList<string> Aliases, IReadOnlyList<string> Values, bool AcceptsWildcards)
{
    internal bool IsSwitch => Type == typeof(SwitchParameter);

    internal string TypeName => CmdletFacts.NameOf(Type);
}

/// <summary>What the source says of a cmdlet: its attributes and its documentation comments.</summary>
internal sealed class CmdletFacts
{
    private static readonly Dictionary<string, string> OfPowerShell = new()
    {
        ["WhatIf"] = "Shows what would happen. Nothing is asked of the host that changes anything.",
        ["Confirm"] = "Asks before anything is changed.",
    };

    private readonly CmdletInfo _cmdlet;

    internal CmdletFacts(CmdletInfo cmdlet)
    {
        _cmdlet = cmdlet;
        var instance = Activator.CreateInstance(cmdlet.ImplementingType);
        Parameters = cmdlet.ParameterSets.SelectMany(set => set.Parameters)
            .Where(parameter => !IsCommon(parameter.Name))
            .GroupBy(parameter => parameter.Name)
            .Select(group => Read(group.First(), instance))
            .OrderBy(parameter => Rank(parameter.Name))
            .ToList();
        (instance as IDisposable)?.Dispose();
    }

    internal string Name => _cmdlet.Name;

    internal string Verb => _cmdlet.Verb;

    internal string Noun => _cmdlet.Noun;

    internal string? Synopsis => XmlComments.Synopsis(_cmdlet.ImplementingType);

    internal IReadOnlyList<ParameterFacts> Parameters { get; }

    /// <summary>The default set first, as PowerShell shows them.</summary>
    internal IReadOnlyList<CommandParameterSetInfo> Sets => _cmdlet.ParameterSets.OrderByDescending(set => set.IsDefault).ToList();

    /// <summary>What comes down the pipeline as it is.</summary>
    internal IReadOnlyList<string> Inputs
        => Bindings().Where(binding => binding.ValueFromPipeline).Select(binding => NameOf(binding.ParameterType.GetElementType() ?? binding.ParameterType)).Distinct().ToList();

    internal IReadOnlyList<string> Outputs => _cmdlet.OutputType.Select(type => type.Name).Distinct().ToList();

    internal ParameterFacts Parameter(string name) => Parameters.Single(parameter => parameter.Name == name);

    /// <summary>What a person needs first stands first: what is typed without its name, what is required, what is the cmdlet's own, what PowerShell adds.</summary>
    internal int Rank(string name)
    {
        var bindings = BindingsOf(name);
        return bindings.Max(binding => binding.Position) is >= 0 and var position ? position
            : bindings.Any(binding => binding.IsMandatory) ? 100
            : OfPowerShell.ContainsKey(name) ? 300 : 200;
    }

    /// <summary>How a parameter binds, over all sets it is in.</summary>
    internal IReadOnlyList<CommandParameterInfo> BindingsOf(string name) => Bindings().Where(binding => binding.Name == name).ToList();

    internal static bool IsCommon(string parameter) => Cmdlet.CommonParameters.Contains(parameter);

    internal static string NameOf(Type type)
        => Nullable.GetUnderlyingType(type) is { } underlying ? NameOf(underlying)
            : type.IsArray ? NameOf(type.GetElementType()!) + "[]"
            : type == typeof(string) ? "string"
            : type == typeof(int) ? "int"
            : type == typeof(bool) ? "bool"
            : type.Name;

    /// <summary>How pipeline input reaches a parameter, in the words of Get-Help.</summary>
    internal string PipelineOf(string name)
    {
        var bindings = BindingsOf(name);
        var ways = new[] { ("ByValue", bindings.Any(binding => binding.ValueFromPipeline)), ("ByPropertyName", bindings.Any(binding => binding.ValueFromPipelineByPropertyName)) }
            .Where(way => way.Item2).Select(way => way.Item1).ToList();
        return ways.Count == 0 ? "false" : $"true ({string.Join(", ", ways)})";
    }

    private IEnumerable<CommandParameterInfo> Bindings() => _cmdlet.ParameterSets.SelectMany(set => set.Parameters);

    private ParameterFacts Read(CommandParameterInfo parameter, object? instance)
    {
        var property = _cmdlet.ImplementingType.GetProperty(parameter.Name, BindingFlags.Public | BindingFlags.Instance);
        var values = parameter.Attributes.OfType<ValidateSetAttribute>().SelectMany(set => set.ValidValues).ToList();
        var element = parameter.ParameterType.GetElementType() ?? parameter.ParameterType;
        element = Nullable.GetUnderlyingType(element) ?? element;
        return new ParameterFacts(
            parameter.Name,
            parameter.ParameterType,
            property is null ? OfPowerShell.GetValueOrDefault(parameter.Name) : XmlComments.Description(property),
            property is null ? "None" : Text(property.GetValue(instance)),
            parameter.Aliases.ToList(),
            values.Count > 0 ? values : element.IsEnum ? Enum.GetNames(element) : [],
            property?.GetCustomAttribute<SupportsWildcardsAttribute>() is not null);
    }

    private static string Text(object? value) => value switch
    {
        null or "" or Array { Length: 0 } or System.Collections.ICollection { Count: 0 } => "None",
        SwitchParameter present => present.IsPresent ? "True" : "False",
        Array values => string.Join(", ", values.Cast<object>()),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "None",
    };
}
