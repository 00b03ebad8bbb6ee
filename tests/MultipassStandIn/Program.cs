using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using Multipass.HyperV.StandIn;

// A stand-in for Multipass's client: `list`, `info` and `version` with `--format json`, `get local.driver`, `stop --force NAME`. It answers as the real one, slowly, wrongly or not at all, as its control file tells.
const int Success = 0, CommandLineError = 1, CommandFail = 2;

// What a stand-in starts: it does nothing, with the output of whoever started it.
if (args is ["linger"])
{
    Thread.Sleep(TimeSpan.FromMinutes(5));
    return Success;
}

var control = Control.Read();
File.AppendAllLines("calls.txt", [string.Join(' ', args)]);
Thread.Sleep(control.Milliseconds);
var command = args.Length == 0 ? string.Empty : args[0];
switch (control.Commands.Count == 0 || control.Commands.Contains(command) ? control.Behaviour : Behaviour.Answers)
{
    case Behaviour.Answers:
        return Answer(Print);

    case Behaviour.Hangs:
        Thread.Sleep(Timeout.Infinite);
        return Success;

    case Behaviour.Garbage:
        Print("\u001b[2K\rWaiting for multipassd...\n{ \"list\": [ { \"name\": \"foo\" ");
        return Success;

    case Behaviour.CutOff:
        return Answer(text => Print(text[..(text.Length / 2)]));

    case Behaviour.Utf16:
        return Answer(text => Write([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)]));

    case Behaviour.Asks:
        Print("Multipass needs your passphrase: ");
        return Console.In.ReadLine() is null ? CommandFail : Answer(Print);

    case Behaviour.Floods:
        while (true)
        {
            Print(new string('x', 64 * 1024));
        }

    case Behaviour.FloodsErrors:
        while (true)
        {
            Console.Error.Write(new string('x', 64 * 1024));
        }

    case Behaviour.Fails:
        Console.Error.WriteLine($"{command} failed: cannot connect to the multipass socket");
        return CommandFail;

    case Behaviour.Forks:
        Linger().WaitForExit();
        return Success;

    default:
        Linger();
        return Answer(Print);
}

int Answer(Action<string> print)
{
    switch (command)
    {
        case "list" when IsJson():
            print(JsonSerializer.Serialize(new { list = control.Instances.Select(instance => new { ipv4 = Array.Empty<string>(), name = instance.Key, release = "Ubuntu 24.04 LTS", state = instance.Value }) }));
            return Success;

        case "info" when IsJson():
            print(JsonSerializer.Serialize(new { errors = Array.Empty<string>(), info = control.Instances.ToDictionary(instance => instance.Key, instance => new { state = instance.Value, cpu_count = "1" }) }));
            return Success;

        case "get" when args is [_, "local.driver"]:
            print("hyperv\n");
            return Success;

        case "version" when IsJson():
            print("{ \"multipass\": \"1.16.3+win\", \"multipassd\": \"1.16.3+win\" }");
            return Success;

        case "stop" when args.Length == 3 && args[1] == "--force":
            if (!control.Instances.ContainsKey(args[2]))
            {
                Console.Error.WriteLine($"instance \"{args[2]}\" does not exist");
                return CommandFail;
            }

            control.Instances[args[2]] = "Stopped";
            control.Write();
            return Success;

        default:
            Console.Error.WriteLine("Unknown command or option");
            return CommandLineError;
    }
}

bool IsJson() => args.Length >= 3 && args[1] == "--format" && args[2] == "json" && (args.Length == 3 || args is [_, _, _, "--no-ipv4" or "--no-runtime-information"]);

static void Print(string text) => Write(Encoding.UTF8.GetBytes(text));

static void Write(byte[] bytes)
{
    using var output = Console.OpenStandardOutput();
    output.Write(bytes);
    output.Flush();
}

static Process Linger()
{
    var started = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, "linger") { UseShellExecute = false })!;

    // At once, and whole: the one that was started may not come to it, and whoever reads it may do so in this moment.
    File.WriteAllText("linger.new", started.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
    File.Move("linger.new", "linger.pid", overwrite: true);
    return started;
}
