using System;
using System.Linq;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

public sealed class StopMpInstanceTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    private const string Suspended = """{ "host": { "jobMilliseconds": 20 }, "instances": [ { "name": "foo", "state": "Suspended" } ] }""";

    [Fact]
    public void A_running_instance_shuts_down()
    {
        Connect(Story);
        Assert.Equal(MpInstanceState.Stopped, Only<MpInstance>(Shell.Run("Stop-MpInstance bar -PassThru")).State);
    }

    [Fact]
    public void A_guest_that_does_not_answer_is_one_error_and_Force_ends_it()
    {
        Connect("""{ "host": { "jobMilliseconds": 20 }, "instances": [ { "name": "foo", "state": "Running", "guest": { "shutdown": "Ignores" } } ] }""");
        HasId("StopTimedOut", "StopMpInstance", Assert.Single(Shell.Run("Stop-MpInstance foo -Timeout 1").Errors));
        Assert.Empty(Shell.Run("Stop-MpInstance foo -Timeout 1 -Force").Errors);
        Assert.Equal("Stopped", StateOf("foo"));
    }

    [Fact]
    public void One_that_hangs_in_Starting_is_powered_off()
    {
        Connect("""{ "host": { "jobMilliseconds": 20, "powerOffWhileStarting": "Accepted" }, "instances": [ { "name": "foo", "state": "Starting" } ] }""");
        Assert.Empty(Shell.Run("Stop-MpInstance foo -TurnOff").Errors);
        Assert.Equal("Stopped", StateOf("foo"));
    }

    [Fact]
    public void A_saved_state_is_kept_unless_it_is_said_and_confirmed()
    {
        Connect(Suspended);
        HasId("InvalidState", "StopMpInstance", Assert.Single(Shell.Run("Stop-MpInstance foo").Errors));
        HasId("InvalidState", "StopMpInstance", Assert.Single(Shell.Run("Stop-MpInstance foo -TurnOff -Force").Errors));
        Assert.Equal(0, Changes());
        Assert.Single(Shell.Run("Stop-MpInstance foo -DiscardSavedState").Choices);
        Assert.Empty(Shell.Run("Stop-MpInstance foo -DiscardSavedState -WhatIf").Choices);
        Assert.Empty(Shell.Run("Stop-MpInstance foo -DiscardSavedState -Confirm:$false").Choices);
        Assert.Equal("Stopped", StateOf("foo"));
    }

    [Fact]
    public void Under_a_lower_preference_nothing_is_asked()
    {
        Connect(Suspended);
        Assert.Empty(Shell.Run("$ConfirmPreference = 'None'; Stop-MpInstance foo -DiscardSavedState").Choices);
        Assert.Equal("Stopped", StateOf("foo"));
    }
}
