using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Multipass.HyperV.Simulation.Scenarios;

/// <summary>Writes what <see cref="HostRecorder"/> has read as <see cref="ScenarioReader"/> reads it: what has its default is left out, but for what a reader of the file looks for.</summary>
internal static class ScenarioWriter
{
    public static string Write(ScenarioHost host, IReadOnlyList<ScenarioInstance> instances)
    {
        var text = new StringBuilder("{\n  \"host\": ");
        Host(host).WriteTo(text, "  ", 1);
        text.Append(",\n  \"instances\": [");
        for (var index = 0; index < instances.Count; index++)
        {
            text.Append(index == 0 ? "\n    " : ",\n    ");
            Instance(instances[index]).WriteTo(text, "    ", 0);
        }

        return text.Append(instances.Count == 0 ? "]\n}\n" : "\n  ]\n}\n").ToString();
    }

    private static Members Host(ScenarioHost host)
    {
        var standard = new ScenarioHost();
        return new Members()
            .Add("name", host.Name)
            .Add("memoryMB", host.MemoryMB)
            .Add("reserveMB", host.ReserveMB)
            .Add("processors", host.Processors)
            .AddUnless(host.Culture == standard.Culture, "culture", host.Culture)
            .AddUnless(host.JobMilliseconds == standard.JobMilliseconds, "jobMilliseconds", host.JobMilliseconds)
            .AddUnless(host.JobDurations == standard.JobDurations, "jobDurations", host.JobDurations.ToString())
            .AddUnless(host.StateLagMilliseconds == standard.StateLagMilliseconds, "stateLagMilliseconds", host.StateLagMilliseconds)
            .AddUnless(host.JobCancellable, "jobCancellable", false)
            .AddUnless(host.PowerOffWhileStarting == standard.PowerOffWhileStarting, "powerOffWhileStarting", host.PowerOffWhileStarting.ToString())
            .AddUnless(host.HyperVInstalled, "hyperVInstalled", false)
            .AddUnless(host.HypervisorRunning, "hypervisorRunning", false)
            .AddUnless(host.VmmsRunning, "vmmsRunning", false)
            .AddUnless(host.Access == standard.Access, "access", host.Access.ToString())
            .AddUnless(
                host.Multipass == standard.Multipass,
                "multipass",
                new Members()
                    .AddUnless(host.Multipass.Database == standard.Multipass.Database, "database", host.Multipass.Database.ToString())
                    .AddUnless(host.Multipass.Client == standard.Multipass.Client, "client", host.Multipass.Client.ToString())
                    .AddUnless(host.Multipass.Driver == standard.Multipass.Driver, "driver", host.Multipass.Driver)
                    .AddUnless(host.Multipass.Settings == standard.Multipass.Settings, "settings", host.Multipass.Settings.ToString())
                    .AddUnless(host.Multipass.Version == standard.Multipass.Version, "version", host.Multipass.Version.ToString()))
            .Add("switches", host.Switches);
    }

    private static Members Instance(ScenarioInstance instance)
    {
        var standard = new ScenarioInstance();
        var guest = instance.Guest;
        var standardGuest = new ScenarioGuest();
        return new Members()
            .Add("name", instance.Name)
            .Add("id", instance.Id.ToString("D").ToUpperInvariant())
            .Add("state", instance.State.ToString())
            .Add("memoryMB", instance.MemoryMB)
            .AddUnless(instance.MemoryAssignedMB is null, "memoryAssignedMB", instance.MemoryAssignedMB)
            .Add("processors", instance.Processors)
            .AddUnless(instance.Managed, "managed", false)
            .AddUnless(instance.MultipassState is null, "multipassState", instance.MultipassState)
            .AddUnless(instance.Machine == standard.Machine, "machine", instance.Machine.ToString())
            .AddUnless(instance.Record == standard.Record, "record", instance.Record.ToString())
            .AddUnless(instance.TwinOf is null, "twinOf", instance.TwinOf)
            .AddUnless(instance.CloneOf is null, "cloneOf", instance.CloneOf)
            .AddUnless(instance.DiskPath is null, "diskPath", instance.DiskPath)
            .AddUnless(instance.Migration == standard.Migration, "migration", instance.Migration.ToString())
            .AddUnless(instance.HcsFiles is null, "hcsFiles", instance.HcsFiles)
            .AddUnless(instance.Snapshots.Count == 0, "snapshots", instance.Snapshots)
            .AddUnless(instance.Mounts.Count == 0, "mounts", instance.Mounts.Select(mount => new Members().Add("source", mount.Source).Add("target", mount.Target)).ToList())
            .AddUnless(instance.Zone is null, "zone", instance.Zone)
            .AddUnless(instance.ZoneAvailable, "zoneAvailable", false)
            .AddUnless(instance.Disk == standard.Disk, "disk", instance.Disk.ToString())
            .AddUnless(instance.Dvd == standard.Dvd, "dvd", instance.Dvd.ToString())
            .AddUnless(instance.Health == standard.Health, "health", (int)instance.Health)
            .AddUnless(!instance.Deleted, "deleted", true)
            .AddUnless(instance.Backend == standard.Backend, "backend", instance.Backend.ToString())
            .AddUnless(instance.SavedState == standard.SavedState, "savedState", instance.SavedState.ToString())
            .AddUnless(instance.AppearsAfterMilliseconds == 0, "appearsAfterMilliseconds", instance.AppearsAfterMilliseconds)
            .AddUnless(instance.StartsAfterMilliseconds is null, "startsAfterMilliseconds", instance.StartsAfterMilliseconds)
            .AddUnless(
                instance.DynamicMemory is null,
                "dynamicMemory",
                instance.DynamicMemory is not { } dynamic ? null
                    : new Members().Add("minimumMB", dynamic.MinimumMB).Add("maximumMB", dynamic.MaximumMB).Add("bufferPercent", dynamic.BufferPercent))
            .AddUnless(
                guest == standardGuest,
                "guest",
                new Members()
                    .AddUnless(guest.BootMilliseconds == standardGuest.BootMilliseconds, "bootMilliseconds", guest.BootMilliseconds)
                    .AddUnless(guest.ShutdownMilliseconds == standardGuest.ShutdownMilliseconds, "shutdownMilliseconds", guest.ShutdownMilliseconds)
                    .AddUnless(guest.IPv4 is null, "ipv4", guest.IPv4)
                    .AddUnless(guest.Shutdown == standardGuest.Shutdown, "shutdown", guest.Shutdown.ToString()))
            .AddUnless(instance.RecentFailure is null, "recentFailure", instance.RecentFailure is { } failure ? Fault(failure) : null)
            .AddUnless(instance.Faults.Count == 0, "faults", instance.Faults.Select(Fault).ToList());
    }

    private static Members Fault(SimulatedFault fault)
        => new Members()
            .Add("operation", fault.Operation)
            .AddUnless(fault.Kind is null, "kind", fault.Kind)
            .AddUnless(fault.Kind is null, "stage", fault.Stage)
            .AddUnless(fault.Times == 1, "times", fault.Times)
            .AddUnless(fault.AfterMilliseconds is null, "afterMilliseconds", fault.AfterMilliseconds)
            .AddUnless(fault.ReturnValue is null, "returnValue", fault.ReturnValue is { } value ? (long)value : null)
            .AddUnless(fault.JobState is null, "jobState", (int?)fault.JobState)
            .AddUnless(fault.JobErrorCode is null, "jobErrorCode", (int?)fault.JobErrorCode)
            .AddUnless(fault.Kind is not null || fault.ErrorSummaryDescription is null, "errorSummaryDescription", fault.ErrorSummaryDescription)
            .AddUnless(fault.Kind is not null || fault.ErrorDescription is null, "errorDescription", fault.ErrorDescription)
            .AddUnless(fault.Errors is null, "errors", fault.Errors);

    /// <summary>The members of an object, in their order.</summary>
    private sealed class Members
    {
        private readonly List<(string Key, object? Value)> _members = new();

        public Members Add(string key, object? value)
        {
            _members.Add((key, value));
            return this;
        }

        public Members AddUnless(bool isLeftOut, string key, object? value) => isLeftOut ? this : Add(key, value);

        public void WriteTo(StringBuilder text, string indentation, int deep)
        {
            // The host has a line for each member, everything else is one line.
            text.Append(deep > 0 ? "{\n" : "{ ");
            for (var index = 0; index < _members.Count; index++)
            {
                text.Append(index == 0 ? string.Empty : deep > 0 ? ",\n" : ", ").Append(deep > 0 ? indentation + "  " : string.Empty);
                Write(text, _members[index].Key);
                text.Append(": ");
                Write(text, _members[index].Value);
            }

            text.Append(deep > 0 ? "\n" + indentation + "}" : _members.Count == 0 ? "}" : " }");
        }

        private static void Write(StringBuilder text, object? value)
        {
            switch (value)
            {
                case null:
                    text.Append("null");
                    break;
                case bool flag:
                    text.Append(flag ? "true" : "false");
                    break;
                case string word:
                    Write(text, word);
                    break;
                case Members members:
                    members.WriteTo(text, string.Empty, 0);
                    break;
                case IEnumerable<object> items:
                    text.Append('[');
                    var isFirst = true;
                    foreach (var item in items)
                    {
                        text.Append(isFirst ? string.Empty : ", ");
                        Write(text, item);
                        isFirst = false;
                    }

                    text.Append(']');
                    break;
                default:
                    text.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
                    break;
            }
        }

        private static void Write(StringBuilder text, string word)
        {
            text.Append('"');
            foreach (var character in word)
            {
                switch (character)
                {
                    case '"' or '\\':
                        text.Append('\\').Append(character);
                        break;
                    case < ' ' or (>= '\ud800' and <= '\udfff') or '\u2028' or '\u2029':
                        text.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
                        break;
                    default:
                        text.Append(character);
                        break;
                }
            }

            text.Append('"');
        }
    }
}
