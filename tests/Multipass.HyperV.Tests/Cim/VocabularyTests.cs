using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Instances;
using Xunit;

namespace Multipass.HyperV.Tests.Cim;

/// <summary>Every documented number, written here a second time: a typing error in one place does not pass.</summary>
public sealed class VocabularyTests
{
    [Theory]
    [InlineData(0, null, MpInstanceState.Unknown)]
    [InlineData(1, null, MpInstanceState.Unknown)]
    [InlineData(1, "", MpInstanceState.Unknown)]
    [InlineData(1, "x", MpInstanceState.Unknown)]
    [InlineData(1, "Saving", MpInstanceState.Suspending)]
    [InlineData(1, "saving", MpInstanceState.Suspending)]
    [InlineData(1, "Quiescing", MpInstanceState.Suspending)]
    [InlineData(1, "Resuming", MpInstanceState.Starting)]
    [InlineData(1, "FastSaving", MpInstanceState.Suspending)]
    [InlineData(1, "FastSaved", MpInstanceState.Suspended)]
    [InlineData(1, "Hibernated", MpInstanceState.Suspended)]
    [InlineData(1, "ComponentServicing", MpInstanceState.Unknown)]
    [InlineData(2, null, MpInstanceState.Running)]
    [InlineData(2, "Saving", MpInstanceState.Running)]
    [InlineData(3, null, MpInstanceState.Stopped)]
    [InlineData(4, null, MpInstanceState.Stopping)]
    [InlineData(5, null, MpInstanceState.Unknown)]
    [InlineData(6, null, MpInstanceState.Suspended)]
    [InlineData(7, null, MpInstanceState.Unknown)]
    [InlineData(8, null, MpInstanceState.Unknown)]
    [InlineData(9, null, MpInstanceState.Paused)]
    [InlineData(10, null, MpInstanceState.Starting)]
    [InlineData(11, null, MpInstanceState.Restarting)]
    [InlineData(32768, null, MpInstanceState.Unknown)]
    [InlineData(32769, null, MpInstanceState.Unknown)]
    [InlineData(32770, null, MpInstanceState.Unknown)]
    public void EnabledState_has_the_documented_word(int enabledState, string? other, MpInstanceState expected)
        => Assert.Equal(expected, StateTable.Map((ushort)enabledState, other));

    [Fact]
    public void EnabledState_that_is_missing_is_Unknown() => Assert.Equal(MpInstanceState.Unknown, StateTable.Map(null, null));

    [Fact]
    public void Every_number_up_to_65535_has_exactly_one_word()
    {
        var known = StateTable.ByNumber.Select(row => row.EnabledState).ToList();
        Assert.Equal(known.Count, known.Distinct().Count());
        for (var number = 0; number <= ushort.MaxValue; number++)
        {
            var state = StateTable.Map((ushort)number, null);
            Assert.True(known.Contains((ushort)number) || state == MpInstanceState.Unknown, $"{number} is {state}");
        }
    }

    [Theory]
    [InlineData(5, "OK")]
    [InlineData(20, "Major Failure")]
    [InlineData(25, "Critical Failure")]
    public void HealthState_is_named(int code, string name) => Assert.Equal(name, CodeNames.HealthState[code]);

    [Theory]
    [InlineData(2, "OK")]
    [InlineData(3, "Degraded")]
    [InlineData(5, "Predictive Failure")]
    [InlineData(10, "Stopped")]
    [InlineData(11, "In Service")]
    [InlineData(15, "Dormant")]
    [InlineData(16, "Supporting Entity in Error")]
    [InlineData(32768, "Creating Snapshot")]
    [InlineData(32769, "Applying Snapshot")]
    [InlineData(32770, "Deleting Snapshot")]
    [InlineData(32771, "Waiting to Start")]
    [InlineData(32772, "Merging Disks")]
    [InlineData(32773, "Exporting Virtual Machine")]
    [InlineData(32774, "Migrating Virtual Machine")]
    [InlineData(32776, "Backing Up")]
    [InlineData(32777, "Modifying")]
    [InlineData(32778, "Storage Migration Phase One")]
    [InlineData(32779, "Storage Migration Phase Two")]
    [InlineData(32780, "Migrating Planned Virtual Machine")]
    [InlineData(32781, "Checking Compatibility")]
    [InlineData(32782, "Application Critical")]
    [InlineData(32783, "Communication Timed Out")]
    [InlineData(32784, "Communication Failed")]
    [InlineData(32795, "Critical IO Error")]
    public void OperationalStatus_is_named(int code, string name) => Assert.Equal(name, CodeNames.OperationalStatus[code]);

    [Theory]
    [InlineData(2, "New", false, false)]
    [InlineData(3, "Starting", false, false)]
    [InlineData(4, "Running", false, false)]
    [InlineData(5, "Suspended", false, false)]
    [InlineData(6, "Shutting Down", false, false)]
    [InlineData(7, "Completed", true, true)]
    [InlineData(8, "Terminated", true, false)]
    [InlineData(9, "Killed", true, false)]
    [InlineData(10, "Exception", true, false)]
    [InlineData(11, "Service", false, false)]
    [InlineData(12, "Query Pending", false, false)]
    [InlineData(32768, "Completed with Warnings", true, true)]
    [InlineData(32767, null, false, false)]
    public void JobState_is_named_and_judged(int code, string? name, bool hasEnded, bool hasSucceeded)
    {
        Assert.Equal(name, CodeNames.JobState[code]);
        Assert.Equal(hasEnded, JobState.HasEnded((ushort)code));
        Assert.Equal(hasSucceeded, JobState.HasSucceeded((ushort)code));
    }

    [Theory]
    [InlineData(0, "Completed", true)]
    [InlineData(4096, "Job Started", true)]
    [InlineData(32768, "Failed", false)]
    [InlineData(32769, "Access Denied", false)]
    [InlineData(32770, "Not Supported", false)]
    [InlineData(32771, "Status Unknown", false)]
    [InlineData(32772, "Timeout", false)]
    [InlineData(32773, "Invalid Parameter", false)]
    [InlineData(32774, "System in Use", false)]
    [InlineData(32775, "Invalid State for this Operation", false)]
    [InlineData(32776, "Incorrect Data Type", false)]
    [InlineData(32777, "System Not Available", false)]
    [InlineData(32778, "Out of Memory", false)]
    [InlineData(32779, "File Not Found", false)]
    [InlineData(32783, "Reboot Required", false)]
    [InlineData(32787, null, false)]
    [InlineData(32788, "Insufficient Resources", false)]
    [InlineData(32789, "Object Not Found", false)]
    public void ReturnValue_is_named_and_judged(int code, string? name, bool isAccepted)
    {
        Assert.Equal(name, CodeNames.ReturnValue[code]);
        Assert.Equal(isAccepted, ReturnValue.IsAccepted((uint)code));
        Assert.Equal(!isAccepted, ReturnValue.IsJobError(code));
    }

    [Fact]
    public void A_code_without_a_name_is_shown_as_a_number() => Assert.Equal("32787", CodeNames.ReturnValue.Describe(32787));
}
