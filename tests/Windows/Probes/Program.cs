using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Windows.Probes;

// Prints a line for each probe: its name, "can" or "cannot", and what happened. With names as arguments only those are asked.
foreach (var (name, probe) in Probe.All.Where(pair => args.Length == 0 || args.Contains(pair.Key)))
{
    string answer;
    try
    {
        answer = probe() is { } reason ? "cannot\t" + reason : "can";
    }
    catch (Exception exception)
    {
        var innermost = exception.GetBaseException();
        answer = $"cannot\t{innermost.GetType().Name}: {innermost.Message.ReplaceLineEndings(" ")}";
    }

    Console.WriteLine($"{name}\t{answer}");
}
