using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Json;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.World;

namespace Multipass.HyperV.Simulation.Scenarios;

/// <summary>Reads the parts of a scenario. Whatever is misspelt, of the wrong type or out of range is an error: a setting that is silently ignored makes a test lie.</summary>
internal static class ScenarioReader
{
    /// <summary>12 TB: the most that a virtual machine of generation 2 can have (Hyper-V scalability limits).</summary>
    private const int MostInstanceMemoryMB = 12 * 1024 * 1024;

    /// <summary>24 TB: the most that a host can have (Hyper-V scalability limits).</summary>
    private const int MostHostMemoryMB = 24 * 1024 * 1024;

    private const int MostProcessors = 2048;

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
        var instances = Instances(reader.GetArray("instances") ?? Array.Empty<JsonValue>());
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
            DiskFreeMB = (int?)reader.GetValue("diskFreeMB")?.AsInt64(0, int.MaxValue),
            Processors = (int)reader.GetInt64("processors", standard.Processors, 1, MostProcessors),
            Culture = Culture(reader.GetValue("culture")) ?? standard.Culture,
            JobMilliseconds = Milliseconds(reader, "jobMilliseconds", standard.JobMilliseconds),
            StateLagMilliseconds = Milliseconds(reader, "stateLagMilliseconds", standard.StateLagMilliseconds),
            JobCancellable = reader.GetBoolean("jobCancellable", standard.JobCancellable),
            PowerOffWhileStarting = Word(reader, "powerOffWhileStarting", standard.PowerOffWhileStarting),
            HyperVInstalled = reader.GetBoolean("hyperVInstalled", standard.HyperVInstalled),
            HypervisorRunning = reader.GetBoolean("hypervisorRunning", standard.HypervisorRunning),
            VmmsRunning = reader.GetBoolean("vmmsRunning", standard.VmmsRunning),
            Access = Word(reader, "access", standard.Access),
            Multipass = reader.GetObject("multipass") is { } multipass ? Multipass(multipass) : standard.Multipass,
            Switches = reader.GetArray("switches") is { } switches ? Switches(switches) : standard.Switches,
        };
        reader.Complete();
        return host;
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

    private static List<ScenarioInstance> Instances(IReadOnlyList<JsonValue> values)
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

            instances.Add(Instance(reader, name, id));
        }

        return instances;
    }

    private static ScenarioInstance Instance(JsonObjectReader reader, string name, Guid id)
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
            Health = Health(reader.GetValue("health")) ?? standard.Health,
            Deleted = reader.GetBoolean("deleted", standard.Deleted),
            Backend = Word(reader, "backend", standard.Backend),
            SavedState = Word(reader, "savedState", standard.SavedState),
            AppearsAfterMilliseconds = Milliseconds(reader, "appearsAfterMilliseconds", standard.AppearsAfterMilliseconds),
            StartsAfterMilliseconds = reader.Value.TryGetMember("startsAfterMilliseconds", out _) ? Milliseconds(reader, "startsAfterMilliseconds", 0) : null,
            DynamicMemory = Dynamic(reader.GetValue("dynamicMemory"), memory),
            Guest = reader.GetObject("guest") is { } guest ? Guest(guest) : standard.Guest,
            Faults = (reader.GetArray("faults") ?? Array.Empty<JsonValue>()).Select(FaultReader.Read).ToArray(),
        };
        reader.Complete();
        if (instance is { StartsAfterMilliseconds: not null, State: not MpInstanceState.Stopped } && reader.Value.TryGetMember("startsAfterMilliseconds", out var starts))
        {
            throw starts.Value.Fault(JsonFormatErrorKind.OutOfRange, "only an instance that is Stopped is started by its host.");
        }

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
