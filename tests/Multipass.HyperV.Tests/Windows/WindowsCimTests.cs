using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Transports.Mmi;
using Xunit;

namespace Multipass.HyperV.Tests.Windows;

/// <summary>The MI transport on Windows' own MI, against classes that every Windows has. Elsewhere there is nothing to run.</summary>
public sealed class WindowsCimTests : IAsyncLifetime
{
    private const string LocalMachine = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";

    /// <summary>HKEY_LOCAL_MACHINE (winreg.h).</summary>
    private const uint LocalMachineKey = 0x80000002;

    /// <summary>ERROR_ACCESS_DENIED (winerror.h).</summary>
    private const uint AccessDenied = 5;

    private static readonly CimPath Registry = new(CimNames.Cimv2, "StdRegProv");

    private ICimConnection _connection = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "MI has no sessions off Windows.");
        _connection = await new MmiTransport().ConnectAsync(new CimEndpoint((string?)null), TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void The_computer_says_its_name()
        => Assert.Equal((Environment.MachineName, CimTransport.Mmi, true), (_connection.Host.Name, _connection.Host.Transport, _connection.Host.IsLocal));

    [Fact]
    public async Task Values_have_their_types()
    {
        var system = Assert.Single(await QueryAsync(CimNames.OperatingSystem, null, "Caption", "LastBootUpTime", "TotalVisibleMemorySize", "MUILanguages", "Distributed", "SuiteMask", "PlusVersionNumber"));
        Assert.NotEmpty(system.Text("Caption")!);
        Assert.InRange(system.Moment("LastBootUpTime")!.Value, DateTimeOffset.UtcNow.AddYears(-10), DateTimeOffset.UtcNow.AddMinutes(5));
        Assert.True(system.Number("TotalVisibleMemorySize") > 0);
        Assert.NotEmpty(system.Texts("MUILanguages"));
        Assert.NotNull(system.Flag("Distributed"));
        Assert.Null(system["PlusVersionNumber"]);
        Assert.Null(system["Version"]);
    }

    [Fact]
    public async Task Conditions_are_understood()
    {
        Assert.Equal("Winmgmt", Assert.Single(await QueryAsync(CimNames.Service, CimCondition.Equal("Name", "winMGMT"), "Name")).Text("Name"), ignoreCase: true);
        Assert.Contains(await QueryAsync(CimNames.Service, CimCondition.StartsWith("Name", "Winmg"), "Name"), row => row.Text("Name")!.Equals("Winmgmt", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(await QueryAsync(CimNames.Service, CimCondition.StartsWith("Name", "Winmg_"), "Name"));
        Assert.Empty(await QueryAsync(CimNames.Service, CimCondition.Equal("Name", "it's \\ not \"there\" %"), "Name"));
        Assert.Equal(2, (await QueryAsync(CimNames.Service, CimCondition.EqualsAny("Name", new object[] { "Winmgmt", "EventLog" }), "Name")).Count);
        Assert.NotEmpty(await QueryAsync(CimNames.Service, CimCondition.Equal("Started", true), "Name", "Started"));
        var file = Environment.GetFolderPath(Environment.SpecialFolder.Windows) + "\\explorer.exe";
        Assert.Single(await QueryAsync(CimNames.DataFile, CimCondition.Equal("Name", file), "Name"));
    }

    [Fact]
    public async Task An_instance_is_got_by_its_key()
    {
        var service = await _connection.GetAsync(ServicePath("Winmgmt"), TestContext.Current.CancellationToken);
        Assert.Equal((CimNames.Service, "Running"), (service.ClassName, service.Text("State")));
        await RefusedAsync(CimStatus.NotFound, WbemError.NotFound, _connection.GetAsync(ServicePath("NoSuchService"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Methods_take_and_give_values()
    {
        var keys = await InvokeAsync(Registry, "EnumKey", ("hDefKey", LocalMachineKey), ("sSubKeyName", LocalMachine));
        Assert.Equal(0u, keys.ReturnValue);
        Assert.NotEmpty(keys.Out.Texts("sNames"));
        var build = await InvokeAsync(Registry, "GetStringValue", ("hDefKey", LocalMachineKey), ("sSubKeyName", LocalMachine), ("sValueName", "CurrentBuild"));
        Assert.NotEmpty(build.Out.Text("sValue")!);
        var instance = await InvokeAsync(ServicePath("Winmgmt"), "InterrogateService");
        Assert.True(instance.ReturnValue <= 24, instance.ReturnValue.ToString());
    }

    [Fact]
    public async Task Rights_that_are_missing_show()
        => Assert.Equal(AccessDenied, (await InvokeAsync(Registry, "EnumKey", ("hDefKey", LocalMachineKey), ("sSubKeyName", "SECURITY\\Cache"))).ReturnValue);

    [Fact]
    public async Task What_does_not_exist_is_refused_with_status_and_HRESULT()
    {
        var token = TestContext.Current.CancellationToken;
        await RefusedAsync(CimStatus.InvalidNamespace, WbemError.InvalidNamespace, _connection.QueryAsync(new CimQuery("root/nowhere", "X", new[] { "Y" }), token));
        await RefusedAsync(CimStatus.InvalidClass, WbemError.InvalidClass, _connection.QueryAsync(new CimQuery(CimNames.Cimv2, "Win32_NoSuchThing", new[] { "Name" }), token));
        await RefusedAsync(CimStatus.InvalidQuery, WbemError.InvalidQuery, _connection.QueryAsync(new CimQuery(CimNames.Cimv2, CimNames.Service, new[] { "NoSuchProperty" }), token));
        var method = await Assert.ThrowsAsync<CimFaultException>(() => InvokeAsync(Registry, "NoSuchMethod"));
        Assert.True(method.Fault.Status is CimStatus.MethodNotFound or CimStatus.MethodNotAvailable, method.Fault.ToString());
    }

    [Fact]
    public async Task A_slow_query_is_abandoned_at_once()
    {
        using var stop = new CancellationTokenSource();
        var slow = _connection.QueryAsync(new CimQuery(CimNames.Cimv2, CimNames.DataFile, new[] { "Name" }, CimCondition.Equal("Extension", "no-such-extension")), stop.Token);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(slow.IsCompleted);
        var watch = Stopwatch.StartNew();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), watch.Elapsed.ToString());
        Assert.NotEmpty(await QueryAsync(CimNames.OperatingSystem, null, "Caption"));
    }

    private static CimPath ServicePath(string name) => new(CimNames.Cimv2, CimNames.Service, new KeyValuePair<string, object>("Name", name));

    private static async Task RefusedAsync(CimStatus status, int hresult, Task call)
    {
        var fault = (await Assert.ThrowsAsync<CimFaultException>(() => call)).Fault;
        Assert.Equal((status, hresult.ToString("X8")), (fault.Status, fault.HResult.ToString("X8")));
    }

    private Task<IReadOnlyList<CimRecord>> QueryAsync(string className, CimCondition? where, params string[] properties)
        => _connection.QueryAsync(new CimQuery(CimNames.Cimv2, className, properties, where), TestContext.Current.CancellationToken);

    private Task<CimMethodResult> InvokeAsync(CimPath path, string method, params (string Name, object Value)[] parameters)
        => _connection.InvokeAsync(path, method, parameters.ToDictionary(pair => pair.Name, pair => (object?)pair.Value), TestContext.Current.CancellationToken);
}
