using System.IO;
using System.Linq;
using Multipass.HyperV.Torture.Planted;
using Xunit;

namespace Multipass.HyperV.Tests.Worlds;

/// <summary>The rules of the worlds can fail: defects that are put into a copy of the engine are found. All of them: <c>dotnet run --project tests/Torture -- planted</c>.</summary>
public sealed class PlantedTests
{
    private const int Worlds = 1000;

    private static readonly string[] Sample = ["listing-after-failure", "refusal-is-success"];

    [Fact]
    public void Every_defect_can_be_planted()
    {
        RequireOneLoop();
        var engine = new PlantedEngine(Repository.Root);

        Assert.Empty(PlantedDefects.All.Select(engine.Problem).OfType<string>());
        Assert.True(PlantedDefects.All.Count >= 15);
        Assert.Equal(PlantedDefects.All.Count, PlantedDefects.All.Select(defect => defect.Name).Distinct().Count());
    }

    [Fact]
    public void A_planted_defect_is_caught()
    {
        RequireOneLoop();
        var engine = new PlantedEngine(Repository.Root);
        foreach (var name in Sample)
        {
            var result = engine.Try(PlantedDefects.All.Single(defect => defect.Name == name), Worlds, seed: 1);

            Assert.True(result.Caught is not null, $"{name}: {result.Problem ?? $"not caught in {result.Worlds} worlds"}");
        }
    }

    private static void RequireOneLoop()
        => Assert.SkipUnless(
            File.Exists(Repository.PathOf("src", "Multipass.HyperV.Engine", "Operations", "InstanceOperation.cs")),
            "The defects are written for operations that are one loop.");
}
