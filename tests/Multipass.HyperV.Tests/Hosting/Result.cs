using System.Collections.Generic;
using System.Management.Automation;

namespace Multipass.HyperV.Tests.Hosting;

/// <summary>What a script did.</summary>
/// <param name="Output">The objects that it wrote.</param>
/// <param name="Errors">The errors that it went on after.</param>
/// <param name="Terminating">The error that ended it; null where it ran to its end.</param>
/// <param name="Stopped">The pipeline was stopped, as Ctrl+C does; <paramref name="Terminating"/> is null then.</param>
/// <param name="Verbose">Verbose messages.</param>
/// <param name="Warnings">Warnings.</param>
/// <param name="Progress">Progress records as they were when written.</param>
/// <param name="Choices">Questions such as those of <c>-Confirm</c>.</param>
/// <param name="HostText">All text that reached the host, such as that of <c>-WhatIf</c>.</param>
public sealed record Result(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    ErrorRecord? Terminating,
    bool Stopped,
    IReadOnlyList<string> Verbose,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<RecordedProgress> Progress,
    IReadOnlyList<RecordedChoice> Choices,
    string HostText);
