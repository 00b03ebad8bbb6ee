using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Writes a connected host as it is now into a scenario file, from which it can be simulated.</para></summary>
/// <remarks>Reads the host, and changes nothing there.</remarks>
[Cmdlet(VerbsData.Export, "MpScenario", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMpScenarioCommand : MpCommand
{
    private readonly List<MpHost> _hosts = new();

    /// <summary><para type="description">The file to write. One that is there already is kept, unless -Force is given.</para></summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioFileCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary><para type="description">The host: a connection or its name. Without it, the one that this session is connected to.</para></summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public HostArgument[]? MpHost { get; set; }

    /// <summary><para type="description">Replaces names, paths, addresses and ids, the same by the same: for a report that others may read.</para></summary>
    [Parameter]
    public SwitchParameter Anonymous { get; set; }

    /// <summary><para type="description">Writes over a file that is there already.</para></summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary><para type="description">Writes the file.</para></summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _hosts.AddRange(ResolveHosts(MpHost).Where(host => !_hosts.Contains(host)));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_hosts.Count == 0)
        {
            return;
        }

        if (_hosts.Count > 1)
        {
            ThrowFailure(FailureCatalogue.ParametersConflict, new FailureContext
            {
                HostName = string.Join(", ", _hosts.Select(host => host.Name)),
                Detail = $"A scenario file holds one host, and there are {string.Join(", ", _hosts.Select(host => host.Name))}: say which with -MpHost.",
            });
        }

        var path = Resolve();
        var session = SessionsOf(_hosts, 32)[0];
        if (!ShouldProcess(path, $"Write {session.Host.Name} as a scenario"))
        {
            return;
        }

        try
        {
            var text = string.Empty;
            new PipelinePump().Run(
                async token => text = await ScenarioExport.ReadAsync(session, Anonymous, Deadline.In(session.Clock, LongestReading), token).ConfigureAwait(false), Stop);
            Write(path, text);
        }
        catch (CimFaultException exception)
        {
            WriteHostFault(session, exception.Fault);
        }
        catch (ScenarioException exception)
        {
            ThrowFailure(FailureCatalogue.ScenarioInvalid, new FailureContext { Name = path, HostName = session.Host.Name, Detail = $"{session.Host.Name} cannot be written: {exception.Message}" });
        }
    }

    private string Resolve()
    {
        try
        {
            var path = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path, out var provider, out _);
            if (provider.Name != "FileSystem")
            {
                throw new NotSupportedException($"'{Path}' is not a file.");
            }

            return File.Exists(path) && !Force ? throw new IOException($"'{path}' is there already; -Force writes over it.")
                : Directory.Exists(path) ? throw new IOException($"'{path}' is a folder.")
                : path;
        }
        catch (Exception exception) when (IsAboutFiles(exception))
        {
            ThrowFailure(FailureCatalogue.ScenarioNotWritable, new FailureContext { Name = Path, Detail = exception.Message });
            throw;
        }
    }

    private void Write(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
        catch (Exception exception) when (IsAboutFiles(exception))
        {
            ThrowFailure(FailureCatalogue.ScenarioNotWritable, new FailureContext { Name = path, Detail = exception.Message });
        }

        if (PassThru)
        {
            WriteObject(new FileInfo(path));
        }
    }

    private static bool IsAboutFiles(Exception exception)
        => exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or ItemNotFoundException
            or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or System.Security.SecurityException;
}
