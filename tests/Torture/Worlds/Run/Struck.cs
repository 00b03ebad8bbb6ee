using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Torture.Worlds.Plan;

namespace Multipass.HyperV.Torture.Worlds.Run;

/// <summary>How far something that befalls calls has come.</summary>
internal sealed class StruckCalls
{
    private int _passed;
    private int _struck;
    private long _from = -1;

    public StruckCalls(CallPlan plan) => Plan = plan;

    public CallPlan Plan { get; }

    public bool Strikes(CallRecord call, long now)
    {
        if (!IsMeant(call))
        {
            return false;
        }

        if (_passed < Plan.Skip)
        {
            _passed++;
            return false;
        }

        if (Plan.ForMilliseconds > 0)
        {
            _from = _from < 0 ? now : _from;
            return now < _from + TimeSpan.FromMilliseconds(Plan.ForMilliseconds).Ticks;
        }

        return _struck++ < Plan.Times;
    }

    private bool IsMeant(CallRecord call)
        => Plan.Of switch
        {
            CallsOf.Requests => call.ChangesState && call.Class != "Msvm_ConcreteJob",
            CallsOf.Readings => !call.ChangesState,
            CallsOf.MachineReadings => !call.ChangesState && call.Class == "Msvm_ComputerSystem",
            CallsOf.JobReadings => !call.ChangesState && call.Class is "Msvm_ConcreteJob" or "Msvm_AffectedJobElement",
            CallsOf.GuestReadings => !call.ChangesState && IsGuest(call.Class),
            _ => !call.ChangesState && call.Class is not ("Msvm_ComputerSystem" or "Msvm_ConcreteJob" or "Msvm_AffectedJobElement") && !IsGuest(call.Class),
        };

    private static bool IsGuest(string name)
        => name is "Msvm_SummaryInformation" or "Msvm_ShutdownComponent" or "Msvm_HeartbeatComponent" or "Msvm_GuestNetworkAdapterConfiguration" or "MSFT_NetNeighbor";
}

/// <summary>How far something that befalls rows has come.</summary>
internal sealed class StruckRows
{
    private readonly int _host;
    private readonly string _key;
    private int _struck;

    public StruckRows(RowPlan plan, int host, Guid machine)
    {
        _host = host;
        Plan = plan;
        _key = WorldHost.Key(machine);
    }

    public RowPlan Plan { get; }

    private bool IsOfJob => Plan.Fate >= RowFate.JobStateMissing;

    public IReadOnlyList<CimRecord> Apply(IReadOnlyList<CimRecord> rows, string className, History history)
    {
        if (IsOfJob != (className == "Msvm_ConcreteJob") || _struck >= Plan.Times)
        {
            return rows;
        }

        List<CimRecord>? changed = null;
        for (var index = 0; index < rows.Count && _struck < Plan.Times; index++)
        {
            if (!IsMeant(rows[index], history))
            {
                continue;
            }

            _struck++;
            history.TwistedRows.Add(Plan.Fate);
            changed ??= new List<CimRecord>(rows);
            if (Plan.Fate == RowFate.Twice)
            {
                changed.Add(rows[index]);
            }
            else
            {
                changed[index] = Twisted(rows[index]);
            }
        }

        return changed ?? rows;
    }

    private bool IsMeant(CimRecord row, History history)
        => IsOfJob
            ? history.Job(_host, row.Text("InstanceID")) is { } job && WorldHost.Key(job.Machine.Id) == _key
            : string.Equals(row.Text("Name"), _key, StringComparison.OrdinalIgnoreCase);

    private CimRecord Twisted(CimRecord row)
        => Plan.Fate switch
        {
            RowFate.UptimeMissing => With(row, "OnTimeInMilliseconds", null),
            RowFate.UptimeAbsurd => With(row, "OnTimeInMilliseconds", (ulong)long.MaxValue),
            RowFate.UptimeText => With(row, "OnTimeInMilliseconds", "long"),
            RowFate.StateMissing => With(row, "EnabledState", null),
            RowFate.StateText => With(row, "EnabledState", "Enabled"),
            RowFate.StateUnheardOf => With(row, "EnabledState", (ushort)4711),
            RowFate.StatusMissing => With(row, "OperationalStatus", null),
            RowFate.StatusText => With(row, "OperationalStatus", "OK"),
            RowFate.HealthAbsurd => With(row, "HealthState", ushort.MaxValue),
            RowFate.RequestedMissing => With(row, "RequestedState", null),
            RowFate.NameEmpty => With(row, "ElementName", string.Empty),
            RowFate.NameMissing => With(row, "ElementName", null),
            RowFate.ProcessAbsurd => With(row, "ProcessID", uint.MaxValue),
            RowFate.IdInLowerCase => With(row, "Name", row.Text("Name")!.ToLowerInvariant()),
            RowFate.JobStateMissing => With(row, "JobState", null),
            RowFate.JobErrorMissing => With(row, "ErrorCode", null),
            RowFate.JobPercentAbsurd => With(row, "PercentComplete", ushort.MaxValue),
            RowFate.JobTimesMissing => With(With(With(row, "TimeSubmitted", null), "TimeOfLastStateChange", null), "ElapsedTime", null),
            RowFate.JobCancellableMissing => With(row, "Cancellable", null),
            _ => row,
        };

    private static CimRecord With(CimRecord row, string property, object? value)
        => new(row.ClassName, row.PropertyNames.Select(name
            => new KeyValuePair<string, object?>(name, string.Equals(name, property, StringComparison.OrdinalIgnoreCase) ? value : row[name])));
}
