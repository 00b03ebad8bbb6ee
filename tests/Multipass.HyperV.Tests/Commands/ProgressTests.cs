using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>What somebody sees who waits.</summary>
public sealed class ProgressTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    [Fact]
    public void Many_instances_are_one_count_and_a_few_bars()
    {
        const int Count = 200;
        Connect($$"""{ "host": { "memoryMB": 999999, "jobMilliseconds": 300 }, "instances": [ {{string.Join(", ", Enumerable.Range(1, Count).Select(index => $$"""{ "name": "i{{index}}" }"""))}} ] }""");
        var progress = Shell.Run("Start-MpInstance *").Progress;
        HashSet<int> open = [];
        var most = 0;
        foreach (var record in progress)
        {
            _ = record.Completed ? open.Remove(record.ActivityId) : open.Add(record.ActivityId);
            most = Math.Max(most, open.Count);
        }

        Assert.Empty(open);
        Assert.InRange(most, 2, 6);
        Assert.Contains(progress, record => record.Activity == $"Starting {Count} instances");

        // Fewer records than instances: what thousands of starts cost does not depend on them.
        Assert.InRange(progress.Count, 3, Count);
    }

    [Fact]
    public void A_host_that_keeps_silent_is_named_while_it_is_waited_for()
    {
        Connect("""{ "host": { "name": "HV-SLOW" }, "instances": [ { "name": "a", "faults": [ { "operation": "Query", "kind": "AnswerLate", "afterMilliseconds": 1500 } ] } ] }""");
        var result = Shell.Run("Get-MpInstance");
        Assert.Single(result.Output);
        Assert.Contains(result.Progress, record => record.Status == "reading HV-SLOW");
        Assert.True(result.Progress[^1].Completed);
    }
}
