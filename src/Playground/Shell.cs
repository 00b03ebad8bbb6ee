using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Language;

namespace Playground;

/// <summary>A prompt: reads lines until <c>exit</c> or the end of input.</summary>
internal sealed class Shell(HostedSession session)
{
    private readonly List<string> _history = [];

    private bool IsConversation => session.UI.Terminal.IsInputInteractive;

    internal int Run()
    {
        if (IsConversation)
        {
            session.UI.WriteLine("The module Multipass.HyperV is loaded. Begin with: Connect-MpHost -Simulated");
        }

        while (session.ExitCode is null && ReadStatement() is string statement)
        {
            if (!string.IsNullOrWhiteSpace(statement) && session.RunText(statement) == RunOutcome.Stopped)
            {
                // The terminal has shown the ^C itself, behind the host's back.
                session.UI.WriteLine("");
            }
        }

        return session.ExitCode ?? ExitCodes.Success;
    }

    /// <summary>The lines up to where they can be run; null where the input has ended.</summary>
    private string? ReadStatement()
    {
        string text = "";
        while (true)
        {
            // Whoever pipes statements in wants their output, not prompts.
            if (IsConversation)
            {
                session.UI.Write(text.Length == 0 ? "PS> " : ">>  ");
            }

            string? line;
            try
            {
                line = session.UI.Input.ReadLine(history: _history);
            }
            catch (OperationCanceledException)
            {
                session.UI.WriteLine("");
                text = "";
                continue;
            }

            if (line is null)
            {
                // What was begun is run all the same, so that the engine says what it lacks.
                return text.Length == 0 ? null : text;
            }

            if (IsConversation && line.Length > 0)
            {
                _history.Add(line);
            }

            text = text.Length == 0 ? line : text + "\n" + line;
            if (!IsIncomplete(text))
            {
                return text;
            }
        }
    }

    private static bool IsIncomplete(string text)
    {
        Parser.ParseInput(text, out _, out ParseError[] errors);
        return errors.Any(error => error.IncompleteInput);
    }
}
