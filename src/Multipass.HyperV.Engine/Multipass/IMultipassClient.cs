using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Multipass;

/// <summary>How a call of Multipass's client ended.</summary>
internal enum ClientOutcome
{
    /// <summary>It ended by itself; its exit code says how.</summary>
    Ended,

    /// <summary>There is no client on this computer.</summary>
    NotFound,

    /// <summary>It did not end in time and was ended, with all that it had started.</summary>
    DidNotEnd,

    /// <summary>It wrote more than the caller would take and was ended.</summary>
    WroteTooMuch,

    /// <summary>It could not be started.</summary>
    NotStarted,
}

/// <summary>What a call of Multipass's client brought.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="ExitCode">Its exit code; 0 is success (return_codes.h in canonical/multipass).</param>
/// <param name="Output">What it wrote to its standard output.</param>
/// <param name="Error">What it wrote to its standard error, shortened; or why it could not be started.</param>
internal sealed record ClientAnswer(ClientOutcome Outcome, int ExitCode, byte[] Output, string Error)
{
    /// <summary>Exit code of a command that the daemon, or the client itself, refused (return_codes.h).</summary>
    private const int CommandFail = 2;

    public bool HasSucceeded => Outcome == ClientOutcome.Ended && ExitCode == 0;

    /// <summary>
    /// The daemon does not know this user. The exit code is the one of every refusal; what tells it from the others is the command that it names, which has been the same since 1.8, and
    /// Multipass speaks one language only.
    /// </summary>
    public bool IsNotAuthenticated
        => Outcome == ClientOutcome.Ended && ExitCode == CommandFail && Error.IndexOf("multipass authenticate", StringComparison.OrdinalIgnoreCase) >= 0;

    public static ClientAnswer Not(ClientOutcome outcome, string error = "") => new(outcome, -1, Array.Empty<byte>(), error);

    /// <summary>The end of the call in one clause, for messages: "it ended with exit code 2 (cannot connect ...)".</summary>
    public string Describe(TimeSpan limit)
        => Outcome switch
        {
            ClientOutcome.NotFound => "there is no multipass client on this computer",
            ClientOutcome.DidNotEnd => FormattableString.Invariant($"it did not answer within {limit.TotalSeconds:0.#} s and was ended"),
            ClientOutcome.WroteTooMuch => "it wrote far more than it should and was ended",
            ClientOutcome.NotStarted => "it could not be started" + In(Error),
            _ when IsNotAuthenticated => "you are not authenticated with Multipass's service: `multipass authenticate` with its passphrase helps, or an elevated prompt of whoever installed it",
            _ => FormattableString.Invariant($"it ended with exit code {ExitCode}") + In(Error),
        };

    private static string In(string detail) => detail.Length == 0 ? string.Empty : $" ({detail})";
}

/// <summary>Multipass's client, a program of its own. It may hang: every call is bounded.</summary>
internal interface IMultipassClient
{
    /// <summary>Whether there is a client on this computer.</summary>
    bool IsPresent { get; }

    /// <summary>Runs the client to its end. Never through a shell, and with nothing to read from.</summary>
    /// <param name="arguments">The arguments: words, options and names of instances.</param>
    /// <param name="limit">How long it may take; then it is ended, with all that it has started.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    Task<ClientAnswer> RunAsync(IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellationToken);
}
