using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Conformance;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Simulation;
using Xunit;

namespace Multipass.HyperV.Tests.Conformance;

/// <summary>The comparison of a real host with a simulated one finds what differs, and nothing else.</summary>
public sealed class ConversationTests
{
    [Fact]
    public async Task A_host_is_like_itself()
    {
        using var one = Host();
        using var other = Host();
        Assert.Empty(await Conversation.CompareAsync(one, other, _ => { }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_answered_otherwise_is_found_and_nothing_is_changed()
    {
        using var real = new OtherHost(Host());
        using var simulated = Host();
        var found = await Conversation.CompareAsync(real, simulated, _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(("type", "UInt32", "UInt16"), Of("Msvm_ComputerSystem.EnabledState"));
        Assert.Equal(("filled", "always null", "String"), Of("Msvm_ComputerSystem.ElementName"));
        Assert.Equal("fault", Of("Win32_Service").Kind);
        Assert.False(real.WasChanged);

        (string Kind, string Real, string Simulated) Of(string where) => found.Single(difference => difference.Where == where) is var one ? (one.Kind, one.Real, one.Simulated) : default;
    }

    private static ICimConnection Host() => new SimulatedHost(Scenario.Default, SystemClock.Instance).Connect();

    /// <summary>A host that does some things in its own way.</summary>
    private sealed class OtherHost(ICimConnection inner) : ICimConnection
    {
        public bool WasChanged { get; private set; }

        public CimHost Host => inner.Host;

        public async Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken)
            => query.ClassName == CimNames.Service ? throw new CimFaultException(new CimFault(CimStatus.AccessDenied, WbemError.AccessDenied, "Denied."))
                : (await inner.QueryAsync(query, cancellationToken)).Select(row => new CimRecord(row.ClassName, row.PropertyNames.Select(name => new KeyValuePair<string, object?>(name, Changed(row.ClassName, name, row[name]))))).ToArray();

        public Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken) => inner.GetAsync(path, cancellationToken);

        public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
        {
            WasChanged = true;
            return inner.InvokeAsync(path, method, parameters, cancellationToken);
        }

        public void Dispose() => inner.Dispose();

        private static object? Changed(string className, string name, object? value)
            => className != CimNames.ComputerSystem ? value
                : name == "ElementName" ? null
                : name == "EnabledState" && value is ushort number ? (uint)number
                : value;
    }
}
