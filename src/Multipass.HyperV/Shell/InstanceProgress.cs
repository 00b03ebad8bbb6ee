using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;

namespace Multipass.HyperV.Shell;

/// <summary>Progress bars: one for each instance that is waited for, but a few at a time, under one that counts when there are several. Lives on the pipeline's thread.</summary>
internal sealed class InstanceProgress
{
    /// <summary>More bars than this tell a reader nothing, and cost a console more than thousands of starts do.</summary>
    private const int MostBars = 5;

    /// <summary>The count is written at most so often, in milliseconds.</summary>
    private const int Pause = 100;

    private static int LastId = 1000;

    private readonly Action<ProgressRecord> _write;
    private readonly string _activity;
    private readonly Dictionary<(string Host, Guid Id, string Name), ProgressRecord> _records = new();
    private ProgressRecord? _parent;
    private int _count;
    private int _ended;
    private int _parentShownAt;

    public InstanceProgress(Action<ProgressRecord> write, string activity)
    {
        _write = write;
        _activity = activity;
    }

    /// <summary>An activity id that no other bar of this process has.</summary>
    public static int NextId() => Interlocked.Increment(ref LastId);

    /// <summary>So many instances more will end: a host has them.</summary>
    public void Expect(int count)
    {
        _count += count;
        if (_parent is not null)
        {
            ShowParent();
        }
    }

    public void Show(MpInstance instance, string status, int? percent)
    {
        if (!_records.TryGetValue(KeyOf(instance), out var record))
        {
            ShowParent();
            if (_records.Count >= MostBars)
            {
                return;
            }

            record = new ProgressRecord(NextId(), $"{_activity} instance '{instance.Name}' on {instance.HostName}", status);
            if (_parent is not null)
            {
                record.ParentActivityId = _parent.ActivityId;
            }

            _records.Add(KeyOf(instance), record);
        }
        else if (record.StatusDescription == status && record.PercentComplete == (percent ?? -1))
        {
            return;
        }

        record.StatusDescription = status;
        record.PercentComplete = percent is { } value ? Math.Min(100, value) : -1;
        _write(record);
    }

    public void End(MpInstance instance)
    {
        _ended++;
        if (_records.TryGetValue(KeyOf(instance), out var record))
        {
            _records.Remove(KeyOf(instance));
            Complete(record);
        }

        ShowParent();
    }

    /// <summary>Completes whatever is still shown.</summary>
    public void EndAll()
    {
        foreach (var record in _records.Values)
        {
            Complete(record);
        }

        _records.Clear();
        if (_parent is not null)
        {
            Complete(_parent);
            _parent = null;
        }
    }

    public static (string Host, Guid Id, string Name) KeyOf(MpInstance instance) => (instance.HostName, instance.Id, instance.Name);

    private void ShowParent()
    {
        if (_count < 2)
        {
            return;
        }

        var now = Environment.TickCount;
        if (_parent is not null && _ended < _count && unchecked(now - _parentShownAt) < Pause)
        {
            return;
        }

        _parentShownAt = now;
        _parent ??= new ProgressRecord(NextId(), _activity, " ");
        _parent.Activity = $"{_activity} {_count} instances";
        _parent.StatusDescription = $"{_ended} of {_count} have ended";
        _parent.PercentComplete = _ended * 100 / _count;
        _write(_parent);
    }

    private void Complete(ProgressRecord record)
    {
        record.RecordType = ProgressRecordType.Completed;
        record.PercentComplete = -1;
        _write(record);
    }
}
