using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;
using System.Threading;

namespace Multipass.HyperV.Tests.Hosting;

/// <summary>A question that reached the host, and the index of the choice that it was answered with.</summary>
public sealed record RecordedChoice(string Caption, string Message, IReadOnlyList<string> Choices, int DefaultChoice, int Answer);

/// <summary>A progress record as it was when it was written; cmdlets reuse and change theirs.</summary>
public sealed record RecordedProgress(int ActivityId, int ParentActivityId, string Activity, string Status, string? CurrentOperation, int PercentComplete, bool Completed);

/// <summary>A host without a console: it keeps what is written to it, and answers questions by a function.</summary>
public sealed class RecordingHost : PSHost
{
    private readonly Recorder _recorder;

    public RecordingHost() => _recorder = new Recorder(this);

    public override string Name => "Recording host";

    public override Version Version { get; } = new(1, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture { get; } = CultureInfo.GetCultureInfo("en-US");

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.GetCultureInfo("en-US");

    public override PSHostUserInterface UI => _recorder;

    /// <summary>Answers a question with the index of a choice; the default is the question's own default. <see cref="RecordedChoice.Answer"/> is not known yet and -1.</summary>
    public Func<RecordedChoice, int> Answer { get; set; } = AsProposed;

    /// <summary>Answers requests for a line of text by the name of what is asked for; by default nobody is there to answer.</summary>
    public Func<string, string> AnswerText { get; set; } = Nobody;

    /// <summary>All text in order, with the prefixes that PowerShell's own host shows, without colours.</summary>
    public string Text => _recorder.Read(recorder => recorder.Written.ToString());

    public IReadOnlyList<string> Lines => Text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    public IReadOnlyList<string> Verbose => _recorder.Read(recorder => recorder.VerboseLines.ToArray());

    public IReadOnlyList<string> Warnings => _recorder.Read(recorder => recorder.WarningLines.ToArray());

    public IReadOnlyList<RecordedProgress> Progress => _recorder.Read(recorder => recorder.ProgressRecords.ToArray());

    public IReadOnlyList<RecordedChoice> Choices => _recorder.Read(recorder => recorder.AskedChoices.ToArray());

    /// <summary>What a script gave to <c>exit</c>; null while none has.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Forgets everything recorded; the answers stay.</summary>
    public void Clear()
    {
        ExitCode = null;
        _recorder.Clear();
    }

    /// <summary>Answers as at the beginning again.</summary>
    public void ForgetAnswers()
    {
        Answer = AsProposed;
        AnswerText = Nobody;
    }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    private static int AsProposed(RecordedChoice choice) => choice.DefaultChoice;

    private static string Nobody(string name) => throw new HostException($"Nobody answers '{name}' in a test.");

    public override void EnterNestedPrompt() => throw new PSNotSupportedException();

    public override void ExitNestedPrompt() => throw new PSNotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    private sealed class Recorder(RecordingHost host) : PSHostUserInterface
    {
        private readonly Lock _gate = new();

        public override PSHostRawUserInterface RawUI { get; } = new Screen();

        internal StringBuilder Written { get; } = new();

        internal List<string> VerboseLines { get; } = [];

        internal List<string> WarningLines { get; } = [];

        internal List<RecordedProgress> ProgressRecords { get; } = [];

        internal List<RecordedChoice> AskedChoices { get; } = [];

        internal T Read<T>(Func<Recorder, T> read)
        {
            lock (_gate)
            {
                return read(this);
            }
        }

        internal void Clear()
        {
            lock (_gate)
            {
                Written.Clear();
                VerboseLines.Clear();
                WarningLines.Clear();
                ProgressRecords.Clear();
                AskedChoices.Clear();
            }
        }

        public override void Write(string value)
        {
            lock (_gate)
            {
                Written.Append(GetOutputString(value, supportsVirtualTerminal: false));
            }
        }

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

        public override void WriteLine(string value) => Write(value + "\n");

        public override void WriteErrorLine(string value) => WriteLine(value);

        public override void WriteDebugLine(string message) => WriteLine("DEBUG: " + message);

        public override void WriteVerboseLine(string message)
        {
            lock (_gate)
            {
                VerboseLines.Add(message);
                WriteLine("VERBOSE: " + message);
            }
        }

        public override void WriteWarningLine(string message)
        {
            lock (_gate)
            {
                WarningLines.Add(message);
                WriteLine("WARNING: " + message);
            }
        }

        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
            lock (_gate)
            {
                ProgressRecords.Add(new RecordedProgress(
                    record.ActivityId,
                    record.ParentActivityId,
                    record.Activity,
                    record.StatusDescription,
                    record.CurrentOperation,
                    record.PercentComplete,
                    record.RecordType == ProgressRecordType.Completed));
            }
        }

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        {
            RecordedChoice asked = new(caption, message, [.. choices.Select(choice => choice.Label.Replace("&", "", StringComparison.Ordinal))], defaultChoice, Answer: -1);

            // Outside the lock: the answer may look at what was recorded, or wait for the test.
            int answer = host.Answer(asked);
            lock (_gate)
            {
                AskedChoices.Add(asked with { Answer = answer });
            }

            return answer;
        }

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
            descriptions.ToDictionary(description => description.Name, description => PSObject.AsPSObject(host.AnswerText(description.Name)));

        public override string ReadLine() => host.AnswerText("a line");

        public override SecureString ReadLineAsSecureString() => Secret(host.AnswerText("a secret"));

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
            new(string.IsNullOrEmpty(userName) ? host.AnswerText("a user name") : userName, Secret(host.AnswerText("a password")));

        public override PSCredential PromptForCredential(
            string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
            PromptForCredential(caption, message, userName, targetName);

        private static SecureString Secret(string text)
        {
            SecureString secret = new();
            foreach (char character in text)
            {
                secret.AppendChar(character);
            }

            return secret;
        }
    }

    // The size is fixed, so that tables are as wide on every machine.
    private sealed class Screen : PSHostRawUserInterface
    {
        private static readonly Size Fixed = new(80, 50);

        public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

        public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

        public override Coordinates CursorPosition { get; set; }

        public override Coordinates WindowPosition { get; set; }

        public override int CursorSize { get; set; } = 25;

        public override Size BufferSize
        {
            get => Fixed;
            set => throw new PSNotSupportedException();
        }

        public override Size WindowSize
        {
            get => Fixed;
            set => throw new PSNotSupportedException();
        }

        public override Size MaxPhysicalWindowSize => Fixed;

        public override Size MaxWindowSize => Fixed;

        public override string WindowTitle { get; set; } = "";

        public override bool KeyAvailable => false;

        public override void FlushInputBuffer()
        {
        }

        public override KeyInfo ReadKey(ReadKeyOptions options) => throw new PSNotSupportedException();

        public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new PSNotSupportedException();

        public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw new PSNotSupportedException();

        public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
        {
        }

        public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new PSNotSupportedException();
    }
}
