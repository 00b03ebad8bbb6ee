using System.Threading.Tasks;
using Multipass.HyperV.Torture.Wire;
using Xunit;

namespace Multipass.HyperV.Tests.Wire;

/// <summary>Damaged messages. Far more by command: <c>dotnet run --project tests/Torture -- wire</c>.</summary>
public sealed class WireTortureTests
{
    private const int Count = 500, Seed = 20260101;

    [Fact]
    public async Task Damaged_answers_end_in_one_clear_fault_each() => Assert.Empty(await new WireTorture().AnswersAsync(Count, Seed));

    [Fact]
    public async Task Damaged_requests_get_proper_faults() => Assert.Empty(await new WireTorture().RequestsAsync(Count, Seed));
}
