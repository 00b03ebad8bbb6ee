using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Multipass;

/// <summary>This computer's files, read only and in bounded time: a folder may lie on a share that does not answer.</summary>
internal sealed class LocalFiles : IMultipassFiles
{
    /// <summary>A small local file is read in milliseconds; what takes longer does not answer.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Multipass replaces its database in one step: whoever meets it in that moment tries again.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private const int Attempts = 4;

    /// <summary>An instance has a handful of files, and one for each snapshot.</summary>
    private const int MostFiles = 1000;

    /// <summary>Win32's ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION, and EAGAIN of other systems.</summary>
    private static readonly int[] LockedCodes = { 32, 33, 11, 35 };

    public Task<FileAnswer> ReadAsync(string path, long mostBytes, CancellationToken cancellationToken)
        => BoundedAsync(() => Read(path, mostBytes), FileAnswer.Not(FileOutcome.Failed, $"'{path}' did not answer within {Limit.TotalSeconds:0} s."), cancellationToken);

    public Task<IReadOnlyDictionary<string, VaultFolder>> ListAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken)
        => BoundedAsync<IReadOnlyDictionary<string, VaultFolder>>(
            () => folders.Distinct(StringComparer.OrdinalIgnoreCase).ToDictionary(folder => folder, List, StringComparer.OrdinalIgnoreCase),
            new Dictionary<string, VaultFolder>(),
            cancellationToken);

    public Task<bool> HasFolderAsync(string path, CancellationToken cancellationToken) => BoundedAsync(() => Directory.Exists(path), false, cancellationToken);

    private static async Task<T> BoundedAsync<T>(Func<T> read, T otherwise, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = Task.Run(read, CancellationToken.None);
        var first = await Task.WhenAny(reading, Task.Delay(Limit, end.Token)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (first != reading)
        {
            return otherwise;
        }

        end.Cancel();
        return await reading.ConfigureAwait(false);
    }

    private static FileAnswer Read(string path, long mostBytes)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                if (stream.CanSeek && stream.Length > mostBytes)
                {
                    return FileAnswer.Not(FileOutcome.TooLarge);
                }

                using var content = new MemoryStream();
                var buffer = new byte[64 * 1024];
                int count;
                while ((count = stream.Read(buffer, 0, buffer.Length)) > 0)
                {
                    // It may grow while it is read.
                    if (content.Length + count > mostBytes)
                    {
                        return FileAnswer.Not(FileOutcome.TooLarge);
                    }

                    content.Write(buffer, 0, count);
                }

                return FileAnswer.Of(content.ToArray());
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                return FileAnswer.Not(FileOutcome.Missing);
            }
            catch (Exception exception) when (exception is UnauthorizedAccessException or System.Security.SecurityException)
            {
                return FileAnswer.Not(FileOutcome.Denied, exception.Message);
            }
            catch (IOException exception)
            {
                if (!LockedCodes.Contains(exception.HResult & 0xFFFF))
                {
                    return FileAnswer.Not(FileOutcome.Failed, exception.Message);
                }

                if (attempt == Attempts)
                {
                    return FileAnswer.Not(FileOutcome.Locked, exception.Message);
                }

                Thread.Sleep(Pause);
            }
            catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
            {
                return FileAnswer.Not(FileOutcome.Failed, exception.Message);
            }
        }
    }

    /// <summary>Whether a folder is not there or may not be seen are two things: only the one tells that nothing is left in it.</summary>
    private static VaultFolder List(string folder)
    {
        try
        {
            return new VaultFolder(FileOutcome.Read, Directory.EnumerateFiles(folder).Take(MostFiles).Select(path => Path.GetFileName(path)).ToArray());
        }
        catch (DirectoryNotFoundException)
        {
            return new VaultFolder(FileOutcome.Missing, Array.Empty<string>());
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or System.Security.SecurityException)
        {
            return new VaultFolder(FileOutcome.Denied, Array.Empty<string>());
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            return VaultFolder.NotRead;
        }
    }
}
