using System;
using System.Linq;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;
using Xunit;

namespace Multipass.HyperV.Tests.Failures;

/// <summary>An error reads in one glance, whatever its cause.</summary>
public sealed class MessageTests
{
    public static TheoryData<string> Causes => [.. FailureCatalogue.Rows.Select(cause => cause.Name)];

    [Theory]
    [MemberData(nameof(Causes))]
    public void What_failed_and_why_comes_first_codes_last_and_no_figure_twice(string name)
    {
        var cause = FailureCatalogue.Rows.Single(row => row.Name == name);
        foreach (var facts in new[] { HostFacts.None, new HostFacts { MemoryWanted = 10240, MemoryAvailable = 6144, Processors = 64, HostProcessors = 8 } })
        {
            var instance = new MpInstance(new InstanceFacts { Name = "primary", HostName = "HV-DEMO", State = MpInstanceState.Stopped, Id = Guid.NewGuid(), ObservedAt = DateTimeOffset.UnixEpoch });
            var failure = MpOperationFailure.Of(cause, new FailureContext
            {
                Operation = MpOperation.Start, Name = "primary", HostName = "HV-DEMO", Before = instance, After = instance, Detail = "there is more to say.", Timeout = TimeSpan.FromSeconds(300), Facts = facts,
                From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.UnixEpoch.AddSeconds(5),
                Evidence = FailureEvidence.OfReturnValue(32778),
            });
            Assert.StartsWith("Start of 'primary' on HV-DEMO failed: ", failure.Message);
            Assert.True(failure.Message.IndexOf("It is Stopped now.", StringComparison.Ordinal) > 0, failure.Message);
            if (failure.Message.Contains("Hyper-V answered", StringComparison.Ordinal))
            {
                Assert.True(failure.Message.IndexOf("Hyper-V answered", StringComparison.Ordinal) > failure.Message.IndexOf("It is Stopped now.", StringComparison.Ordinal), failure.Message);
            }

            Assert.Empty(MpOperationFailure.FiguresOf(failure.Message).Intersect(MpOperationFailure.FiguresOf(failure.RecommendedAction)));
        }
    }
}
