using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Multipass;

/// <summary>How reading a file ended.</summary>
internal enum FileOutcome
{
    Read,

    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>The caller has no right to it.</summary>
    Denied,

    /// <summary>Another process has it open and lets nobody read.</summary>
    Locked,

    /// <summary>It is larger than the caller would take; nothing was read.</summary>
    TooLarge,

    /// <summary>It could not be read for another reason, or not in time.</summary>
    Failed,
}

/// <summary>A file's content, or why there is none.</summary>
/// <param name="Outcome">How reading ended.</param>
/// <param name="Bytes">The content; empty unless it was read.</param>
/// <param name="Detail">The system's own text, for people.</param>
internal sealed record FileAnswer(FileOutcome Outcome, byte[] Bytes, string Detail)
{
    public static FileAnswer Of(byte[] bytes) => new(FileOutcome.Read, bytes, string.Empty);

    public static FileAnswer Not(FileOutcome outcome, string detail = "") => new(outcome, Array.Empty<byte>(), detail);
}

/// <summary>Multipass's files, read only. Every member ends in bounded time, and none throws for what a file system may do.</summary>
internal interface IMultipassFiles
{
    /// <summary>A small file as a whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostBytes">Larger files are not read.</param>
    /// <param name="cancellationToken">Abandons the reading.</param>
    Task<FileAnswer> ReadAsync(string path, long mostBytes, CancellationToken cancellationToken);

    /// <summary>The names of the files in each folder, by folder; a folder that nobody could look at in time is left out.</summary>
    /// <param name="folders">The folders.</param>
    /// <param name="cancellationToken">Abandons the reading.</param>
    Task<IReadOnlyDictionary<string, VaultFolder>> ListAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken);

    /// <summary>Whether a folder is there.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="cancellationToken">Abandons the look.</param>
    Task<bool> HasFolderAsync(string path, CancellationToken cancellationToken);
}
