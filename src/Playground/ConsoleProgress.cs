using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;

namespace Playground;

/// <summary>The progress lines below the output: one for each activity, redrawn in place. Nothing at all where output is not a terminal.</summary>
internal sealed class ConsoleProgress(Terminal terminal, TextWriter output)
{
    private const int BarWidth = 20;
    private readonly List<(long Source, ProgressRecord Record)> _activities = [];
    private string[] _drawn = [];

    internal void Update(long source, ProgressRecord record, bool atLineStart)
    {
        if (!terminal.IsOutputInteractive)
        {
            return;
        }

        int index = _activities.FindIndex(known => known.Source == source && known.Record.ActivityId == record.ActivityId);
        if (record.RecordType == ProgressRecordType.Completed)
        {
            if (index >= 0)
            {
                _activities.RemoveAt(index);
            }
        }
        else if (index >= 0)
        {
            _activities[index] = (source, record);
        }
        else
        {
            _activities.Add((source, record));
        }

        // In the middle of a line, such as a question, the redraw waits for the line's end.
        if (atLineStart && !Render().SequenceEqual(_drawn))
        {
            Hide();
            Show();
        }
    }

    /// <summary>Takes the lines away, so that other text can be written.</summary>
    internal void Hide()
    {
        if (_drawn.Length == 0)
        {
            return;
        }

        StringBuilder text = new("\r\u001b[2K");
        for (int line = 1; line < _drawn.Length; line++)
        {
            text.Append("\u001b[1A\u001b[2K");
        }

        output.Write(text.ToString());
        _drawn = [];
    }

    internal void Show()
    {
        if (_activities.Count == 0 || _drawn.Length > 0)
        {
            return;
        }

        _drawn = Render();
        output.Write(string.Join(Environment.NewLine, _drawn));
    }

    /// <summary>Forgets activities that never said they were completed.</summary>
    internal void Clear()
    {
        _activities.Clear();
        Hide();
    }

    private string[] Render()
    {
        // One column is left free: a full line would wrap and spoil the count of lines. Half the screen stays with the output.
        int width = Math.Max(10, Terminal.Width - 1);
        return [.. _activities.Take(Math.Max(1, Terminal.Height / 2)).Select(activity => Describe(activity.Record)).Select(text => text.Length <= width ? text : text[..width])];
    }

    private static string Describe(ProgressRecord record)
    {
        StringBuilder text = new(record.Activity);
        if (record.PercentComplete >= 0)
        {
            int full = record.PercentComplete * BarWidth / 100;
            text.Append(CultureInfo.InvariantCulture, $" [{new string('#', full)}{new string(' ', BarWidth - full)}] {record.PercentComplete}%");
        }

        if (!string.IsNullOrWhiteSpace(record.StatusDescription))
        {
            text.Append(": ").Append(record.StatusDescription);
        }

        if (!string.IsNullOrWhiteSpace(record.CurrentOperation))
        {
            text.Append(", ").Append(record.CurrentOperation);
        }

        if (record.SecondsRemaining >= 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" ({TimeSpan.FromSeconds(record.SecondsRemaining):c} left)");
        }

        return text.Replace('\r', ' ').Replace('\n', ' ').ToString();
    }
}
