using System.Collections.Generic;
using System.Text;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>How well it is known that a real host behaves so.</summary>
internal enum Basis
{
    /// <summary>A real host was seen to.</summary>
    Recorded,

    /// <summary>Its maker, a specification, or the source of a client that ships says so.</summary>
    Documented,

    /// <summary>Nothing says so; it had to be something.</summary>
    Assumed,
}

/// <summary>What the simulated host does, and why it is believed that Hyper-V does.</summary>
/// <param name="What">What it does.</param>
/// <param name="Basis">How well that is known.</param>
/// <param name="Source">From where.</param>
/// <param name="Test">The test that holds the simulated host to it, as Class.Method.</param>
internal sealed record Behaviour(string What, Basis Basis, string Source, string Test)
{
    private const string Wsman2026 = "Windows 11 over WinRM, 2026 (r4sd/go-wsman)";
    private const string Nova2012 = "Windows Server 2012 (OpenStack Nova's recorded sessions)";
    private const string Rows = "RecordedRowsTests.A_row_is_as_it_was_recorded";

    public static readonly IReadOnlyList<Behaviour> All = new Behaviour[]
    {
        new("`Description` is 'Microsoft Virtual Machine', on a Japanese host too; a Chinese host translates it", Basis.Recorded, Wsman2026 + "; notes of 2021", Rows),
        new("German and Polish hosts do not translate it", Basis.Assumed, "as the Japanese one", Rows),
        new("`RequestedState` is 5 at rest, 12 on the host's own row", Basis.Recorded, Wsman2026, Rows),
        new("`TimeOfLastStateChange` of a machine that never changed is 1601; replication values are 0 and 1601", Basis.Recorded, Wsman2026, Rows),
        new("A Stopped instance of a scenario counts as one that never changed, until it does", Basis.Assumed, "a scenario has no past", Rows),
        new("`EnabledDefault` is 3 before the first start, 2 later; `EnhancedSessionModeState` 3 when off, 6 when running", Basis.Recorded, Wsman2026, Rows),
        new("`ProcessID`, `MemoryUsage` and `ProcessorLoad` are null when off or saved, `UpTime` and `OnTimeInMilliseconds` 0", Basis.Recorded, Wsman2026 + "; " + Nova2012, Rows),
        new("A job shows Running from the first look on; its error code is 0 and its texts are empty while nothing is wrong", Basis.Recorded, Nova2012 + "; " + Wsman2026, Rows),
        new("A completed job has the status {17, 2}", Basis.Recorded, Wsman2026, Rows),
        new("A failed job has the status {17, 6}", Basis.Assumed, "CIM's job control profile (DSP1103)", "TimelineTests.A_start_that_fails_falls_back_a_little_after_its_job"),
        new("Moments of jobs are whole seconds, all others have microseconds", Basis.Recorded, Wsman2026, "RecordedRowsTests.Moments_have_as_many_places_as_were_recorded"),
        new("Names of jobs by kind; with `jobDurations` Recorded their durations too", Basis.Recorded, Nova2012, "RecordedRowsTests.A_job_is_called_and_takes_as_long_as_was_recorded"),
        new("What requests return in which state; the first version's numbers are refused with 32775", Basis.Recorded, Nova2012 + "; " + Wsman2026, "RecordedRowsTests.A_request_is_answered_as_was_recorded"),
        new("The machine shows its target's state in the first look after a job that completed", Basis.Recorded, Nova2012 + ", 134 jobs", "TimelineTests.A_start_that_succeeds"),
        new("After a job that failed the state follows 50 ms later", Basis.Assumed, "never seen; a client must survive it", "TimelineTests.A_start_that_fails_falls_back_a_little_after_its_job"),
        new("A Starting machine shows EnabledState 10 and OperationalStatus 11", Basis.Assumed, "Msvm_ComputerSystem class page, read so", "TimelineTests.A_start_that_succeeds"),
        new("Ended jobs of anybody can be read for five minutes, with what they affect", Basis.Recorded, Wsman2026 + "; Msvm_ConcreteJob class page", "RecordedRowsTests.An_ended_job_can_be_read_for_five_minutes"),
        new("An account without rights gets no rows and no error", Basis.Recorded, "Windows 11 24H2 (containers/libhvee #224)", "RecordedRowsTests.An_account_without_rights_gets_no_rows"),
        new("A silent guest has its row of addresses, with ProtocolIFType 0", Basis.Recorded, "GNS3; r4sd/go-wsman", Rows),
        new("Enumerating settings gives `Microsoft:Definition` rows too", Basis.Recorded, Nova2012 + "; " + Wsman2026, "ReferencesTests.A_plain_enumeration_of_settings_also_gives_what_there_may_be"),
        new("The figures in those rows", Basis.Assumed, "class pages and published limits", "ForeignClientTests.The_host_tells_its_processors_and_its_limits"),
        new("Ids of pools, of memory and of processors; devices are there only while the machine is on", Basis.Recorded, "dumps of associations of a Windows Server, public", "ReferencesTests.Devices_are_there_while_a_machine_is_on_and_settings_always"),
        new("Drives, disks and controllers name each other as Parent", Basis.Documented, "class pages; libvirt follows them", "ReferencesTests.A_disk_stands_in_its_drive_and_the_drive_on_its_controller"),
        new("GetSummaryInformation without settings sums up all machines; of one that is not there the name is empty", Basis.Documented, "GetSummaryInformation method page", "ForeignClientTests.A_machine_that_is_not_there_has_a_summary_without_a_name"),
        new("Rows as WinRM writes them: alphabetical, null arrays left out, references without `__cimnamespace`", Basis.Recorded, Wsman2026, "ForeignClientTests.A_row_is_written_as_WinRM_writes_it"),
        new("A missing namespace or class is 2150858778 in `MSFT_WmiError`, a child of `s:Detail`", Basis.Recorded, "virt-who's tests", "ForeignClientTests.A_missing_namespace_has_its_number_in_the_error_of_WMI"),
        new("`WSManFault` stands beside `MSFT_WmiError`; WinRM sends either", Basis.Assumed, "clients look for one or the other", "ForeignClientTests.A_fault_says_the_same_in_the_forms_that_clients_know"),
        new("`Name != __SERVER`: two properties can be compared", Basis.Documented, "libvirt sends it with every query", "ForeignClientTests.Two_properties_can_be_compared"),
        new("LIKE takes a single backslash for itself", Basis.Assumed, "GNS3 sends it so", "ForeignClientTests.A_backslash_need_not_be_doubled"),
        new("NTLM version 2 with whatever flags are offered", Basis.Documented, "MS-NLMP, with its examples", "NtlmFlagsTests.Every_offer_leads_to_a_log_on_and_to_sealed_messages"),
        new("Memory is taken when a start is submitted", Basis.Assumed, "needed for determinism", "MemoryTests.A_start_takes_it_when_it_is_submitted_and_a_stop_gives_it_back"),
    };

    /// <summary>The table of the page.</summary>
    public static string Table()
    {
        var table = new StringBuilder("| the simulated host | is | from |\n|---|---|---|\n");
        foreach (var row in All)
        {
            table.Append("| ").Append(row.What).Append(". | ").Append(row.Basis.ToString().ToLowerInvariant()).Append(" | ").Append(row.Source).Append(" |\n");
        }

        return table.ToString();
    }
}
