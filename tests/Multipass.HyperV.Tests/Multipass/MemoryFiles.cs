using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Multipass;

namespace Multipass.HyperV.Tests.Multipass;

/// <summary>Files that exist in memory only. Whatever is not put there is missing.</summary>
internal sealed class MemoryFiles : IMultipassFiles
{
    public static readonly MultipassEnvironment Environment = new(null, "P:", "S:");

    public const string Database = "P:/Multipass/data/multipassd-vm-instances.json";
    public const string Vault = "P:/Multipass/data/vault/instances/";

    private readonly Dictionary<string, FileAnswer> _files = new(StringComparer.Ordinal);

    public HashSet<string> Folders { get; } = new(StringComparer.Ordinal) { "P:/Multipass" };

    public List<string> Asked { get; } = new();

    public MemoryFiles With(string path, string text) => With(path, FileAnswer.Of(Encoding.UTF8.GetBytes(text)));

    public MemoryFiles With(string path, FileAnswer answer)
    {
        _files[path] = answer;
        return this;
    }

    public static byte[] Data(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", name));

    public Task<FileAnswer> ReadAsync(string path, long mostBytes, CancellationToken cancellationToken)
    {
        Asked.Add(path);
        return Task.FromResult(_files.TryGetValue(path, out var answer) ? answer : FileAnswer.Not(FileOutcome.Missing));
    }

    public Task<IReadOnlyDictionary<string, VaultFolder>> ListAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyDictionary<string, VaultFolder>>(folders.ToDictionary(
            folder => folder,
            folder => new VaultFolder(
                FileOutcome.Read, _files.Keys.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)).Select(path => path[(folder.Length + 1)..]).ToList())));

    public Task<bool> HasFolderAsync(string path, CancellationToken cancellationToken) => Task.FromResult(Folders.Contains(path));
}

/// <summary>A client that gives the answers it was told, one for each command.</summary>
internal sealed class ScriptedClient : IMultipassClient
{
    private readonly Dictionary<string, ClientAnswer> _answers = new(StringComparer.Ordinal);

    public List<string> Calls { get; } = new();

    public bool IsPresent => true;

    public ScriptedClient With(string command, string output, int exitCode = 0)
        => With(command, new ClientAnswer(ClientOutcome.Ended, exitCode, Encoding.UTF8.GetBytes(output), exitCode == 0 ? string.Empty : "it says why"));

    public ScriptedClient With(string command, ClientAnswer answer)
    {
        _answers[command] = answer;
        return this;
    }

    /// <summary>A client that answers what the driver is; the settings of a test usually do not tell.</summary>
    public ScriptedClient WithDriver(string driver = "hyperv") => With("get", driver + "\n");

    public Task<ClientAnswer> RunAsync(IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        Calls.Add(string.Join(' ', arguments));
        return Task.FromResult(_answers.TryGetValue(arguments[0], out var answer) ? answer : ClientAnswer.Not(ClientOutcome.NotFound));
    }
}
