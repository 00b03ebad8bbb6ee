using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Simulation.Faults.Texts;

namespace Multipass.HyperV.Simulation.Faults;

/// <summary>What fills the places of a text.</summary>
/// <param name="Name">The virtual machine's name.</param>
/// <param name="Id">Its id as Hyper-V writes it.</param>
/// <param name="MemoryMB">The memory it wants.</param>
/// <param name="Path">The file that the failure is about.</param>
/// <param name="Device">The instance id of the device that the failure is about.</param>
internal sealed record JobTextArguments(string Name, string Id, int MemoryMB, string Path, string Device);

/// <summary>The texts of jobs in the languages that a simulated host can speak. Another language than these gets English.</summary>
/// <remarks>
/// Laid out as Hyper-V lays its texts out: paragraphs with empty lines between; the summary without ids, the description with the virtual machine's id
/// after each paragraph; a code in parentheses. Real hosts have other words: nothing may hang on them.
/// </remarks>
internal sealed class JobTexts
{
    private const string ParagraphEnd = "\r\n\r\n";

    /// <summary>The languages, the first one for all that have no texts of their own.</summary>
    private static readonly (string Culture, JobTexts Texts)[] Cultures =
    {
        ("en-US", EnglishTexts.Create()),
        ("pl-PL", PolishTexts.Create()),
        ("de-DE", GermanTexts.Create()),
        ("zh-CN", ChineseTexts.Create()),
        ("ja-JP", JapaneseTexts.Create()),
    };

    /// <summary>Chinese in traditional characters is another language here.</summary>
    private static readonly string[] OtherScripts = { "zh-TW", "zh-HK", "zh-MO", "zh-Hant" };

    private readonly string _machine;
    private readonly string _device;
    private readonly Dictionary<string, string> _leads;
    private readonly Dictionary<string, (string Summary, string Description)[]> _causes;
    private readonly Dictionary<ushort, (string Name, string Description)> _jobs;
    private readonly Dictionary<string, string> _words;

    public JobTexts(
        string machine,
        string device,
        Dictionary<string, string> leads,
        Dictionary<string, (string Summary, string Description)[]> causes,
        Dictionary<ushort, (string Name, string Description)> jobs,
        Dictionary<string, string> words)
    {
        _machine = machine;
        _device = device;
        _leads = leads;
        _causes = causes;
        _jobs = jobs;
        _words = words;
    }

    /// <summary>The cultures that have texts of their own.</summary>
    public static IReadOnlyList<string> CultureNames { get; } = Cultures.Select(row => row.Culture).ToArray();

    /// <summary>The texts of a culture, or of its language; English for one that has none.</summary>
    public static JobTexts For(string culture)
        => Cultures
            .Where(row => LanguageOf(row.Culture) == LanguageOf(culture) && !OtherScripts.Any(script => culture.StartsWith(script, StringComparison.OrdinalIgnoreCase)))
            .Select(row => row.Texts)
            .FirstOrDefault() ?? Cultures[0].Texts;

    /// <summary>Whether a cause has texts.</summary>
    public bool Has(string cause) => _causes.ContainsKey(cause);

    /// <summary>Name and description of a job by its <c>JobType</c>.</summary>
    public (string Name, string Description) Job(ushort type) => _jobs[type];

    /// <summary>A word or short sentence; the key is the English one.</summary>
    public string Word(string key) => _words[key];

    /// <summary>The texts of a job that has failed.</summary>
    /// <param name="operation">What was attempted: the name of an operation, or Pause.</param>
    /// <param name="cause">The name of the kind.</param>
    /// <param name="code">The HRESULT.</param>
    /// <param name="arguments">What fills the places.</param>
    public (string Summary, string Description) Failure(string operation, string cause, uint code, JobTextArguments arguments)
    {
        string Fill(string text)
            => text
                .Replace("{code}", "0x" + code.ToString("X8", CultureInfo.InvariantCulture))
                .Replace("{memory}", arguments.MemoryMB.ToString(CultureInfo.InvariantCulture))
                .Replace("{instance}", string.Format(CultureInfo.InvariantCulture, _device, arguments.Device))
                .Replace("{path}", arguments.Path)
                .Replace("{name}", arguments.Name);

        var ofMachine = " " + string.Format(CultureInfo.InvariantCulture, _machine, arguments.Id);
        var paragraphs = new[] { (Summary: _leads[operation], Description: _leads[operation]) }.Concat(_causes[cause]).ToArray();
        return (
            string.Join(ParagraphEnd, paragraphs.Select(paragraph => Fill(paragraph.Summary))),
            string.Join(ParagraphEnd, paragraphs.Select(paragraph => Fill(paragraph.Description) + ofMachine)));
    }

    private static string LanguageOf(string culture) => culture.Split('-')[0].ToUpperInvariant();

    /// <summary>One paragraph, the same in both texts.</summary>
    public static (string Summary, string Description)[] Same(string text) => new[] { (text, text) };

    /// <summary>What a device says of itself, and the detail.</summary>
    public static (string Summary, string Description)[] Device(string device, string failure, string detail)
        => new[] { ($"{device}: {failure}", $"{device} ({{instance}}): {failure}"), (detail, detail) };
}
