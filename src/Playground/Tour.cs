using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Playground;

/// <summary>
/// Plays tour.ps1 as if somebody typed it: comments are told, statements are shown after a prompt and run, and each <c># expect:</c> after a
/// statement must then be true. What goes wrong on purpose is part of the story; only a broken expectation makes the tour fail.
/// </summary>
internal sealed class Tour(HostedSession session)
{
    private const string FileName = "tour.ps1";
    private const string ExpectMark = "# expect:";

    internal int Run()
    {
        // The paths in the script are those that somebody at the top of the repository would type.
        session.SetLocation(session.RepositoryRoot);

        List<string> broken = [];
        foreach (Step step in Read(Path.Combine(AppContext.BaseDirectory, FileName)))
        {
            Tell(step.Narration);
            if (step.Statement is string statement)
            {
                Echo(statement);
                if (session.RunText(statement) == RunOutcome.Stopped)
                {
                    return ExitCodes.Interrupted;
                }

                broken.AddRange(step.Expectations.Select(Check).OfType<string>());
            }
        }

        if (broken.Count == 0)
        {
            return ExitCodes.Success;
        }

        session.UI.WriteErrorLine("The tour did not go as its script expects:");
        foreach (string problem in broken)
        {
            session.UI.WriteErrorLine("  " + problem);
        }

        return ExitCodes.Failure;
    }

    /// <summary>What is wrong, or null where the expectation holds.</summary>
    private string? Check(string expectation)
    {
        try
        {
            return session.Evaluate($"[bool]({expectation})") is [PSObject { BaseObject: true }] ? null : $"not true: {expectation}";
        }
        catch (RuntimeException exception)
        {
            return $"not true: {expectation} ({exception.Message})";
        }
    }

    private void Tell(IReadOnlyList<string> narration)
    {
        foreach (string line in narration.SkipWhile(line => line.Length == 0 && session.UI.IsAfterBlankLine))
        {
            session.UI.WriteLine(session.UI.Terminal.Paint(line, PSStyle.Instance.Foreground.BrightCyan, PSStyle.Instance.Reset));
        }
    }

    private void Echo(string statement)
    {
        string prompt = "PS> ";
        foreach (string line in statement.ReplaceLineEndings("\n").Split('\n'))
        {
            session.UI.WriteLine(prompt + session.UI.Terminal.Paint(line, PSStyle.Instance.Bold, PSStyle.Instance.BoldOff));
            prompt = ">>  ";
        }
    }

    private static IEnumerable<Step> Read(string path)
    {
        ScriptBlockAst script = Parser.ParseFile(path, out Token[] tokens, out ParseError[] errors);
        if (errors.Length > 0)
        {
            throw new PlaygroundException($"{FileName}, line {errors[0].Extent.StartLineNumber}: {errors[0].Message}");
        }

        Token[] comments = [.. tokens.Where(token => token.Kind == TokenKind.Comment)];
        ReadOnlyCollection<StatementAst> statements = script.EndBlock?.Statements ?? new([]);
        int from = 0;
        for (int index = 0; index <= statements.Count; index++)
        {
            StatementAst? statement = index < statements.Count ? statements[index] : null;
            int until = statement?.Extent.StartOffset ?? int.MaxValue;
            int next = index + 1 < statements.Count ? statements[index + 1].Extent.StartOffset : int.MaxValue;
            int end = statement?.Extent.EndOffset ?? int.MaxValue;

            yield return new Step(
                Narration([.. Between(comments, from, until).Where(comment => !IsExpectation(comment))]),
                statement?.Extent.Text,
                [.. Between(comments, end, next).Where(IsExpectation).Select(comment => comment.Text[ExpectMark.Length..].Trim())]);
            from = end;
        }
    }

    private static IEnumerable<Token> Between(IEnumerable<Token> comments, int from, int until) =>
        comments.Where(comment => comment.Extent.StartOffset >= from && comment.Extent.StartOffset < until);

    private static bool IsExpectation(Token comment) => comment.Text.StartsWith(ExpectMark, StringComparison.Ordinal);

    // Paragraphs stay apart from each other and from the output above.
    private static List<string> Narration(Token[] comments)
    {
        List<string> lines = [];
        int previous = int.MinValue;
        foreach (Token comment in comments)
        {
            if (comment.Extent.StartLineNumber > previous + 1)
            {
                lines.Add("");
            }

            lines.Add(comment.Text.TrimStart('#').Trim());
            previous = comment.Extent.EndLineNumber;
        }

        return lines;
    }

    private sealed record Step(IReadOnlyList<string> Narration, string? Statement, IReadOnlyList<string> Expectations);
}
