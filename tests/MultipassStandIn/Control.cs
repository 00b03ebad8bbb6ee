using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Multipass.HyperV.StandIn;

/// <summary>How the stand-in behaves.</summary>
internal enum Behaviour
{
    /// <summary>As the real client does.</summary>
    Answers,

    /// <summary>As the real client does, but it never ends afterwards.</summary>
    Hangs,

    /// <summary>Prints what nobody can read, and says that it has succeeded.</summary>
    Garbage,

    /// <summary>Prints half of its answer, and says that it has succeeded.</summary>
    CutOff,

    /// <summary>Prints its answer in UTF-16, as a redirected console of Windows may.</summary>
    Utf16,

    /// <summary>Asks a question and waits for the answer; without one it ends with an error.</summary>
    Asks,

    /// <summary>Writes without end.</summary>
    Floods,

    /// <summary>Writes errors without end.</summary>
    FloodsErrors,

    /// <summary>Cannot reach its daemon.</summary>
    Fails,

    /// <summary>Starts a process that keeps its output open, and waits for it.</summary>
    Forks,

    /// <summary>Starts a process that keeps its output open, answers, and ends before it.</summary>
    ForksAndEnds,
}

/// <summary>What a test tells the stand-in: a file in the folder that it runs in, which its commands change as the real ones change Multipass.</summary>
internal sealed class Control
{
    private const string FileName = "multipass.json";

    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true, WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    /// <summary>The states of instances, by name.</summary>
    public Dictionary<string, string> Instances { get; set; } = new();

    /// <summary>How it behaves.</summary>
    public Behaviour Behaviour { get; set; }

    /// <summary>The commands that it behaves so at; the others answer. All when there are none.</summary>
    public List<string> Commands { get; set; } = new();

    /// <summary>How long it takes before anything happens.</summary>
    public int Milliseconds { get; set; }

    public static Control Read() => File.Exists(FileName) ? JsonSerializer.Deserialize<Control>(File.ReadAllText(FileName), Options)! : new Control();

    public void Write() => File.WriteAllText(FileName, JsonSerializer.Serialize(this, Options));
}
