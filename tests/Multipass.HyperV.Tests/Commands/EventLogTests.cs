using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Shell;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>Reading the event log through <c>Get-WinEvent</c>; a function stands in for it, as there is no event log on every machine.</summary>
public sealed class EventLogTests
{
    private static readonly Guid Machine = Guid.Parse("8286DFCE-CBB8-42D5-A582-DDD62C8ABBE9");

    private static readonly DateTimeOffset From = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task Events_of_the_virtual_machine_are_read_and_others_are_not()
    {
        var events = await EventsAsync($$"""
            function Get-WinEvent {
                param([hashtable] $FilterHashtable, [long] $MaxEvents)
                foreach ($xml in @('{{Xml(19544, Machine, "0x8007000E")}}', '{{Xml(19544, Guid.Empty, "0x80070002")}}', 'no xml', '{{Xml(3122, Machine, "foo")}}')) {
                    [Multipass.HyperV.Tests.Commands.LoggedRecord]::new($xml)
                }
            }
            """);
        Assert.Equal(new[] { 3122, 19544 }, events.Select(logged => logged.Id));
        Assert.All(events, logged => Assert.Equal(HostEvent.ManagementChannel, logged.Channel));
        Assert.Equal(new[] { unchecked((int)0x8007000E) }, events[1].HResults);
    }

    [Fact]
    public async Task It_asks_for_both_channels_and_the_time_of_the_operation()
    {
        Assert.Empty(await EventsAsync("""
            function Get-WinEvent {
                param([hashtable] $FilterHashtable, [long] $MaxEvents)
                [Multipass.HyperV.Tests.Commands.LoggedRecord]::Filter = $FilterHashtable
                [Multipass.HyperV.Tests.Commands.LoggedRecord]::MaxEvents = $MaxEvents
            }
            """));
        var filter = LoggedRecord.Filter!;
        Assert.Equal(new[] { "Microsoft-Windows-Hyper-V-VMMS-Admin", "Microsoft-Windows-Hyper-V-Worker-Admin" }, filter["LogName"]);
        Assert.Equal(From.UtcDateTime.AddSeconds(-1), Assert.IsType<DateTime>(filter["StartTime"]).ToUniversalTime());
        Assert.Equal(From.UtcDateTime.AddSeconds(61), Assert.IsType<DateTime>(filter["EndTime"]).ToUniversalTime());
        Assert.InRange(LoggedRecord.MaxEvents, 1, 1000);
    }

    [Theory]
    [InlineData("function Get-WinEvent { [CmdletBinding()] param($FilterHashtable, $MaxEvents) Write-Error 'No events were found.' }")]
    [InlineData("function Get-WinEvent { [CmdletBinding()] param($FilterHashtable, $MaxEvents) [pscustomobject]@{ Id = 1 } }")]
    [InlineData("function Get-WinEvent { [CmdletBinding()] param($FilterHashtable, $MaxEvents) }")]
    [InlineData("function Get-WinEvent { [CmdletBinding()] param($FilterHashtable, $MaxEvents) throw [System.UnauthorizedAccessException]::new('Attempted to perform an unauthorized operation.') }")]
    [InlineData("function Get-WinEvent { [CmdletBinding()] param($FilterHashtable, $MaxEvents) throw [System.ComponentModel.Win32Exception]::new(1722) }")]
    [InlineData("function Get-WinEvent { [CmdletBinding()] param($FilterHashtable, $MaxEvents) $PSCmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new([System.Exception]::new('x'), 'x', 0, $null)) }")]
    [InlineData("function Get-WinEvent { [CmdletBinding()] param([int] $FilterHashtable, $MaxEvents) }")]
    [InlineData("Set-Alias Get-WinEvent No-SuchCommand")]
    public async Task Nothing_to_read_is_no_error(string function) => Assert.Empty(await EventsAsync(function));

    [Fact]
    public async Task What_came_before_an_exception_counts()
        => Assert.Equal(19544, Assert.Single(await EventsAsync($$"""
            function Get-WinEvent {
                param([hashtable] $FilterHashtable, [long] $MaxEvents)
                [Multipass.HyperV.Tests.Commands.LoggedRecord]::new('{{Xml(19544, Machine, "0x8007000E")}}')
                throw [System.ComponentModel.Win32Exception]::new(15011)
            }
            """)).Id);

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(1000)]
    public async Task A_log_that_does_not_answer_is_let_go(int milliseconds)
    {
        using var cancel = new CancellationTokenSource();
        var reading = ReadAsync("function Get-WinEvent { [CmdletBinding()] param($FilterHashtable, $MaxEvents) while ($true) { } }", cancel.Token);
        var watch = Stopwatch.StartNew();
        cancel.CancelAfter(milliseconds);
        await Assert.ThrowsAnyAsync<Exception>(() => reading);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(40), watch.Elapsed.ToString());
    }

    private static Task<IReadOnlyList<HostEvent>> EventsAsync(string function) => ReadAsync(function, TestContext.Current.CancellationToken);

    private static Task<IReadOnlyList<HostEvent>> ReadAsync(string function, CancellationToken cancellationToken)
        => new WindowsEventLog(() =>
        {
            var engine = PowerShell.Create(InitialSessionState.CreateDefault2());
            engine.AddScript(function).Invoke();
            engine.Commands.Clear();
            return engine;
        }).ReadAsync(Machine, "foo", From, From.AddMinutes(1), cancellationToken);

    private static string Xml(int id, Guid machine, string result)
        => $"<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System><EventID>{id}</EventID><Channel>{HostEvent.ManagementChannel}</Channel></System>"
            + $"<UserData><VmlEventLog><VmName>foo</VmName><VmId>{machine.ToString("D").ToUpperInvariant()}</VmId><Result>{result}</Result></VmlEventLog></UserData></Event>";
}

/// <summary>As much of a record of the event log as is asked of it.</summary>
public sealed class LoggedRecord(string xml)
{
    /// <summary>What was last asked for.</summary>
    public static Hashtable? Filter { get; set; }

    public static long MaxEvents { get; set; }

    public string ToXml() => xml;
}
