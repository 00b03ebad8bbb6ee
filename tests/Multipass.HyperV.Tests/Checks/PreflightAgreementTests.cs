using System;
using Multipass.HyperV.Torture.Preflight;
using Xunit;

namespace Multipass.HyperV.Tests.Checks;

public sealed class PreflightAgreementTests
{
    /// <summary>More of them: <c>dotnet run --project tests/Torture -- preflight</c>.</summary>
    [Fact]
    public void What_is_found_before_a_start_is_what_it_fails_by()
    {
        const int Count = 300;
        var seed = Environment.TickCount;
        for (var number = 0; number < Count; number++)
        {
            var world = new PreflightWorld(unchecked(seed + number));
            Assert.True(world.Run() is not { } flaw, $"Seed {unchecked(seed + number)}: {new PreflightWorld(unchecked(seed + number)).Run()}\n{world.Scenario}");
        }
    }
}
