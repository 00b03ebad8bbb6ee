using System.Collections.Generic;
using System.Management.Automation.Language;
using System.Text;
using System.Text.RegularExpressions;

namespace Playground;

/// <summary>Writes the words of a command line as PowerShell, by the rules of <c>pwsh -File</c>: names stay names, all else is quoted and means only itself.</summary>
internal static partial class ScriptArguments
{
    internal static string Format(IEnumerable<string> words)
    {
        StringBuilder text = new();
        foreach (string word in words)
        {
            Match name = ParameterName().Match(word);
            if (text.Length > 0 && text[^1] != ':')
            {
                text.Append(' ');
            }

            if (!name.Success || (text.Length > 0 && text[^1] == ':'))
            {
                text.Append(Quote(word));
                continue;
            }

            // "-Name:" takes the next word, whatever that looks like.
            text.Append(name.Groups["name"].Value);
            string value = name.Groups["value"].Value;
            if (value.Length > 0)
            {
                text.Append(IsTruthValue(value) ? value : Quote(value));
            }
        }

        return text.ToString().TrimEnd(':');
    }

    internal static string Quote(string text) => "'" + CodeGeneration.EscapeSingleQuotedStringContent(text) + "'";

    // -Switch:$false is the one thing that a plain word cannot say.
    private static bool IsTruthValue(string text) => text.ToUpperInvariant() is "$TRUE" or "$FALSE";

    [GeneratedRegex(@"^(?<name>-[\p{L}_?][\p{L}\p{Nd}_]*:?)(?<value>(?<=:).+)?$", RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex ParameterName();
}
