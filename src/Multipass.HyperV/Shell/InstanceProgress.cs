using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;

namespace Multipass.HyperV.Shell;

/// <summary>Progress bars: one for each instance that is waited for, under one parent when there are several. Lives on the pipeline's thread.</summary>
internal sealed class InstanceProgress
{
    private static int LastId = 1000;

    private readonly PSCmdlet _cmdlet;
    private readonly string _activity;
    private readonly int _count;
    private readonly Dictionary<(string Host, Guid Id), ProgressRecord> _records = new();
    private ProgressRecord? _parent;
    private int _ended;

    public InstanceProgress(PSCmdlet cmdlet, string activity, int count)
    {
        _cmdlet = cmdlet;
        _activity = activity;
        _count = count;
    }

    public void Show(MpInstance instance, string status, int? percent)
    {
        if (!_records.TryGetValue((instance.HostName, instance.Id), out var record))
        {
            ShowParent();
            record = new ProgressRecord(Interlocked.Increment(ref LastId), $"{_activity} instance '{instance.Name}' on {instance.HostName}", status);
            if (_parent is not null)
            {
                record.ParentActivityId = _parent.ActivityId;
            }

            _records.Add((instance.HostName, instance.Id), record);
        }
        else if (record.StatusDescription == status && record.PercentComplete == (percent ?? -1))
        {
            return;
        }

        record.StatusDescription = status;
        record.PercentComplete = percent is { } value ? Math.Min(100, value) : -1;
        _cmdlet.WriteProgress(record);
    }

    public void End(MpInstance instance)
    {
        _ended++;
        if (_records.TryGetValue((instance.HostName, instance.Id), out var record))
        {
            _records.Remove((instance.HostName, instance.Id));
            Complete(record);
            ShowParent();
        }
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

    private void ShowParent()
    {
        if (_count < 2)
        {
            return;
        }

        _parent ??= new ProgressRecord(Interlocked.Increment(ref LastId), $"{_activity} {_count} instances", " ");
        _parent.StatusDescription = $"{_ended} of {_count} have ended";
        _parent.PercentComplete = _ended * 100 / _count;
        _cmdlet.WriteProgress(_parent);
    }

    private void Complete(ProgressRecord record)
    {
        record.RecordType = ProgressRecordType.Completed;
        record.PercentComplete = -1;
        _cmdlet.WriteProgress(record);
    }
}
