using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Json;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Scenarios;

/// <summary>Reads the parts of a scenario. Whatever is misspelt, of the wrong type or out of range is an error: a setting that is silently ignored makes a test lie.</summary>
internal static class ScenarioReader
{
    /// <summary>12 TB: the most that a virtual machine of generation 2 can have (Hyper-V scalability limits).</summary>
    private const int MostInstanceMemoryMB = 12 * 1024 * 1024;

    /// <summary>24 TB: the most that a host can have (Hyper-V scalability limits).</summary>
    private const int MostHostMemoryMB = 24 * 1024 * 1024;

    private const int MostProcessors = 2048;

    /// <summary>The most that Windows Server knows.</summary>
    private const int MostNumaNodes = 64;

    /// <summary>Hyper-V's own limit of checkpoints of a virtual machine (Hyper-V scalability limits).</summary>
    private const int MostCheckpoints = 50;

    private static readonly string[] FileSystems = { "NTFS", "ReFS" };

    /// <summary>An hour; nothing of a host takes longer.</summary>
    private const int MostMilliseconds = 3_600_000;

    /// <summary>Hyper-V's own limit of <c>ElementName</c> (Msvm_VirtualSystemSettingData class page).</summary>
    private const int LongestName = 100;

    private const int LongestPath = 260;

    private static readonly (string Word, ushort Number)[] HealthWords = { ("OK", 5), ("MajorFailure", 20), ("CriticalFailure", 25) };

    /// <summary>Values of Multipass's setting local.driver on Windows; the last two are names of one.</summary>
    private static readonly string[] Drivers = { "hyperv", "virtualbox", "hyperv_api", "hcs" };

    private static readonly string[] StateWords = Enum.GetNames(typeof(MpInstanceState)).Where(word => word != nameof(MpInstanceState.Unknown)).ToArray();

    public static (ScenarioHost Host, IReadOnlyList<ScenarioInstance> Instances) Read(JsonValue root)
    {
        var reader = root.AsObject();
        var host = reader.GetObject("host") is { } hostReader ? Host(hostReader) : new ScenarioHost();
        var instances = Instances(reader.GetArray("instances") ?? Array.Empty<JsonValue>(), host);
        reader.Complete();
        return (host, instances);
    }

    private static ScenarioHost Host(JsonObjectReader reader)
    {
        var standard = new ScenarioHost();
        var memory = (int)reader.GetInt64("memoryMB", standard.MemoryMB, 1, MostHostMemoryMB);
        var host = new ScenarioHost
        {
            Name = HostName(reader.GetValue("name")) ?? standard.Name,
            MemoryMB = memory,
            ReserveMB = (int)reader.GetInt64("reserveMB", Math.Min(standard.ReserveMB, memory), 0, memory),
            Processors = (int)reader.GetInt64("processors", standard.Processors, 1, MostProcessors),
            Culture = Culture(reader.GetValue("culture")) ?? standard.Culture,
            JobMilliseconds = Milliseconds(reader, "jobMilliseconds", standard.JobMilliseconds),
            JobDurations = Word(reader, "jobDurations", standard.JobDurations),
            StateLagMilliseconds = Milliseconds(reader, "stateLagMilliseconds", standard.StateLagMilliseconds),
            JobCancellable = reader.GetBoolean("jobCancellable", standard.JobCancellable),
            PowerOffWhileStarting = Word(reader, "powerOffWhileStarting", standard.PowerOffWhileStarting),
            HyperVInstalled = reader.GetBoolean("hyperVInstalled", standard.HyperVInstalled),
            HypervisorRunning = reader.GetBoolean("hypervisorRunning", standard.HypervisorRunning),
            VmmsRunning = reader.GetBoolean("vmmsRunning", standard.VmmsRunning),
            Access = Word(reader, "access", standard.Access),
            Multipass = reader.GetObject("multipass") is { } multipass ? Multipass(multipass) : standard.Multipass,
            Switches = reader.GetArray("switches") is { } switches ? Switches(switches) : standard.Switches,
            NumaNodes = (int)reader.GetInt64("numaNodes", standard.NumaNodes, 1, MostNumaNodes),
            NumaSpanning = reader.GetBoolean("numaSpanning", standard.NumaSpanning),
            StoppedServices = (reader.GetArray("stoppedServices") ?? Array.Empty<JsonValue>()).Select(value => value.AsEnum(CimNames.HyperVComponents)).Distinct(StringComparer.OrdinalIgnoreCase).ToArray(),
            VirtualMachine = reader.GetBoolean("virtualMachine", standard.VirtualMachine),
            NestedVirtualization = reader.GetBoolean("nestedVirtualization", standard.NestedVirtualization),
            Volumes = Volumes(reader),
            MemoryShortage = Word(reader, "memoryShortage", standard.MemoryShortage),
        };
        reader.Complete();
        Require(reader, "nestedVirtualization", host.VirtualMachine, "only a host that is a virtual machine itself (virtualMachine) can have it or not.");
        Require(reader, "numaSpanning", host.NumaNodes > 1, "it needs more than one NUMA node (numaNodes).");
        Require(reader, "numaNodes", host.NumaNodes <= host.Processors, "there is no node without a processor.");
        Require(reader, "hypervisorRunning", !(host.VirtualMachine && !host.HypervisorRunning), "Windows in a virtual machine always says that a hypervisor is there: use nestedVirtualization.");
        return host;
    }

    /// <summary>C: and the others; diskFreeMB is what is free on C:.</summary>
    private static List<ScenarioVolume> Volumes(JsonObjectReader reader)
    {
        var volumes = new List<ScenarioVolume> { new() { FreeMB = (int?)reader.GetValue("diskFreeMB")?.AsInt64(0, int.MaxValue) } };
        foreach (var value in reader.GetArray("volumes") ?? Array.Empty<JsonValue>())
        {
            var volume = value.AsObject();
            var name = volume.RequireValue("name");
            var letter = name.AsString().ToUpperInvariant();
            if (letter.Length != 2 || letter[0] is < 'A' or > 'Z' || letter[1] != ':' || volumes.Any(known => known.Name == letter))
            {
                throw name.Fault(JsonFormatErrorKind.OutOfRange, "expected a drive letter with a colon, such as D:, each once; what is free on C: is said by diskFreeMB.");
            }

            volumes.Add(new ScenarioVolume { Name = letter, FreeMB = (int?)volume.GetValue("freeMB")?.AsInt64(0, int.MaxValue), FileSystem = volume.GetEnum("fileSystem", FileSystems, "NTFS")! });
            volume.Complete();
        }

        return volumes;
    }

    /// <summary>Refuses a key that is given where it makes no sense.</summary>
    private static void Require(JsonObjectReader reader, string key, bool isPossible, string reason)
    {
        if (!isPossible && reader.Value.TryGetMember(key, out var member))
        {
            throw member.Value.Fault(JsonFormatErrorKind.OutOfRange, reason);
        }
    }

    private static ScenarioMultipass Multipass(JsonObjectReader reader)
    {
        var standard = new ScenarioMultipass();
        var multipass = new ScenarioMultipass
        {
            Database = Word(reader, "database", standard.Database),
            Client = Word(reader, "client", standard.Client),
            Driver = reader.GetEnum("driver", Drivers),
            Settings = Word(reader, "settings", standard.Settings),
            Version = reader.GetValue("version") is { } version ? VersionOf(version) : standard.Version,
        };
        reader.Complete();
        return multipass;
    }

    private static string? HostName(JsonValue? value)
    {
        if (value is null)
        {
            return null;
        }

        var name = Text(value, LongestName);
        return Guid.TryParse(name, out _)
            ? throw value.Fault(JsonFormatErrorKind.OutOfRange, "expected a computer's name, found a GUID: those are the names of virtual machines.")
            : name;
    }

    private static string? Culture(JsonValue? value)
    {
        if (value is null)
        {
            return null;
        }

        var name = value.AsString();
        return name.Length is >= 2 and <= 20 && name.All(character => character is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-')
            ? name
            : throw value.Fault(JsonFormatErrorKind.OutOfRange, "expected the name of a culture, such as en-US.");
    }

    private static List<string> Switches(IReadOnlyList<JsonValue> values)
    {
        var names = new List<string>();
        foreach (var value in values)
        {
            var name = Text(value, LongestName);
            if (names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw value.Fault(JsonFormatErrorKind.OutOfRange, "the same switch is listed twice.");
            }

            names.Add(name);
        }

        return names;
    }

    private static List<ScenarioInstance> Instances(IReadOnlyList<JsonValue> values, ScenarioHost host)
    {
        var instances = new List<ScenarioInstance>();
        var occurrences = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var ids = new HashSet<Guid>();
        foreach (var value in values)
        {
            var reader = value.AsObject();
            var name = Text(reader.RequireValue("name"), LongestName);
            occurrences.TryGetValue(name, out var occurrence);
            occurrences[name] = occurrence + 1;
            var given = reader.GetValue("id");
            var id = given is null ? StableId.Of("instance", name, occurrence) : Id(given);
            if (!ids.Add(id))
            {
                throw (given ?? value).Fault(JsonFormatErrorKind.OutOfRange, "another instance has the same id.");
            }

            instances.Add(Instance(reader, name, id, host));
        }

        return instances;
    }

    private static ScenarioInstance Instance(JsonObjectReader reader, string name, Guid id, ScenarioHost host)
    {
        var standard = new ScenarioInstance();
        var managed = reader.GetBoolean("managed", standard.Managed);
        var memory = (int)reader.GetInt64("memoryMB", standard.MemoryMB, 1, MostInstanceMemoryMB);
        var instance = new ScenarioInstance
        {
            Name = name,
            Id = id,
            State = reader.GetEnum("state", StateWords) is { } state ? (MpInstanceState)Enum.Parse(typeof(MpInstanceState), state) : standard.State,
            MemoryMB = memory,
            MemoryAssignedMB = (int?)reader.GetValue("memoryAssignedMB")?.AsInt64(1, MostInstanceMemoryMB),
            Processors = (int)reader.GetInt64("processors", standard.Processors, 1, MostProcessors),
            Managed = managed,
            MultipassState = reader.GetValue("multipassState") is { } word ? Text(word, LongestName) : null,
            Machine = Word(reader, "machine", standard.Machine),
            Record = Word(reader, "record", standard.Record),
            TwinOf = reader.GetValue("twinOf") is { } twin ? Text(twin, LongestName) : null,
            CloneOf = reader.GetValue("cloneOf") is { } source ? Text(source, LongestName) : null,
            DiskPath = reader.GetValue("diskPath") is { } path ? Text(path, LongestPath) : null,
            Migration = Word(reader, "migration", standard.Migration),
            HcsFiles = reader.Value.TryGetMember("hcsFiles", out _) ? reader.GetBoolean("hcsFiles", false) : null,
            Snapshots = (reader.GetArray("snapshots") ?? Array.Empty<JsonValue>()).Select(value => Text(value, LongestName)).ToArray(),
            Mounts = (reader.GetArray("mounts") ?? Array.Empty<JsonValue>()).Select(Mount).ToArray(),
            Zone = reader.GetValue("zone") is { } zone ? Text(zone, LongestName) : null,
            ZoneAvailable = reader.GetBoolean("zoneAvailable", standard.ZoneAvailable),
            Disk = Word(reader, "disk", standard.Disk),
            Dvd = Word(reader, "dvd", standard.Dvd),
            DiskAttribute = Word(reader, "diskAttribute", standard.DiskAttribute),
            DiskVolume = VolumeOf(reader, "diskVolume", host) ?? standard.DiskVolume,
            StateVolume = VolumeOf(reader, "stateVolume", host) ?? standard.StateVolume,
            Checkpoints = (int)reader.GetInt64("checkpoints", standard.Checkpoints, 0, MostCheckpoints),
            ParentDisk = Word(reader, "parentDisk", standard.ParentDisk),
            SecureBoot = reader.GetBoolean("secureBoot", standard.SecureBoot),
            Activity = Word(reader, "activity", standard.Activity),
            ActivityMilliseconds = reader.Value.TryGetMember("activityMilliseconds", out _) ? Milliseconds(reader, "activityMilliseconds", 0) : null,
            Devices = (reader.GetArray("devices") ?? Array.Empty<JsonValue>()).Select(Device).ToArray(),
            Health = Health(reader.GetValue("health")) ?? standard.Health,
            Deleted = reader.GetBoolean("deleted", standard.Deleted),
            Backend = Word(reader, "backend", standard.Backend),
            SavedState = Word(reader, "savedState", standard.SavedState),
            AppearsAfterMilliseconds = Milliseconds(reader, "appearsAfterMilliseconds", standard.AppearsAfterMilliseconds),
            StartsAfterMilliseconds = reader.Value.TryGetMember("startsAfterMilliseconds", out _) ? Milliseconds(reader, "startsAfterMilliseconds", 0) : null,
            DynamicMemory = Dynamic(reader.GetValue("dynamicMemory"), memory),
            Guest = reader.GetObject("guest") is { } guest ? Guest(guest) : standard.Guest,
            RecentFailure = reader.GetValue("recentFailure") is { } failure ? Recent(failure) : null,
            Faults = (reader.GetArray("faults") ?? Array.Empty<JsonValue>()).Select(FaultReader.Read).ToArray(),
        };
        reader.Complete();
        if (instance is { StartsAfterMilliseconds: not null, State: not MpInstanceState.Stopped } && reader.Value.TryGetMember("startsAfterMilliseconds", out var starts))
        {
            throw starts.Value.Fault(JsonFormatErrorKind.OutOfRange, "only an instance that is Stopped is started by its host.");
        }

        var fileSystem = host.Volumes.First(volume => volume.Name == instance.DiskVolume).FileSystem;
        Require(reader, "diskAttribute", instance.DiskAttribute != FileAttribute.IntegrityStreams || fileSystem == "ReFS", "only ReFS has integrity streams: put the disk on such a volume (volumes, diskVolume).");
        Require(reader, "diskAttribute", instance.DiskAttribute is not (FileAttribute.Compressed or FileAttribute.Encrypted) || fileSystem == "NTFS", "ReFS neither compresses nor encrypts files.");
        Require(reader, "diskAttribute", instance.DiskAttribute == FileAttribute.Normal || instance.Disk != FilePresence.Missing, "a file that is missing has no attributes.");
        Require(reader, "parentDisk", instance.Checkpoints > 0, "a disk without checkpoints has no parent.");
        Require(reader, "parentDisk", instance.ParentDisk is FilePresence.Present or FilePresence.Missing, "expected Present or Missing.");
        Require(reader, "checkpoints", instance.Checkpoints == 0 || instance.TwinOf is null, "the disk is that of another instance (twinOf).");
        Require(reader, "activityMilliseconds", instance.Activity != HostActivity.None, "nothing is done to it (activity).");
        Require(reader, "activity", instance.Activity == HostActivity.None || instance.State is MpInstanceState.Stopped or MpInstanceState.Running or MpInstanceState.Suspended or MpInstanceState.Paused, "its state is changing already.");
        Require(reader, "activity", instance.Activity == HostActivity.None || instance.StartsAfterMilliseconds is null, "it waits to be started by its host.");
        if (!managed)
        {
            RequireManaged(reader, "dvd", "has no DVD image");
            RequireManaged(reader, "deleted", "cannot be deleted in Multipass");
            RequireManaged(reader, "backend", "is a virtual machine of Hyper-V");
            RequireManaged(reader, "machine", "is a virtual machine of Hyper-V");
            RequireManaged(reader, "record", "has no record there");
            RequireManaged(reader, "twinOf", "has a disk of its own");
            RequireManaged(reader, "cloneOf", "is no clone of Multipass's");
            RequireManaged(reader, "migration", "is not moved between its backends");
            RequireManaged(reader, "hcsFiles", "is not moved between its backends");
            RequireManaged(reader, "snapshots", "has no snapshots there");
            RequireManaged(reader, "mounts", "has no mounts there");
            RequireManaged(reader, "zone", "is in no zone");
        }

        return instance;
    }

    private static ScenarioMount Mount(JsonValue value)
    {
        var reader = value.AsObject();
        var mount = new ScenarioMount(Text(reader.RequireValue("source"), LongestPath), Text(reader.RequireValue("target"), LongestPath));
        reader.Complete();
        return mount;
    }

    private static Version VersionOf(JsonValue value)
        => Version.TryParse(value.AsString(), out var version) ? version : throw value.Fault(JsonFormatErrorKind.OutOfRange, "expected a version, such as 1.16.3.");

    private static string? VolumeOf(JsonObjectReader reader, string key, ScenarioHost host)
        => reader.GetEnum(key, host.Volumes.Select(volume => volume.Name).ToArray());

    private static ScenarioDevice Device(JsonValue value)
    {
        var reader = value.AsObject();
        var device = new ScenarioDevice(
            (DeviceType)Enum.Parse(typeof(DeviceType), reader.RequireValue("type").AsEnum(Enum.GetNames(typeof(DeviceType)))), Word(reader, "fault", DeviceFault.None));
        reader.Complete();
        return device;
    }

    private static SimulatedFault Recent(JsonValue value)
    {
        var failure = FaultReader.Read(value);
        return failure.Kind is null && failure.ReturnValue is null && PowerTransitions.Of(failure.OnOperation) is not null
            ? failure
            : throw value.Fault(JsonFormatErrorKind.OutOfRange, "expected the answer of a job that failed: operation (Start, Shutdown, TurnOff, Save, Resume, Restart) and any of jobState, jobErrorCode, errorSummaryDescription, errorDescription, errors.");
    }

    private static void RequireManaged(JsonObjectReader reader, string key, string reason)
    {
        if (reader.Value.TryGetMember(key, out var member))
        {
            throw member.Value.Fault(JsonFormatErrorKind.OutOfRange, $"an instance that is not managed by Multipass {reason}.");
        }
    }

    private static ScenarioGuest Guest(JsonObjectReader reader)
    {
        var standard = new ScenarioGuest();
        var guest = new ScenarioGuest
        {
            BootMilliseconds = Milliseconds(reader, "bootMilliseconds", standard.BootMilliseconds),
            ShutdownMilliseconds = Milliseconds(reader, "shutdownMilliseconds", standard.ShutdownMilliseconds),
            IPv4 = reader.GetValue("ipv4") is { } address ? Address(address) : null,
            Shutdown = Word(reader, "shutdown", standard.Shutdown),
            Signed = reader.GetBoolean("signed", standard.Signed),
        };
        reader.Complete();
        return guest;
    }

    private static DynamicMemory? Dynamic(JsonValue? value, int memory)
    {
        if (value is null || (value.TryGetBoolean(out var isOn) && !isOn))
        {
            return null;
        }

        var least = Math.Min(DynamicMemory.DefaultMinimumMB, memory);
        var most = Math.Max(DynamicMemory.DefaultMaximumMB, memory);
        if (isOn)
        {
            return new DynamicMemory { MinimumMB = least, MaximumMB = most };
        }

        if (value.Kind != JsonKind.Object)
        {
            throw value.Fault(JsonFormatErrorKind.WrongType, "expected true, false or an object with minimumMB, maximumMB and bufferPercent.");
        }

        // A buffer of 5 to 2000 % (Msvm_MemorySettingData class page). Minimum and maximum may be wrong for the startup memory: then a start fails.
        var reader = value.AsObject();
        var dynamic = new DynamicMemory
        {
            MinimumMB = (int)reader.GetInt64("minimumMB", least, 1, MostInstanceMemoryMB),
            MaximumMB = (int)reader.GetInt64("maximumMB", most, 1, MostInstanceMemoryMB),
            BufferPercent = (int)reader.GetInt64("bufferPercent", DynamicMemory.DefaultBufferPercent, 5, 2000),
        };
        reader.Complete();
        return dynamic;
    }

    private static ushort? Health(JsonValue? value)
    {
        if (value is null)
        {
            return null;
        }

        var row = value.TryGetInt64(out var number)
            ? HealthWords.FirstOrDefault(candidate => candidate.Number == number)
            : HealthWords.FirstOrDefault(candidate => value.TryGetString(out var word) && string.Equals(candidate.Word, word, StringComparison.OrdinalIgnoreCase));
        return row.Word is not null
            ? row.Number
            : throw value.Fault(JsonFormatErrorKind.OutOfRange, "expected one of " + string.Join(", ", HealthWords.Select(candidate => $"{candidate.Word} ({candidate.Number})")) + ".");
    }

    private static Guid Id(JsonValue value)
        => Guid.TryParse(value.AsString(), out var id) && id != Guid.Empty ? id : throw value.Fault(JsonFormatErrorKind.OutOfRange, "expected a GUID.");

    private static string Address(JsonValue value)
    {
        var text = value.AsString();
        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(part => part.Length is >= 1 and <= 3 && part.All(character => character is >= '0' and <= '9') && int.Parse(part, System.Globalization.CultureInfo.InvariantCulture) <= 255)
            ? text
            : throw value.Fault(JsonFormatErrorKind.OutOfRange, "expected an IPv4 address, such as 172.20.48.5.");
    }

    private static string Text(JsonValue value, int longest)
    {
        var text = value.AsString();
        return text.Length >= 1 && text.Length <= longest && !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl)
            ? text
            : throw value.Fault(JsonFormatErrorKind.OutOfRange, $"expected a text of 1 to {longest} characters.");
    }

    private static int Milliseconds(JsonObjectReader reader, string key, int fallback) => (int)reader.GetInt64(key, fallback, 0, MostMilliseconds);

    private static T Word<T>(JsonObjectReader reader, string key, T fallback)
        where T : struct, Enum
        => reader.GetEnum(key, Enum.GetNames(typeof(T))) is { } word ? (T)Enum.Parse(typeof(T), word) : fallback;
}
