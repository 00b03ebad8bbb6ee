using System;
using System.Collections.Generic;
using System.Linq;
using System.Security;
using System.Text;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Torture.Evidence;

/// <summary>What a host might answer, made from a seed: numbers that exist and that do not, texts in any script, broken XML, and now and then something huge.</summary>
internal sealed class EvidenceGenerator
{
    private static readonly string[] Names =
    {
        "foo", "primary", "a", "0x8007000E", "vm-0x80070005", "8007000E", "x86", "E", "'", "\"", "(foo)", "a&b<c>", "[.*+?^$", "%s {0} {name}", "\u540d\u524d", "\ud83d\ude00",
        "-", "n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n n",
    };

    private static readonly string[] Words =
    {
        "not enough memory", "access denied", "nie mo\u017cna uruchomi\u0107", "Zugriff verweigert", "\u5185\u5b58\u4e0d\u8db3", "\u30e1\u30e2\u30ea", "\u0645\u0631\u062d\u0628\u0627", "\ud83d\ude00",
        "(Instance ID 11111111-2222-4333-8444-555555555551): x", "(Instance ID D41A1872-3740-41CE-A1EE-4522AB82F991): x", "'C:\\a.vhdx'", "'\\\\nas\\x\\a.vhdx'",
        "0x", "0x8007", "0x8007000", "0x8007000EE", "0X", "x8007000E", "(0x)", "(Virtual machine ID 8286DFCE-CBB8-42D5-A582-DDD62C8ABBE9)", "\r\n\r\n", "\0", "\ud83d", "\udc00", "\ufeff", "'", "&amp;", "&#x0;",
        "<", ">", "]]>", "<!--", "%", "{0}", "2147942414",
    };

    private static readonly (string Before, string After)[] Brackets =
    {
        ("(", ")"), ("[", "]"), ("<", ">"), ("\uff08", "\uff09\u3002"), ("\u300c", "\u300d"), ("\u9519\u8bef", "\u9519\u8bef"), (" ", " "), ("\"", "\""), (": ", "."), ("=", ";"), ("\n", "\n"),
    };

    private static readonly uint[] KnownCodes =
    {
        0x8007000E, 0x800705AA, 0xC0351000, 0x80070002, 0x80070003, 0x80070005, 0x80070020, 0xC03A001A, 0xC03A0001, 0xC03A000E, 0xC0370200, 0x8007001F, 0x8007000D, 0xC0370027, 0xC037000F, 0xC037001B,
        0xC035000B, 0xC035001E, 0xC0370008, 0x80070070, 0xC0350038, 0x80041003, 0x8004100E, 0x80041013, 0x800706BA, 0x80004005,
    };

    private readonly Random _random;

    public EvidenceGenerator(int seed) => _random = new Random(seed);

    /// <summary>One set of evidence, with what is known of it.</summary>
    public EvidenceSet Next()
    {
        var set = new EvidenceSet { Name = Pick(Names) };
        var form = _random.Next(10);
        if (form == 0)
        {
            return set with { Evidence = FailureEvidence.OfReturnValue(Number()) };
        }

        if (form == 1)
        {
            var code = _random.Next(3) == 0 ? 0 : unchecked((int)Pick(KnownCodes));
            var stage = _random.Next(2) == 0 ? FailureStages.Call : FailureStages.Request;
            return set with { Evidence = FailureEvidence.OfFault(new CimFault((CimStatus)_random.Next(0, 30), code, Text(set, 20)), stage, set.Name), Facts = Facts() };
        }

        var size = _random.Next(200) == 0 ? 200_000 : _random.Next(60);
        var summary = _random.Next(5) == 0 ? null : Text(set, size / 2);
        var description = _random.Next(5) == 0 ? null : Text(set, size);
        var errors = Enumerable.Range(0, _random.Next(40) == 0 ? 200 : _random.Next(4)).Select(_ => Error(set)).ToArray();
        var job = _random.Next(20) == 0 ? null : new JobReading(new CimRecord(CimNames.ConcreteJob, new Dictionary<string, object?>
        {
            ["InstanceID"] = "1",
            ["JobState"] = (ushort)_random.Next(0, 14),
            ["ErrorCode"] = _random.Next(4) == 0 ? null : (ushort)Number(),
            ["ErrorSummaryDescription"] = summary,
            ["ErrorDescription"] = description,
        }));
        var evidence = FailureEvidence.OfJob("1", job, errors, set.Name);
        if (_random.Next(3) == 0)
        {
            evidence = evidence.With(Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Event(set)).OfType<HostEvent>().ToArray());
        }

        if (_random.Next(5) == 0)
        {
            evidence = evidence.With(new CimFault((CimStatus)_random.Next(0, 30), _random.Next(), Text(set, 5)));
        }

        return set with { Evidence = evidence, Facts = Facts(), Planted = job is null || size > 1000 ? Array.Empty<int>() : CodesOf(summary, set.Name).Concat(CodesOf(description, set.Name)).ToArray() };
    }

    /// <summary>The codes of a text, found in another way than the engine finds them: marked when they were written.</summary>
    private IEnumerable<int> CodesOf(string? text, string name)
        => text is not null && _planted.TryGetValue(text, out var codes) ? codes.Where(code => name.IndexOf(HResultText.Format(code), StringComparison.OrdinalIgnoreCase) < 0) : Array.Empty<int>();

    private readonly Dictionary<string, List<int>> _planted = new(StringComparer.Ordinal);

    private string Text(EvidenceSet set, int pieces)
    {
        var text = new StringBuilder();
        var planted = new List<int>();
        for (var piece = 0; piece < pieces; piece++)
        {
            switch (_random.Next(8))
            {
                case 0 when planted.Count < 4:
                    var code = _random.Next(3) == 0 ? 0x80000000u | (uint)_random.Next() : Pick(KnownCodes);
                    var (before, after) = Pick(Brackets);
                    var digits = _random.Next(2) == 0 ? HResultText.Format(code) : HResultText.Format(code).ToLowerInvariant();
                    text.Append(' ').Append(before).Append(digits).Append(after).Append(' ');
                    planted.Add(unchecked((int)code));
                    break;
                case 1:
                    text.Append(' ').Append('\'').Append(set.Name).Append('\'').Append(' ');
                    break;
                case 2:
                    text.Append(' ').Append((char)_random.Next(1, 0xD800)).Append(' ');
                    break;
                default:
                    text.Append(' ').Append(Pick(Words));
                    break;
            }
        }

        var result = text.Append(' ').ToString();
        _planted[result] = planted;
        return result;
    }

    private string Error(EvidenceSet set)
    {
        var text = Text(set, _random.Next(10));
        var xml = $"<INSTANCE CLASSNAME=\"Msvm_Error\"><PROPERTY NAME=\"ProbableCause\" TYPE=\"uint16\"><VALUE>{_random.Next(0, 120)}</VALUE></PROPERTY>"
            + $"<PROPERTY NAME=\"Message\" TYPE=\"string\"><VALUE>{SecurityElement.Escape(text)}</VALUE></PROPERTY></INSTANCE>";
        return _random.Next(10) switch
        {
            0 => text,
            1 => xml.Substring(0, _random.Next(xml.Length)),
            2 => xml.Substring(_random.Next(xml.Length)),
            3 => xml.Replace('>', Pick(Words)[0]),
            4 => string.Concat(Enumerable.Repeat("<a>", _random.Next(1, 3000))) + text,
            5 => "<!DOCTYPE a [<!ENTITY b \"" + text.Replace('"', ' ') + "\">]><a>&b;&b;</a>",
            6 => "<a " + string.Concat(Enumerable.Range(0, _random.Next(500)).Select(index => $"b{index}='c' ")) + ">" + SecurityElement.Escape(text) + "</a>",
            7 when _random.Next(50) == 0 => xml + new string('<', MsvmError.LongestXml * 4),
            _ => xml,
        };
    }

    private HostEvent? Event(EvidenceSet set)
    {
        var machine = Guid.Parse("8286DFCE-CBB8-42D5-A582-DDD62C8ABBE9");
        var id = Pick(new[] { 19544, 3122, 3030, 16060, 14070, 21502, 14050, 18601, _random.Next() });
        var xml = $"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>{id}</EventID><Channel>{HostEvent.ManagementChannel}</Channel></System>"
            + $"<UserData><VmlEventLog><VmId>{machine}</VmId><Result>{HResultText.Format(Pick(KnownCodes))}</Result><VmName>{SecurityElement.Escape(set.Name)}</VmName></VmlEventLog></UserData></Event>";
        return HostEventReader.Read(_random.Next(5) == 0 ? xml.Substring(0, _random.Next(xml.Length)) : xml, machine, set.Name);
    }

    private HostFacts Facts()
        => _random.Next(2) == 0 ? HostFacts.None : new HostFacts
        {
            MemoryWanted = Maybe(long.MaxValue),
            MemoryAvailable = Maybe(1 << 20),
            MemoryHolders = _random.Next(2) == 0 ? null : Enumerable.Range(0, _random.Next(8)).Select(index => new MemoryHolder(Pick(Names), _random.Next(1, 10000))).ToList(),
            MissingFiles = _random.Next(2) == 0 ? null : Enumerable.Range(0, _random.Next(3)).Select(_ => Pick(Words)).ToList(),
            MissingSwitch = _random.Next(2) == 0 ? null : Pick(Words),
            ServiceState = _random.Next(2) == 0 ? null : Pick(new[] { "Running", "Stopped", "Stop Pending", "?" }),
            IsHypervisorPresent = _random.Next(3) switch { 0 => null, 1 => true, _ => false },
            ShowsService = _random.Next(3) switch { 0 => null, 1 => true, _ => false },
            Processors = Maybe(100),
            HostProcessors = Maybe(100),
            DiskVolume = _random.Next(2) == 0 ? null : new VolumeFact("C:", _random.NextInt64(1 << 20)),
            StateVolume = _random.Next(2) == 0 ? null : new VolumeFact("D:", _random.NextInt64(1 << 20)),
            FlawedFiles = _random.Next(3) == 0 ? new[] { "'C:/a.vhdx' (compressed)" } : Array.Empty<string>(),
            Disk = Maybe("C:/a.vhdx"),
            Dvd = Maybe("C:/b.iso"),
            MachineId = _random.Next(2) == 0 ? null : Guid.Parse("8286DFCE-CBB8-42D5-A582-DDD62C8ABBE9"),
            NumaNodes = _random.Next(2) == 0 ? null : Enumerable.Range(0, _random.Next(4)).Select(_ => _random.NextInt64(1 << 16)).ToList(),
            SpansNumaNodes = Maybe(),
            IsHostVirtual = Maybe(),
            SecureBoot = Maybe(),
            MayChange = Maybe(),
            StoppedComponents = _random.Next(2) == 0 ? null : _random.Next(2) == 0 ? Array.Empty<string>() : new[] { "vid", "vmbusr" },
            Devices = _random.Next(2) == 0 ? null : Enumerable.Range(0, _random.Next(4)).Select(index => new DeviceSetting(Guid.Parse("11111111-2222-4333-8444-55555555555" + index), (DeviceKind)_random.Next(7), string.Empty)).ToList(),
            WorkerProcess = Maybe(100_000),
            StateBefore = (MpInstanceState)_random.Next(0, 9),
        };

    private bool? Maybe() => _random.Next(3) switch { 0 => null, 1 => true, _ => false };

    private string? Maybe(string text) => _random.Next(2) == 0 ? null : text;

    private long? Maybe(long most) => _random.Next(2) == 0 ? null : _random.NextInt64(most);

    private uint Number()
        => _random.Next(5) switch
        {
            0 => (uint)_random.Next(0, 65536),
            1 => 0,
            _ => (uint)_random.Next(32768, 32800),
        };

    private T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];
}

/// <summary>Evidence, and what must be found in it.</summary>
internal sealed record EvidenceSet
{
    /// <summary>The instance's name.</summary>
    public string Name { get; init; } = string.Empty;

    public FailureEvidence Evidence { get; init; } = FailureEvidence.None;

    public HostFacts Facts { get; init; } = HostFacts.None;

    /// <summary>Codes that were written into the job's texts.</summary>
    public IReadOnlyList<int> Planted { get; init; } = Array.Empty<int>();
}
