using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Xunit;

namespace Multipass.HyperV.Tests.Failures;

/// <summary>A server that speaks WS-Management, and is no Windows.</summary>
public sealed class ForeignHostTests
{
    [Theory]
    [InlineData(CimStatus.InvalidNamespace)]
    [InlineData(CimStatus.InvalidClass)]
    public void A_server_that_is_no_Windows_is_not_told_to_enable_a_feature_of_Windows(CimStatus status)
    {
        var evidence = FailureEvidence.OfFault(new CimFault(status, 0, "There is no such thing."));
        var cause = FailureCatalogue.Judge(evidence, HostFacts.None);
        Assert.Equal("HyperVNotInstalled", cause.Name);
        var failure = MpOperationFailure.Of(cause, new FailureContext { HostName = "penguin", Evidence = evidence, Facts = new HostFacts { IsWindows = false }, Stage = MpFailureStage.Refused });
        Assert.Contains("no Windows", failure.Message);
        Assert.DoesNotContain("Enable-WindowsOptionalFeature", failure.RecommendedAction);
    }
}
