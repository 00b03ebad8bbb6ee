using System;
using System.IO;
using System.Linq;

namespace Playground;

/// <summary>Where the console reads from, and what to do when that was closed before the program began.</summary>
internal static class StandardInput
{
    private const string Descriptors = "/proc/self/fd";

    /// <summary>True where somebody may sit at a keyboard.</summary>
    internal static bool IsInteractive() => !Console.IsInputRedirected && !IsClosed();

    /// <summary>Has the console find an end where there is one.</summary>
    /// <param name="isProgram">True where statements are read, and not the answers to what a script asks.</param>
    internal static void Prepare(bool isProgram)
    {
        if (IsClosed())
        {
            // A program that is started without a standard input would wait for ever for what nobody can write.
            Console.SetIn(TextReader.Null);
        }
        else if (isProgram)
        {
            Console.SetIn(new Ended(Console.In));
        }
    }

    /// <summary>True where there was none: its number was then given to the first pipe that .NET opened for itself, both ends of which are in this process. Seen on Linux only.</summary>
    private static bool IsClosed()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            string? input = Target(Path.Combine(Descriptors, "0"));
            return input is null
                || (input.Contains("pipe:", StringComparison.Ordinal)
                    && Directory.EnumerateFileSystemEntries(Descriptors).Any(path => Target(path) == input && IsForWriting(Path.GetFileName(path))));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // "flags:\t0100001": open(2)'s flags, in octal; the last one is O_WRONLY.
    private static bool IsForWriting(string descriptor)
        => File.ReadLines(Path.Combine("/proc/self/fdinfo", descriptor)).Any(line => line.StartsWith("flags:", StringComparison.Ordinal) && line.EndsWith('1'));

    private static string? Target(string path) => new FileInfo(path).LinkTarget;

    /// <summary>Input with two empty lines behind it: with -Command - the console runs a statement of several lines only when it has seen an empty one, and else forgets it.</summary>
    private sealed class Ended(TextReader input) : TextReader
    {
        private int _left = 2;

        public override int Peek() => input.Peek() is >= 0 and int next ? next : _left > 0 ? '\n' : -1;

        public override int Read() => input.Read() is >= 0 and int next ? next : _left-- > 0 ? '\n' : -1;
    }
}
