using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.Provider;
using Xunit;

namespace Multipass.HyperV.Contracts;

/// <summary>What <see cref="ICimConnection"/> promises, on every transport: the same questions get the same answers as in process.</summary>
public abstract class ConnectionContract : ContractBase
{
    private const string Standard = """
        {
          "host": { "name": "HV-CONTRACT", "memoryMB": 16384, "reserveMB": 2048, "jobMilliseconds": 300, "culture": "de-DE" },
          "instances": [
            { "name": "foo", "state": "Stopped", "memoryMB": 10240, "processors": 2 },
            { "name": "bar", "state": "Running", "memoryMB": 2048, "guest": { "ipv4": "172.20.48.6" } },
            { "name": "hung", "state": "Starting", "memoryMB": 1024 },
            { "name": "saving", "state": "Suspending", "memoryMB": 1024 },
            { "name": "saved", "state": "Suspended", "devices": [ { "type": "GpuPartition" }, { "type": "PciExpress" } ] },
            { "name": "it's", "state": "Stopped" },
            { "name": "50% [a_b]", "state": "Stopped" },
            { "name": "50x xaxbx", "state": "Stopped" },
            { "name": "back\\slash \"quoted\" <&> ümläut 漢字 🐧", "state": "Stopped" }
          ]
        }
        """;

    private static readonly string[] NameAndElement = { "Name", "ElementName" };

    private readonly ContractLoop _loop = new();

    /// <summary>All classes that a simulated host serves, but for those that have methods only.</summary>
    public static TheoryData<string, string> Classes
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var declaration in ClassDeclarations.All.Where(candidate => candidate.Properties.Count > 0))
            {
                data.Add(declaration.Namespace, declaration.Name);
            }

            return data;
        }
    }

    [Fact]
    public async Task The_host_says_its_own_name()
    {
        using var under = await OpenAsync();
        Assert.Equal("HV-CONTRACT", under.Connection.Host.Name);
    }

    [Theory]
    [MemberData(nameof(Classes))]
    public async Task Every_property_of_every_class_arrives_as_the_host_has_it(string cimNamespace, string className)
    {
        using var under = await OpenAsync();
        await under.FailOneJobAsync("foo");
        var declaration = ClassDeclarations.All.Single(candidate => candidate.Namespace == cimNamespace && candidate.Name == className);
        var query = new CimQuery(cimNamespace, className, declaration.Properties.Select(property => property.Name).ToArray());
        var expected = await under.InProcess.QueryAsync(query, CancellationToken.None);
        Assert.NotEmpty(expected);
        Same(expected, await under.Connection.QueryAsync(query, CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Classes))]
    public async Task An_instance_that_is_got_by_its_keys_is_whole(string cimNamespace, string className)
    {
        using var under = await OpenAsync();
        await under.FailOneJobAsync("foo");
        var declaration = ClassDeclarations.All.Single(candidate => candidate.Namespace == cimNamespace && candidate.Name == className);
        var keys = declaration.Keys.Select(key => key.Name).ToArray();
        if (declaration.Keys.Any(key => key.Type == CimType.Reference))
        {
            return;
        }

        var row = (await under.InProcess.QueryAsync(new CimQuery(cimNamespace, className, keys), CancellationToken.None))[^1];
        var path = new CimPath(cimNamespace, className, keys.Select(key => new KeyValuePair<string, object>(key, row[key]!)).ToArray());
        Same(await under.InProcess.GetAsync(path, CancellationToken.None), await under.Connection.GetAsync(path, CancellationToken.None), requiresNulls: false);
    }

    [Fact]
    public async Task A_query_returns_what_was_asked_for_and_no_more()
    {
        using var under = await OpenAsync();
        var rows = await under.Connection.QueryAsync(new CimQuery(CimNames.Virtualization, CimNames.ComputerSystem, new[] { "elementname", "EnabledState" }), CancellationToken.None);
        Assert.Equal(10, rows.Count);
        Assert.All(rows, row =>
        {
            Assert.Equal(CimNames.ComputerSystem, row.ClassName);
            Assert.NotNull(row.Text("ElementName"));
            Assert.NotNull(row.UInt16("EnabledState"));
            Assert.Null(row["Name"]);
            Assert.Null(row["NoSuchProperty"]);
        });
    }

    [Theory]
    [InlineData("foo", "foo")]
    [InlineData("FOO", "foo")]
    [InlineData("it's", "it's")]
    [InlineData("50% [a_b]", "50% [a_b]")]
    [InlineData("50_ ?a_b?", null)]
    [InlineData("back\\slash \"quoted\" <&> ümläut 漢字 🐧", "back\\slash \"quoted\" <&> ümläut 漢字 🐧")]
    [InlineData("foo' OR ElementName <> '", null)]
    [InlineData("%", null)]
    [InlineData("", null)]
    public async Task A_text_is_compared_as_it_is_but_for_its_case(string asked, string? found)
        => Assert.Equal(found is null ? Array.Empty<string>() : new[] { found }, await NamesAsync(CimCondition.Equal("ElementName", asked)));

    [Theory]
    [InlineData("50%", "50% [a_b]")]
    [InlineData("50% [a_", "50% [a_b]")]
    [InlineData("50% [", "50% [a_b]")]
    [InlineData("50_", null)]
    [InlineData("[5]", null)]
    [InlineData("it'", "it's")]
    [InlineData("back\\s", "back\\slash \"quoted\" <&> ümläut 漢字 🐧")]
    [InlineData("BACK\\SLASH \"Q", "back\\slash \"quoted\" <&> ümläut 漢字 🐧")]
    [InlineData("%", null)]
    public async Task A_beginning_is_compared_as_it_is_but_for_its_case(string asked, string? found)
        => Assert.Equal(found is null ? Array.Empty<string>() : new[] { found }, await NamesAsync(CimCondition.StartsWith("ElementName", asked)));

    [Fact]
    public async Task Numbers_truth_values_and_alternatives_are_compared()
    {
        Assert.Equal(new[] { "foo" }, await NamesAsync(CimCondition.AnyOf(CimCondition.Equal("ElementName", "foo"), CimCondition.Equal("ElementName", "nobody"))));
        Assert.Equal(new[] { "hung", "saving" }, await NamesAsync(CimCondition.EqualsAny("EnabledState", new object[] { (ushort)10, (ushort)1 })!));
        Assert.Equal(new[] { "bar", "hung", "saving" }, (await NamesAsync(CimCondition.AnyOf(
            CimCondition.Equal("EnabledState", EnabledState.Enabled), CimCondition.StartsWith("ElementName", "hun"), CimCondition.Equal("OtherEnabledState", "Saving")))).Where(name => name != "HV-CONTRACT"));
        using var under = await OpenAsync();
        var id = await under.FailOneJobAsync("foo");
        foreach (var flag in new[] { true, false })
        {
            var query = new CimQuery(CimNames.Virtualization, CimNames.ConcreteJob, new[] { "InstanceID" }, CimCondition.Equal("Cancellable", flag));
            var ids = (await under.Connection.QueryAsync(query, CancellationToken.None)).Select(row => row.Text("InstanceID"));
            Assert.Equal(flag, ids.Contains(id));
        }
    }

    [Fact]
    public async Task Paths_of_files_are_found()
    {
        using var under = await OpenAsync();
        var disks = await under.InProcess.QueryAsync(new CimQuery(CimNames.Cimv2, CimNames.DataFile, new[] { "Name" }), CancellationToken.None);
        Assert.NotEmpty(disks);
        foreach (var disk in disks.Take(4))
        {
            var query = new CimQuery(CimNames.Cimv2, CimNames.DataFile, new[] { "Name", "FileSize" }, CimCondition.Equal("Name", disk.Text("Name")!));
            Assert.Equal(disk.Text("Name"), Assert.Single(await under.Connection.QueryAsync(query, CancellationToken.None)).Text("Name"));
        }
    }

    [Fact]
    public async Task A_job_is_a_reference_that_can_be_followed()
    {
        using var under = await OpenAsync();
        var result = await under.RequestAsync("foo", EnabledState.Enabled);
        Assert.Equal(ReturnValue.JobStarted, result.ReturnValue);
        var job = Assert.IsType<CimPath>(result.Out["Job"]);
        Assert.Equal(CimNames.ConcreteJob, job.ClassName);
        Assert.Equal(CimNames.Virtualization, job.Namespace, ignoreCase: true);
        var record = await under.Connection.GetAsync(job, CancellationToken.None);
        Assert.Equal(job.Key("InstanceID"), record.Text("InstanceID"));
        Assert.False(JobState.HasEnded(record.UInt16("JobState")));
    }

    [Fact]
    public async Task A_failed_job_tells_its_errors()
    {
        using var under = await OpenAsync();
        var id = await under.FailOneJobAsync("foo");
        var path = new CimPath(CimNames.Virtualization, CimNames.ConcreteJob, new KeyValuePair<string, object>("InstanceID", id));
        var expected = await under.InProcess.InvokeAsync(path, CimNames.GetErrorEx, new Dictionary<string, object?>(), CancellationToken.None);
        var result = await under.Connection.InvokeAsync(path, CimNames.GetErrorEx, new Dictionary<string, object?>(), CancellationToken.None);
        Assert.Equal(0u, result.ReturnValue);
        Assert.NotEmpty(result.Out.Texts("Errors"));
        Same(expected.Out, result.Out, requiresNulls: false);
    }

    [Fact]
    public async Task Out_parameters_that_are_null_are_null()
    {
        using var under = await OpenAsync();
        var job = (await under.RequestAsync("foo", EnabledState.Enabled)).Out.Reference("Job")!;
        Assert.Null((await under.Connection.InvokeAsync(job, CimNames.GetErrorEx, new Dictionary<string, object?>(), CancellationToken.None)).Out["Errors"]);
        var refused = await under.RequestAsync("it's", EnabledState.Quiesce);
        Assert.Equal(ReturnValue.InvalidState, refused.ReturnValue);
        Assert.Null(refused.Out["Job"]);
    }

    [Fact]
    public async Task A_null_parameter_is_as_good_as_none()
    {
        using var under = await OpenAsync();
        var parameters = new Dictionary<string, object?> { ["RequestedState"] = EnabledState.Enabled, ["TimeoutPeriod"] = null };
        Assert.Equal(ReturnValue.JobStarted, (await under.Connection.InvokeAsync(await under.PathOfAsync("foo"), CimNames.RequestStateChange, parameters, CancellationToken.None)).ReturnValue);
    }

    [Fact]
    public async Task Texts_truth_values_and_intervals_go_in()
    {
        using var under = await OpenAsync();
        var component = (await under.InProcess.QueryAsync(
            new CimQuery(CimNames.Virtualization, CimNames.ShutdownComponent, new[] { "SystemCreationClassName", "SystemName", "CreationClassName", "DeviceID" }, CimCondition.Equal("SystemName", await under.KeyOfAsync("bar"))),
            CancellationToken.None)).Single();
        var path = new CimPath(
            CimNames.Virtualization, CimNames.ShutdownComponent, component.PropertyNames.Select(name => new KeyValuePair<string, object>(name, component[name]!)).ToArray());
        var parameters = new Dictionary<string, object?> { ["Force"] = true, ["Reason"] = "a \"test\" & <more>\r\nlines" };
        Assert.Equal(0u, (await under.Connection.InvokeAsync(path, "InitiateShutdown", parameters, CancellationToken.None)).ReturnValue);
        var timed = new Dictionary<string, object?> { ["RequestedState"] = EnabledState.Enabled, ["TimeoutPeriod"] = TimeSpan.FromSeconds(90) };
        Assert.Equal(ReturnValue.JobStarted, (await under.Connection.InvokeAsync(await under.PathOfAsync("foo"), CimNames.RequestStateChange, timed, CancellationToken.None)).ReturnValue);
    }

    [Fact]
    public async Task What_does_not_exist_is_refused_with_status_and_HRESULT()
    {
        using var under = await OpenAsync();
        var connection = under.Connection;
        var foo = await under.PathOfAsync("foo");
        var nobody = MachinePath(Guid.NewGuid().ToString("D").ToUpperInvariant());
        var nothing = new Dictionary<string, object?>();
        Task Query(string cimNamespace, string className, string property, CimCondition? where = null)
            => connection.QueryAsync(new CimQuery(cimNamespace, className, new[] { property }, where), CancellationToken.None);

        await RefusedAsync(CimStatus.InvalidNamespace, WbemError.InvalidNamespace, () => Query("root/nowhere", CimNames.ComputerSystem, "Name"));
        await RefusedAsync(CimStatus.InvalidClass, WbemError.InvalidClass, () => Query(CimNames.Virtualization, "Msvm_NoSuchThing", "Name"));
        await RefusedAsync(CimStatus.InvalidQuery, WbemError.InvalidQuery, () => Query(CimNames.Virtualization, CimNames.ComputerSystem, "NoSuchProperty"));
        await RefusedAsync(CimStatus.InvalidQuery, WbemError.InvalidQuery, () => Query(CimNames.Virtualization, CimNames.ComputerSystem, "Name", CimCondition.Equal("NoSuchProperty", "x")));
        await RefusedAsync(CimStatus.NotFound, WbemError.NotFound, () => connection.GetAsync(nobody, CancellationToken.None));
        await RefusedAsync(CimStatus.InvalidNamespace, WbemError.InvalidNamespace, () => connection.GetAsync(new CimPath("root/nowhere", "X", new KeyValuePair<string, object>("Y", "z")), CancellationToken.None));
        await RefusedAsync(CimStatus.NotFound, WbemError.NotFound, () => connection.InvokeAsync(nobody, CimNames.RequestStateChange, new Dictionary<string, object?> { ["RequestedState"] = (ushort)2 }, CancellationToken.None));
        await RefusedAsync(CimStatus.MethodNotFound, WbemError.InvalidMethod, () => connection.InvokeAsync(foo, "NoSuchMethod", nothing, CancellationToken.None));
        await RefusedAsync(CimStatus.InvalidParameter, WbemError.InvalidParameter, () => connection.InvokeAsync(foo, CimNames.RequestStateChange, nothing, CancellationToken.None));
        await RefusedAsync(
            CimStatus.InvalidParameter, WbemError.InvalidParameter, () => connection.InvokeAsync(foo, CimNames.RequestStateChange, new Dictionary<string, object?> { ["NoSuchParameter"] = "x" }, CancellationToken.None));
        Assert.DoesNotContain(under.Host.Calls, call => call.ChangesState && call.Result.Contains("4096", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_provider_that_is_away_says_so()
    {
        using var stopped = await OpenAsync("""{ "host": { "vmmsRunning": false }, "instances": [ { "name": "foo" } ] }""");
        await RefusedAsync(CimStatus.Failed, WbemError.ProviderLoadFailure, () => stopped.Connection.QueryAsync(Systems, CancellationToken.None));
        using var under = await OpenAsync();
        under.Host.Interference = _ => new CallInterference { Outage = TimeSpan.FromSeconds(2) };
        await RefusedAsync(CimStatus.ServerIsShuttingDown, WbemError.ShuttingDown, () => under.Connection.QueryAsync(Systems, CancellationToken.None));
        under.Host.Interference = null;
    }

    [Fact]
    public async Task Rights_that_are_missing_show_as_the_host_shows_them()
    {
        using var none = await OpenAsync("""{ "host": { "access": "None" }, "instances": [ { "name": "foo" } ] }""");
        Assert.Empty(await none.Connection.QueryAsync(Systems, CancellationToken.None));
        using var under = await OpenAsync();
        var foo = await under.PathOfAsync("foo");
        under.Host.Interference = _ => CallInterference.Denied;
        await RefusedAsync(CimStatus.AccessDenied, WbemError.AccessDenied, () => under.Connection.QueryAsync(Systems, CancellationToken.None));
        await RefusedAsync(CimStatus.AccessDenied, WbemError.AccessDenied, () => under.Connection.GetAsync(foo, CancellationToken.None));
        await RefusedAsync(CimStatus.AccessDenied, WbemError.AccessDenied, () => under.RequestAsync(foo, EnabledState.Enabled, CancellationToken.None));
    }

    [Fact]
    public async Task A_lost_connection_is_told_as_one_and_the_next_call_gets_through()
    {
        foreach (var lost in new[] { CallInterference.Lost, CallInterference.AnswerLost })
        {
            using var under = await OpenAsync();
            var foo = await under.PathOfAsync("foo");

            // A transport may repeat a reading once, on a new connection; a request never.
            under.Host.Interference = number => number <= 2 ? lost : null;
            var reading = await Assert.ThrowsAsync<CimFaultException>(() => under.Connection.QueryAsync(Systems, CancellationToken.None));
            Assert.True(reading.Fault.IsConnectionLost, reading.Fault.ToString());
            under.Host.Interference = number => number == 1 ? lost : null;
            under.Host.ClearCalls();
            var request = await Assert.ThrowsAsync<CimFaultException>(() => under.RequestAsync(foo, EnabledState.Enabled, CancellationToken.None));
            Assert.True(request.Fault.IsConnectionLost, request.Fault.ToString());
            Assert.Single(under.Host.Calls, call => call.Method == CimNames.RequestStateChange);
            Assert.Equal(10, (await under.Connection.QueryAsync(Systems, CancellationToken.None)).Count);
        }
    }

    [Fact]
    public async Task A_late_answer_is_waited_for()
    {
        using var under = await OpenAsync();
        under.Host.Interference = _ => new CallInterference { Delay = TimeSpan.FromSeconds(5) };
        var before = _loop.Now;
        var rows = _loop.Run(() => _loop.Over(under.Connection).QueryAsync(Systems, CancellationToken.None));
        Assert.Equal(10, rows.Count);
        Assert.Equal(TimeSpan.FromSeconds(5), _loop.Now - before);
    }

    [Fact]
    public async Task A_call_is_abandoned_at_once()
    {
        using var under = await OpenAsync();
        var foo = await under.PathOfAsync("foo");
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        under.Host.ClearCalls();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => under.Connection.QueryAsync(Systems, stopped.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => under.RequestAsync(foo, EnabledState.Enabled, stopped.Token));
        Assert.Empty(under.Host.Calls);

        under.Host.Interference = _ => new CallInterference { Delay = TimeSpan.FromDays(1) };
        foreach (var call in new Func<CancellationToken, Task>[]
        {
            token => under.Connection.QueryAsync(Systems, token), token => under.Connection.GetAsync(foo, token), token => under.RequestAsync(foo, EnabledState.Enabled, token),
        })
        {
            using var stop = new CancellationTokenSource();
            var answer = call(stop.Token);
            await Task.Delay(20, CancellationToken.None);
            Assert.False(answer.IsCompleted);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None));
        }

        under.Host.Interference = null;
        Assert.Equal(10, (await under.Connection.QueryAsync(Systems, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Many_calls_at_once_get_each_its_own_answer()
    {
        using var under = await OpenAsync();
        var names = new[] { "foo", "bar", "hung", "saved", "it's" };
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async index =>
        {
            var name = names[index % names.Length];
            var rows = await under.Connection.QueryAsync(new CimQuery(CimNames.Virtualization, CimNames.ComputerSystem, NameAndElement, CimCondition.Equal("ElementName", name)), CancellationToken.None);
            return rows.Single().Text("ElementName") == name;
        }));
        Assert.All(answers, Assert.True);
    }

    [Fact]
    public async Task Many_rows_come_in_full_and_in_order()
    {
        var instances = string.Join(",", Enumerable.Range(0, 700).Select(index => $"{{ \"name\": \"vm{index:000}\" }}"));
        using var under = await OpenAsync($$"""{ "instances": [ {{instances}} ] }""");
        var expected = await under.InProcess.QueryAsync(Systems, CancellationToken.None);
        Same(expected, await under.Connection.QueryAsync(Systems, CancellationToken.None));
        Assert.Equal(701, expected.Count);
    }

    [Fact]
    public async Task A_connection_that_has_ended_says_so()
    {
        var under = await OpenAsync();
        under.Connection.Dispose();
        under.Connection.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => under.Connection.QueryAsync(Systems, CancellationToken.None));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => under.Connection.GetAsync(MachinePath("x"), CancellationToken.None));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => under.Connection.InvokeAsync(MachinePath("x"), "y", new Dictionary<string, object?>(), CancellationToken.None));
    }

    private static CimQuery Systems { get; } = new(CimNames.Virtualization, CimNames.ComputerSystem, NameAndElement);

    private static CimPath MachinePath(string key)
        => new(
            CimNames.Virtualization,
            CimNames.ComputerSystem,
            new KeyValuePair<string, object>("CreationClassName", CimNames.ComputerSystem),
            new KeyValuePair<string, object>("Name", key));

    private static async Task RefusedAsync(CimStatus status, int hresult, Func<Task> call)
    {
        var fault = (await Assert.ThrowsAsync<CimFaultException>(call)).Fault;
        Assert.Equal((status, hresult.ToString("X8", CultureInfo.InvariantCulture)), (fault.Status, fault.HResult.ToString("X8", CultureInfo.InvariantCulture)));
        Assert.NotEmpty(fault.Message);
    }

    private static void Same(IReadOnlyList<CimRecord> expected, IReadOnlyList<CimRecord> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var index = 0; index < expected.Count; index++)
        {
            Same(expected[index], actual[index], requiresNulls: false);
        }
    }

    private static void Same(CimRecord expected, CimRecord actual, bool requiresNulls)
    {
        Assert.Equal(expected.ClassName, actual.ClassName);
        foreach (var name in expected.PropertyNames)
        {
            Assert.Equal((name, Text(expected[name])), (name, Text(actual[name])));
            Assert.True(!requiresNulls || actual.PropertyNames.Contains(name), name);
        }

        Assert.All(actual.PropertyNames, name => Assert.True(actual[name] is null || expected.PropertyNames.Contains(name), name));
    }

    /// <summary>A value with its kind. Transports may differ in the width of a number, but not in its value.</summary>
    private static string Text(object? value)
        => value switch
        {
            null => "null",
            string text => $"'{text}'",
            bool flag => flag ? "true" : "false",
            DateTimeOffset moment => "moment " + moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            TimeSpan interval => "interval " + interval,
            CimPath path => "path " + path,
            CimRecord record => record.ClassName + " { " + string.Join("; ", record.PropertyNames.OrderBy(name => name, StringComparer.Ordinal).Select(name => name + "=" + Text(record[name]))) + " }",

            // WinRM leaves both away (recorded): no transport need tell an array without elements from none.
            Array { Length: 0 } => "null",
            IEnumerable elements => "[" + string.Join(", ", elements.Cast<object?>().Select(Text)) + "]",
            _ => "number " + Convert.ToString(value, CultureInfo.InvariantCulture),
        };

    private async Task<IReadOnlyList<string>> NamesAsync(CimCondition where)
    {
        using var under = await OpenAsync();
        var rows = await under.Connection.QueryAsync(new CimQuery(CimNames.Virtualization, CimNames.ComputerSystem, NameAndElement, where), CancellationToken.None);
        return rows.Select(row => row.Text("ElementName")!).Where(name => name != "HV-CONTRACT").OrderBy(name => name, StringComparer.Ordinal).ToArray();
    }

    private async Task<Under> OpenAsync(string scenario = Standard)
    {
        var host = new SimulatedHost(Scenario.Parse(scenario), _loop.HostClock);
        return new Under(_loop, host, await ConnectAsync(host));
    }

    /// <summary>A host with two connections: the one that is tested, and the one that is compared with.</summary>
    private sealed class Under : IDisposable
    {
        private readonly ContractLoop _loop;

        public Under(ContractLoop loop, SimulatedHost host, ICimConnection connection)
        {
            _loop = loop;
            Host = host;
            Connection = connection;
            InProcess = host.Connect();
        }

        public SimulatedHost Host { get; }

        public ICimConnection Connection { get; }

        public ICimConnection InProcess { get; }

        public void Dispose()
        {
            Connection.Dispose();
            InProcess.Dispose();
        }

        public async Task<string> KeyOfAsync(string name)
            => (await InProcess.QueryAsync(Systems.With(CimCondition.Equal("ElementName", name)), CancellationToken.None)).Single().Text("Name")!;

        public async Task<CimPath> PathOfAsync(string name) => MachinePath(await KeyOfAsync(name));

        public async Task<CimMethodResult> RequestAsync(string name, ushort requestedState) => await RequestAsync(await PathOfAsync(name), requestedState, CancellationToken.None);

        public Task<CimMethodResult> RequestAsync(CimPath path, ushort requestedState, CancellationToken cancellationToken)
            => Connection.InvokeAsync(path, CimNames.RequestStateChange, new Dictionary<string, object?> { ["RequestedState"] = requestedState }, cancellationToken);

        /// <summary>Starts what there is no memory for; the id of its job, which has failed.</summary>
        public async Task<string> FailOneJobAsync(string name)
        {
            Host.AddFault(name, SimulatedFault.FromDictionary(new Hashtable { ["operation"] = "Start", ["kind"] = "OutOfMemory" }));
            var result = await InProcess.InvokeAsync(
                await PathOfAsync(name), CimNames.RequestStateChange, new Dictionary<string, object?> { ["RequestedState"] = EnabledState.Enabled }, CancellationToken.None);
            _loop.Run(async () =>
            {
                await _loop.Delay(TimeSpan.FromSeconds(2), CancellationToken.None);
                return true;
            });
            return result.Out.Reference("Job")!.Key("InstanceID")!;
        }
    }
}
