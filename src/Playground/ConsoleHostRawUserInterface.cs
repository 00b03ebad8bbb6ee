using System;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace Playground;

/// <summary>
/// The console's measures. Cells of the screen cannot be read or moved here: no script on a terminal of today needs it, and where there is no terminal there are none.
/// </summary>
internal sealed class ConsoleHostRawUserInterface(Terminal terminal, ConsoleInput input, Action<string> write) : PSHostRawUserInterface
{
    /// <summary>The terminal's own colour.</summary>
    internal const ConsoleColor Unchanged = (ConsoleColor)(-1);

    public override ConsoleColor ForegroundColor { get; set; } = Unchanged;

    public override ConsoleColor BackgroundColor { get; set; } = Unchanged;

    // Asking a terminal for its cursor would wait behind a key that is being read.
    public override Coordinates CursorPosition { get; set; }

    public override Coordinates WindowPosition { get; set; }

    public override int CursorSize { get; set; } = 25;

    public override Size BufferSize
    {
        get => WindowSize;
        set => throw Unsupported();
    }

    public override Size WindowSize
    {
        get => new(Terminal.Width, Terminal.Height);
        set => throw Unsupported();
    }

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override Size MaxWindowSize => WindowSize;

    public override string WindowTitle { get; set; } = "";

    public override bool KeyAvailable => input.IsKeyAvailable;

    public override void FlushInputBuffer()
    {
        while (input.IsKeyAvailable)
        {
            input.ReadKey();
        }
    }

    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        ConsoleKeyInfo key;
        try
        {
            key = input.ReadKey() ?? throw new HostException("A key was asked for, but there is no keyboard.", null, "NoKeyboard", ErrorCategory.ReadError);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }

        if (!options.HasFlag(ReadKeyOptions.NoEcho) && !char.IsControl(key.KeyChar))
        {
            write(key.KeyChar.ToString());
        }

        ControlKeyStates states = 0;
        states |= key.Modifiers.HasFlag(ConsoleModifiers.Shift) ? ControlKeyStates.ShiftPressed : 0;
        states |= key.Modifiers.HasFlag(ConsoleModifiers.Alt) ? ControlKeyStates.LeftAltPressed : 0;
        states |= key.Modifiers.HasFlag(ConsoleModifiers.Control) ? ControlKeyStates.LeftCtrlPressed : 0;
        return new KeyInfo((int)key.Key, key.KeyChar, states, keyDown: !options.HasFlag(ReadKeyOptions.IncludeKeyUp) || options.HasFlag(ReadKeyOptions.IncludeKeyDown));
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Unsupported();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw Unsupported();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
        // The one use in practice is clearing the screen.
        if (rectangle is { Left: -1, Top: -1, Right: -1, Bottom: -1 } && terminal.IsOutputInteractive)
        {
            write("\u001b[H\u001b[2J");
        }
    }

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Unsupported();

    private static PSNotSupportedException Unsupported() => new("The playground's console cannot do this.");
}
