using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>Every session that a document shows is typed again, on the small simulated host, and must show the same.</summary>
[Collection("Documents")]
public sealed partial class TranscriptTests(TranscriptTests.Sessions sessions) : IClassFixture<TranscriptTests.Sessions>
{
    public static TheoryData<string> Documents => [.. Sessions.Documents];

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_shows_what_really_happens(string document)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_DOCUMENTS") == "1")
        {
            var text = Repository.Read(document.Split('/'));
            foreach (var (session, now) in sessions.Of(document).Where(pair => pair.Session.Parsed.Comparable() != pair.Now.Comparable()))
            {
                text = text.Replace(session.Raw, session.With(now), StringComparison.Ordinal);
            }

            File.WriteAllText(Repository.PathOf(document.Split('/')), text);
            return;
        }

        Assert.All(sessions.Of(document), pair => Assert.Equal(pair.Session.Parsed.Comparable(), pair.Now.Comparable()));
    }

    [Fact]
    public void The_samples_in_the_help_are_the_samples()
    {
        var topic = Repository.Read("en-US", "about_Multipass_HyperV_Testing.help.txt");
        Assert.All(
            new[] { "Restore-Service.ps1", "Restore-Service.Tests.ps1" },
            sample => Assert.Contains(DocumentedSession.Indent(Repository.Read("docs", "samples", sample), "    "), topic));
    }

    /// <summary>A session as it stands in a document.</summary>
    /// <param name="Raw">The lines in the document.</param>
    /// <param name="Indentation">What stands before each of them.</param>
    internal sealed partial record DocumentedSession(string Raw, string Indentation)
    {
        internal Transcript Parsed { get; } = Transcript.Parse(string.Join('\n', Raw.TrimEnd('\n').Split('\n').Select(line => line.Length == 0 ? line : line[Indentation.Length..])));

        internal string With(Transcript now) => Indent(now + "\n", Indentation);

        internal static string Indent(string text, string indentation) => Line().Replace(text, indentation + "$0");

        [GeneratedRegex("^.+$", RegexOptions.Multiline)]
        private static partial Regex Line();
    }

    /// <summary>All sessions of all documents, each document at a prompt of its own. They mostly wait, so several run at the same time.</summary>
    public sealed partial class Sessions : IAsyncLifetime
    {
        private const int AtTheSameTime = 6;

        private readonly ConcurrentDictionary<string, IReadOnlyList<(DocumentedSession Session, Transcript Now)>> _results = new();

        internal static IReadOnlyList<string> Documents { get; } = Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(Repository.PathOf("en-US"), "*.help.txt"))
            .Append(Repository.PathOf("README.md"))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(document => SessionsIn(document).Count > 0)
            .Order(StringComparer.Ordinal)
            .ToList();

        public async ValueTask InitializeAsync()
            => await Parallel.ForEachAsync(Documents, new ParallelOptions { MaxDegreeOfParallelism = AtTheSameTime }, async (document, _) => await Task.Factory.StartNew(
                () =>
                {
                    using TranscriptRunner runner = new();
                    _results[document] = SessionsIn(document).Select(session => (session, runner.Run(session.Parsed))).ToList();
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        internal IReadOnlyList<(DocumentedSession Session, Transcript Now)> Of(string document) => _results[document];

        // Markdown fences its sessions, plain text sets them in.
        private static List<DocumentedSession> SessionsIn(string document)
            => document.EndsWith(".md", StringComparison.Ordinal)
                ? Fence().Matches(Repository.Read(document.Split('/'))).Select(match => match.Groups[1].Value).Where(Transcript.IsTranscript).Select(text => new DocumentedSession(text, string.Empty)).ToList()
                : Block().Matches(Repository.Read(document.Split('/'))).Select(match => new DocumentedSession(match.Value.TrimEnd('\n') + "\n", "    ")).ToList();

        [GeneratedRegex(@"^```[a-z]*\n((?:.*\n)*?)```$", RegexOptions.Multiline)]
        private static partial Regex Fence();

        [GeneratedRegex(@"^    PS> .*\n(?:    .*\n|\n)*", RegexOptions.Multiline)]
        private static partial Regex Block();
    }
}
