using System;
using System.IO;
using System.Management.Automation;

namespace Playground;

internal static class Program
{
    private const string Usage = """
        The playground hosts the PowerShell engine with the Multipass.HyperV module loaded.

          dotnet run --project src/Playground                            the tour: a failed start on a simulated host
          dotnet run --project src/Playground -- run FILE.ps1 [ARGS...]  run a script; the exit code is the script's
          dotnet run --project src/Playground -- shell                   a prompt; 'exit' leaves it
          dotnet run --project src/Playground -- picture FILE.svg        draw the failing start of the README from real output
          dotnet run --project src/Playground -- help                    this text
        """;

    private static int Main(string[] args)
    {
        string word = args.Length == 0 ? "tour" : args[0];
        string[] rest = args.Length == 0 ? [] : args[1..];

        switch (word)
        {
            case "tour" when rest.Length == 0:
                return WithSession(errorsToOutput: true, session => new Tour(session).Run());
            case "run" when rest.Length > 0:
                return RunScript(rest[0], rest[1..]);
            case "shell" when rest.Length == 0:
                return WithSession(errorsToOutput: false, session => new Shell(session).Run());
            case "help" or "--help" or "-h" or "-?":
                Console.Out.WriteLine(Usage);
                return ExitCodes.Success;
            case "picture" when rest.Length == 1:
                return DrawPicture(rest[0]);
            case "picture":
                return WrongUsage("'picture' needs the name of the file to write.");
            case "run":
                return WrongUsage("'run' needs a script file.");
            case "tour" or "shell":
                return WrongUsage($"'{word}' takes no arguments.");
            default:
                return WrongUsage($"'{word}' is not a command of the playground.");
        }
    }

    private static int RunScript(string file, string[] arguments)
    {
        string path = Path.GetFullPath(file);
        if (!File.Exists(path))
        {
            return Refuse($"The script file '{path}' does not exist.");
        }

        // Anything else the engine would take for a program and start it.
        if (!path.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase))
        {
            return Refuse($"'{path}' is not a script file: its name must end with .ps1.");
        }

        return WithSession(errorsToOutput: false, session => session.RunFile(path, arguments) switch
        {
            _ when session.ExitCode is int code => code,
            RunOutcome.Completed => ExitCodes.Success,
            RunOutcome.Stopped => ExitCodes.Interrupted,
            _ => ExitCodes.Failure,
        });
    }

    private static int DrawPicture(string file)
    {
        try
        {
            return Picture.Draw(Path.GetFullPath(file));
        }
        catch (Exception exception) when (exception is PlaygroundException or RuntimeException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCodes.Failure;
        }
    }

    private static int WithSession(bool errorsToOutput, Func<HostedSession, int> run)
    {
        try
        {
            using HostedSession session = HostedSession.Open(errorsToOutput);
            return run(session);
        }
        catch (Exception exception) when (exception is PlaygroundException or RuntimeException)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCodes.Failure;
        }
    }

    private static int WrongUsage(string problem)
    {
        Console.Error.WriteLine(problem);
        Console.Error.WriteLine();
        Console.Error.WriteLine(Usage);
        return ExitCodes.WrongUsage;
    }

    private static int Refuse(string problem)
    {
        Console.Error.WriteLine(problem);
        return ExitCodes.WrongUsage;
    }
}
