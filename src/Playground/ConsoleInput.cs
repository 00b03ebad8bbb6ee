using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Playground;

/// <summary>
/// Reads lines so that Ctrl+C can end the wait. The console's own ReadLine cannot be abandoned, so on a terminal keys are read one by one
/// on another thread; a key that arrives after an interruption is kept for the next line.
/// </summary>
internal sealed class ConsoleInput
{
    private readonly bool _interactive;
    private readonly Action<string> _echo;
    private readonly Lock _oneReader = new();
    private readonly Lock _interruption = new();
    private CancellationTokenSource? _waiting;
    private Task<ConsoleKeyInfo>? _outstanding;

    internal ConsoleInput(bool interactive, Action<string> echo)
    {
        _interactive = interactive;
        _echo = echo;
    }

    /// <summary>A line, or null where the input has ended.</summary>
    /// <exception cref="OperationCanceledException">Ctrl+C.</exception>
    internal string? ReadLine(bool secret = false, List<string>? history = null)
    {
        lock (_oneReader)
        {
            return _interactive ? Interruptible(token => EditLine(secret, history ?? [], token)) : Console.In.ReadLine();
        }
    }

    /// <exception cref="OperationCanceledException">Ctrl+C.</exception>
    internal ConsoleKeyInfo? ReadKey()
    {
        lock (_oneReader)
        {
            return _interactive ? Interruptible(NextKey) : null;
        }
    }

    internal bool IsKeyAvailable => _interactive && (_outstanding?.IsCompleted ?? Console.KeyAvailable);

    /// <summary>Ends the wait for a key; false where nobody waits for one.</summary>
    internal bool Interrupt()
    {
        lock (_interruption)
        {
            _waiting?.Cancel();
            return _waiting is not null;
        }
    }

    private T Interruptible<T>(Func<CancellationToken, T> read)
    {
        using CancellationTokenSource source = new();
        lock (_interruption)
        {
            _waiting = source;
        }

        try
        {
            return read(source.Token);
        }
        finally
        {
            lock (_interruption)
            {
                _waiting = null;
            }
        }
    }

    private string? EditLine(bool secret, List<string> history, CancellationToken token)
    {
        StringBuilder line = new();
        int recalled = history.Count;

        while (true)
        {
            ConsoleKeyInfo key = NextKey(token);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    _echo(Environment.NewLine);
                    return line.ToString();
                case ConsoleKey.D or ConsoleKey.Z when key.Modifiers == ConsoleModifiers.Control:
                    if (line.Length == 0)
                    {
                        _echo(Environment.NewLine);
                        return null;
                    }

                    break;
                case ConsoleKey.Backspace:
                    Erase(line, 1);
                    break;
                case ConsoleKey.Escape:
                    Erase(line, line.Length);
                    break;
                case ConsoleKey.UpArrow or ConsoleKey.DownArrow when !secret:
                    recalled = Math.Clamp(recalled + (key.Key == ConsoleKey.UpArrow ? -1 : 1), 0, history.Count);
                    Erase(line, line.Length);
                    Append(line, recalled < history.Count ? history[recalled] : "", secret);
                    break;
                default:
                    if (!char.IsControl(key.KeyChar))
                    {
                        Append(line, key.KeyChar.ToString(), secret);
                    }

                    break;
            }
        }
    }

    private void Append(StringBuilder line, string text, bool secret)
    {
        line.Append(text);
        _echo(secret ? new string('*', text.Length) : text);
    }

    private void Erase(StringBuilder line, int count)
    {
        for (; count > 0 && line.Length > 0; count--)
        {
            bool pair = line.Length > 1 && char.IsLowSurrogate(line[^1]);
            line.Length -= pair ? 2 : 1;
            _echo("\b \b");
        }
    }

    // Reads only when a key is wanted: at other times the terminal belongs to whatever program the pipeline runs.
    private ConsoleKeyInfo NextKey(CancellationToken token)
    {
        _outstanding ??= Task.Run(() => Console.ReadKey(intercept: true), CancellationToken.None);
        ConsoleKeyInfo key = _outstanding.WaitAsync(token).GetAwaiter().GetResult();
        _outstanding = null;
        return key;
    }
}
