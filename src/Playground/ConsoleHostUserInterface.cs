using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;
using System.Threading;

namespace Playground;

/// <summary>Text to the console and answers from it. Safe for several threads: jobs and parallel pipelines write too.</summary>
internal sealed class ConsoleHostUserInterface : PSHostUserInterface
{
    private const string Escape = "\u001b[";
    private readonly Lock _writing = new();
    private readonly bool _errorsToOutput;
    private readonly TextWriter _output;
    private readonly ConsoleProgress _progress;
    private int _trailingNewlines = 1;

    /// <param name="terminal">What the console can do.</param>
    /// <param name="errorsToOutput">Errors are part of what is told, so they stay in order with it even where standard error is redirected.</param>
    internal ConsoleHostUserInterface(Terminal terminal, bool errorsToOutput)
    {
        Terminal = terminal;
        _errorsToOutput = errorsToOutput;
        _output = Console.Out;
        _progress = new ConsoleProgress(terminal, _output);
        Input = new ConsoleInput(terminal.IsInputInteractive, Write);
        RawUI = new ConsoleHostRawUserInterface(terminal, Input, Write);
    }

    public override PSHostRawUserInterface RawUI { get; }

    public override bool SupportsVirtualTerminal => Terminal.UsesColour;

    internal Terminal Terminal { get; }

    internal ConsoleInput Input { get; }

    /// <summary>The last line that was written is empty.</summary>
    internal bool IsAfterBlankLine => _trailingNewlines > 1;

    private bool AtLineStart => _trailingNewlines > 0;

    public override void Write(string value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        lock (_writing)
        {
            _progress.Hide();
            // The engine's views carry escapes whatever the host can do; it is the host that leaves them out.
            _output.Write(GetOutputString(value, SupportsVirtualTerminal));
            CountTrailingNewlines(value);
            if (AtLineStart)
            {
                _progress.Show();
            }
        }
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Write(Terminal.Paint(value, Escape + ForegroundCode(foregroundColor) + BackgroundCode(backgroundColor) + "m", PSStyle.Instance.Reset));

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value)
    {
        if (_errorsToOutput || !Console.IsErrorRedirected)
        {
            WriteLine(value);
            return;
        }

        lock (_writing)
        {
            Console.Error.WriteLine(GetOutputString(value, SupportsVirtualTerminal));
        }
    }

    public override void WriteDebugLine(string message) => WriteMessage("DEBUG", PSStyle.Instance.Formatting.Debug, message);

    public override void WriteVerboseLine(string message) => WriteMessage("VERBOSE", PSStyle.Instance.Formatting.Verbose, message);

    public override void WriteWarningLine(string message) => WriteMessage("WARNING", PSStyle.Instance.Formatting.Warning, message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_writing)
        {
            _progress.Update(sourceId, record, AtLineStart);
        }
    }

    /// <summary>Called when a pipeline has ended: activities that it left open go with it.</summary>
    internal void ClearProgress()
    {
        lock (_writing)
        {
            _progress.Clear();
        }
    }

    /// <summary>Leaves a line that was begun, so that the next text starts at the left.</summary>
    internal void EndLine()
    {
        if (!AtLineStart)
        {
            WriteLine("");
        }
    }

    public override string ReadLine() => Ask("a line of input");

    public override SecureString ReadLineAsSecureString() => AskSecret("a secret");

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        WriteHeading(caption, message);

        Dictionary<string, PSObject> answers = [];
        foreach (FieldDescription description in descriptions)
        {
            answers[description.Name] = PSObject.AsPSObject(AskField(description));
        }

        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        ArgumentNullException.ThrowIfNull(choices);
        (string Key, string Text)[] options = [.. choices.Select(choice => SplitLabel(choice.Label))];

        WriteHeading(caption, message);
        while (true)
        {
            string list = string.Join("  ", options.Select(option => $"[{option.Key}] {option.Text}"));
            Write($"{list}  [?] Help{(defaultChoice >= 0 ? $" (default is \"{options[defaultChoice].Key}\")" : "")}: ");

            string answer = Ask("an answer to the question").Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            if (answer == "?")
            {
                for (int index = 0; index < options.Length; index++)
                {
                    WriteLine($"{options[index].Key} - {choices[index].HelpMessage}");
                }

                continue;
            }

            int chosen = Array.FindIndex(options, option => Matches(option.Key, answer) || Matches(option.Text, answer));
            if (chosen >= 0)
            {
                return chosen;
            }
        }
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        WriteHeading(caption, message);
        string user = userName;
        if (string.IsNullOrEmpty(user))
        {
            Write("User: ");
            user = Ask("a user name");
        }

        Write($"Password for user {user}: ");
        return new PSCredential(user, AskSecret("a password"));
    }

    private static bool Matches(string expected, string answer) => string.Equals(expected, answer, StringComparison.OrdinalIgnoreCase);

    // "Yes to &All" is shown as "[A] Yes to All"; a label without a mark is answered in full.
    private static (string Key, string Text) SplitLabel(string label)
    {
        int mark = label.IndexOf('&', StringComparison.Ordinal);
        string text = label.Replace("&", "", StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < label.Length ? (label[mark + 1].ToString().ToUpperInvariant(), text) : (text, text);
    }

    private static int ForegroundOffset(ConsoleColor colour) => (int)colour >= 8 ? 90 : 30;

    // ConsoleColor counts blue, green, red as bits 1, 2, 4; escape sequences count red, green, blue.
    private static int AnsiIndex(ConsoleColor colour) => (((int)colour & 1) << 2) | ((int)colour & 2) | (((int)colour & 4) >> 2);

    private static string ForegroundCode(ConsoleColor colour) =>
        colour == ConsoleHostRawUserInterface.Unchanged ? "39" : $"{ForegroundOffset(colour) + AnsiIndex(colour)}";

    private static string BackgroundCode(ConsoleColor colour) =>
        colour == ConsoleHostRawUserInterface.Unchanged ? "" : $";{ForegroundOffset(colour) + 10 + AnsiIndex(colour)}";

    private void CountTrailingNewlines(string value)
    {
        int trailing = 0;
        int index = value.Length - 1;
        for (; index >= 0 && (value[index] is '\r' or '\n'); index--)
        {
            trailing += value[index] == '\n' ? 1 : 0;
        }

        _trailingNewlines = index < 0 ? _trailingNewlines + trailing : trailing;
    }

    private void WriteMessage(string kind, string style, string message) =>
        WriteLine(Terminal.Paint($"{kind}: {message}", style, PSStyle.Instance.Reset));

    private void WriteHeading(string caption, string message)
    {
        EndLine();
        if (!string.IsNullOrEmpty(caption))
        {
            WriteLine(Terminal.Paint(caption, PSStyle.Instance.Bold, PSStyle.Instance.BoldOff));
        }

        if (!string.IsNullOrEmpty(message))
        {
            WriteLine(message);
        }
    }

    private object AskField(FieldDescription description)
    {
        string label = string.IsNullOrEmpty(description.Label) ? description.Name : description.Label.Replace("&", "", StringComparison.Ordinal);
        string what = $"a value for '{label}'";
        switch (description.ParameterTypeName)
        {
            case nameof(SecureString):
                Write($"{label}: ");
                return AskSecret(what);
            case nameof(PSCredential):
                return PromptForCredential(label, "", "", "");
            case string type when type.EndsWith("[]", StringComparison.Ordinal):
                List<string> items = [];
                while (true)
                {
                    Write($"{label}[{items.Count}]: ");
                    string item = Ask(what);
                    if (item.Length == 0)
                    {
                        return items.ToArray();
                    }

                    items.Add(item);
                }

            default:
                // The parameter binder turns the text into what the parameter wants, and says so where it cannot.
                Write($"{label}: ");
                return Ask(what);
        }
    }

    private SecureString AskSecret(string what)
    {
        SecureString secret = new();
        foreach (char character in Ask(what, secret: true))
        {
            secret.AppendChar(character);
        }

        secret.MakeReadOnly();
        return secret;
    }

    private string Ask(string what, bool secret = false)
    {
        string? answer;
        try
        {
            answer = Input.ReadLine(secret);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }

        // Text that nobody typed was not echoed either.
        if (!Terminal.IsInputInteractive)
        {
            EndLine();
        }

        return answer ?? throw new HostException($"The playground was asked for {what}, but the input has ended.", null, "InputEnded", ErrorCategory.ReadError);
    }
}
