using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace Playground;

/// <summary>What the console can do, found out once; every question has an answer without a console too.</summary>
internal sealed class Terminal
{
    private const int FallbackWidth = 120;
    private const int FallbackHeight = 50;
    private static int? FixedWidth;
    private const int StandardOutput = -11;
    private const uint VirtualTerminalProcessing = 0x4;

    internal Terminal()
    {
        try
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }
        catch (IOException)
        {
            // Without a console there is no code page to change.
        }

        IsOutputInteractive = !Console.IsOutputRedirected && UnderstandsEscapes();
        IsInputInteractive = !Console.IsInputRedirected;
        UsesColour = IsOutputInteractive && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    }

    private Terminal(int width)
    {
        FixedWidth = width;
        UsesColour = true;
    }

    /// <summary>A console of a fixed width that shows colours and redraws nothing, whatever this process is connected to.</summary>
    internal static Terminal ForPicture(int width) => new(width);

    /// <summary>Text may be redrawn in place.</summary>
    internal bool IsOutputInteractive { get; }

    /// <summary>Somebody sits at a keyboard.</summary>
    internal bool IsInputInteractive { get; }

    internal bool UsesColour { get; }

    internal static int Width => FixedWidth ?? Measure(() => Console.WindowWidth, FallbackWidth);

    internal static int Height => Measure(() => Console.WindowHeight, FallbackHeight);

    internal string Paint(string text, string escape, string reset) => UsesColour && text.Length > 0 ? escape + text + reset : text;

    private static int Measure(Func<int> read, int fallback)
    {
        if (Console.IsOutputRedirected)
        {
            return fallback;
        }

        try
        {
            // Some pseudo-terminals say 0.
            int value = read();
            return value > 0 ? value : fallback;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or PlatformNotSupportedException)
        {
            return fallback;
        }
    }

    private static bool UnderstandsEscapes()
    {
        if (!OperatingSystem.IsWindows())
        {
            return Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        }

        // A Windows console prints escape sequences as they are unless it is asked to understand them.
        nint handle = GetStdHandle(StandardOutput);
        return GetConsoleMode(handle, out uint mode) && SetConsoleMode(handle, mode | VirtualTerminalProcessing);
    }

    [DllImport("kernel32.dll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern nint GetStdHandle(int standardHandle);

    [DllImport("kernel32.dll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GetConsoleMode(nint handle, out uint mode);

    [DllImport("kernel32.dll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool SetConsoleMode(nint handle, uint mode);
}
