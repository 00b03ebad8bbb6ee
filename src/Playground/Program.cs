using System;
using System.IO;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell;

namespace Playground;

/// <summary>PowerShell's own console, with the module of this repository loaded. All that is said here is what it is started with.</summary>
internal static class Program
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int WrongUsage = 2;

    private const string Manifest = "Multipass.HyperV.psd1";

    private const string Usage = """
        The playground is the PowerShell console with the Multipass.HyperV module loaded.

          dotnet run --project src/Playground                            the tour: a failed start on a simulated host
          dotnet run --project src/Playground -- run FILE.ps1 [ARGS...]  run a script; the exit code is the script's
          dotnet run --project src/Playground -- shell                   a prompt; 'exit' or the end of input leaves it
          dotnet run --project src/Playground -- help                    this text
        """;

    private static int Main(string[] args)
    {
        string word = args.Length == 0 ? "tour" : args[0];
        string[] rest = args.Length == 0 ? [] : args[1..];
        switch (word)
        {
            case "tour" when rest.Length == 0:
                return Start("-NonInteractive", "-File", Path.Combine(AppContext.BaseDirectory, "Show-Tour.ps1"));
            case "run" when rest.Length > 0:
                return Run(Path.GetFullPath(rest[0]), rest[1..]);
            case "shell" when rest.Length == 0:
                // Whoever pipes statements in wants their output, not prompts.
                return StandardInput.IsInteractive() ? Start() : Start("-NoLogo", "-NonInteractive", "-Command", "-");
            case "help" or "--help" or "-h" or "-?":
                Console.Out.WriteLine(Usage);
                return Success;
            case "run":
                return Refuse("'run' needs a script file." + Environment.NewLine + Environment.NewLine + Usage);
            case "tour" or "shell":
                return Refuse($"'{word}' takes no arguments." + Environment.NewLine + Environment.NewLine + Usage);
            default:
                return Refuse($"'{word}' is not a command of the playground." + Environment.NewLine + Environment.NewLine + Usage);
        }
    }

    private static int Run(string path, string[] arguments)
    {
        if (!File.Exists(path))
        {
            return Refuse($"The script file '{path}' does not exist.");
        }

        // Anything else the console would take for a program and start it.
        return path.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase)
            ? Start(["-File", path, .. arguments])
            : Refuse($"'{path}' is not a script file: its name must end with .ps1.");
    }

    private static int Start(params string[] arguments)
    {
        if (FindManifest() is not { } manifest)
        {
            Console.Error.WriteLine($"The manifest {Manifest} was not found, neither in the repository that the playground was built from nor above '{AppContext.BaseDirectory}'.");
            return Failure;
        }

        // Read by the console before anything else.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        Environment.SetEnvironmentVariable("POWERSHELL_UPDATECHECK", "Off");
        StandardInput.Prepare(isProgram: arguments is [.., "-"]);
        if (Console.IsOutputRedirected)
        {
            // Files and pipes have no use for colours.
            Environment.SetEnvironmentVariable("NO_COLOR", "1");
        }

        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([manifest]);
        if (OperatingSystem.IsWindows())
        {
            // For this process only; a fresh Windows would refuse the module's own view file.
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        return ConsoleShell.Start(state, "The module Multipass.HyperV is loaded. Begin with: Connect-MpHost -Simulated", Usage, ["-NoProfile", .. arguments]);
    }

    /// <summary>The manifest in the repository that this program was built from, or above it where that has been moved; null where there is none.</summary>
    private static string? FindManifest()
    {
        string? built = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == "RepositoryRoot")?.Value;
        if (!string.IsNullOrEmpty(built) && File.Exists(Path.Combine(built, Manifest)))
        {
            return Path.Combine(built, Manifest);
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Manifest)))
            {
                return Path.Combine(folder.FullName, Manifest);
            }
        }

        return null;
    }

    private static int Refuse(string problem)
    {
        Console.Error.WriteLine(problem);
        return WrongUsage;
    }
}
