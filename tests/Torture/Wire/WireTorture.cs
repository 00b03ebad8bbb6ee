using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Server.Operations;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Wsman.Client;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Torture.Wire;

/// <summary>Damaged answers for the client, damaged requests for the server: seeded, so that a run repeats.</summary>
internal sealed class WireTorture
{
    /// <summary>Far more than any message takes.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private const string Story = """
        { "host": { "name": "HV-WIRE" }, "instances": [ { "name": "foo", "memoryMB": 20480 }, { "name": "bar", "state": "Running" }, { "name": "baz", "state": "Suspended" } ] }
        """;

    private static readonly CimQuery Machines = new("root/virtualization/v2", "Msvm_ComputerSystem", new[] { "Name", "ElementName", "EnabledState", "OperationalStatus", "InstallDate" });

    private readonly SimulatedHost _host = new(Scenario.Parse(Story), new VirtualClock());
    private readonly WsmanService _service;
    private readonly Uri _address = new("http://hv-wire:5985/wsman");

    public WireTorture() => _service = new WsmanService(_host, TimeProvider.System);

    /// <summary>Feeds the client damaged answers.</summary>
    /// <returns>What was wrong, with the seed to repeat it; empty when each call ended in an answer or in one clear fault.</returns>
    public async Task<IReadOnlyList<string>> AnswersAsync(int count, int seed)
    {
        var wrong = new List<string>();
        for (var at = 0; at < count; at++)
        {
            var random = new Random(unchecked(seed + at));
            using var connection = new WsmanConnection(new DamagingChannel(this, random), _address, new CimHost("HV-WIRE", CimTransport.Wsman, false));
            try
            {
                await CallAsync(connection, random.Next(4)).WaitAsync(Longest);
            }
            catch (CimFaultException exception) when (exception.Fault.Message.Length > 0)
            {
                // As it should.
            }
            catch (Exception exception)
            {
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"answer, seed {seed + at}: {exception.GetType().Name}: {exception.Message}"));
            }
        }

        return wrong;
    }

    /// <summary>Feeds the server damaged requests.</summary>
    /// <returns>What was wrong, with the seed to repeat it; empty when each was answered properly, and the server still serves.</returns>
    public async Task<IReadOnlyList<string>> RequestsAsync(int count, int seed)
    {
        var wrong = new List<string>();
        var requests = await RequestsAsync();
        for (var at = 0; at < count; at++)
        {
            var random = new Random(unchecked(seed + at));
            var request = WireMutations.Of(requests[random.Next(requests.Count)], random);
            try
            {
                var reply = await _service.AnswerAsync(request, random.Next(3) == 0 ? null : Encoding.UTF8, CancellationToken.None).WaitAsync(Longest);
                var message = WsmanMessage.Read(reply.Content);
                if (reply.Summary.Contains(WsmanService.Defect, StringComparison.Ordinal) || reply.IsFault != (message.Fault is not null) || (reply.IsFault && message.Fault!.Value.Length == 0))
                {
                    throw new InvalidDataException("A fault that is none.");
                }
            }
            catch (Exception exception)
            {
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"request, seed {seed + at}: {exception.GetType().Name}: {exception.Message}"));
            }
        }

        foreach (var request in requests)
        {
            var reply = await _service.AnswerAsync(request, Encoding.UTF8, CancellationToken.None);
            if (reply.IsFault)
            {
                wrong.Add($"After {count} damaged requests a good one is refused: {reply.Summary}");
            }
        }

        return wrong;
    }

    private static Task CallAsync(WsmanConnection connection, int which)
    {
        var path = new CimPath("root/virtualization/v2", "Msvm_ComputerSystem", new KeyValuePair<string, object>("CreationClassName", "Msvm_ComputerSystem"), new KeyValuePair<string, object>("Name", "HV-WIRE"));
        return which switch
        {
            0 => connection.GetAsync(path, CancellationToken.None),
            1 => connection.InvokeAsync(path, "RequestStateChange", new Dictionary<string, object?> { ["RequestedState"] = (ushort)2 }, CancellationToken.None),
            2 => connection.GetAsync(new CimPath("root/cimv2", "Win32_NoSuchThing"), CancellationToken.None),
            _ => connection.QueryAsync(Machines, CancellationToken.None),
        };
    }

    /// <summary>One request of each kind, all of which are answered well and may be asked again.</summary>
    private async Task<IReadOnlyList<byte[]>> RequestsAsync()
    {
        var recorded = new RecordingChannel(this);
        using var connection = new WsmanConnection(recorded, _address, new CimHost("HV-WIRE", CimTransport.Wsman, false));
        await CallAsync(connection, 0);
        await CallAsync(connection, 1);
        await CallAsync(connection, 3);
        var all = recorded.Requests.ToList();
        all.Add(WsmanEnvelopes.Identify());
        all.Add(Encoding.UTF8.GetBytes(ForeignClient.Envelope(ForeignClient.Enumerate, ForeignClient.Virtualization + "Msvm_ComputerSystem", "<enu:Enumerate><man:OptimizeEnumeration/><man:MaxElements>3</man:MaxElements><man:EnumerationMode>EnumerateObjectAndEPR</man:EnumerationMode></enu:Enumerate>")));
        all.Add(Encoding.UTF8.GetBytes(ForeignClient.Envelope(ForeignClient.Enumerate, ForeignClient.Virtualization + "*", ForeignClient.Query("ASSOCIATORS OF {Msvm_ComputerSystem.Name=\"HV-WIRE\"} WHERE ResultClass=Msvm_ComputerSystem"))));
        all.Add(Encoding.UTF8.GetBytes(ForeignClient.Envelope(ForeignClient.Enumerate, ForeignClient.Virtualization + "*", ForeignClient.Query("SELECT * FROM Msvm_ComputerSystem WHERE NOT (ElementName LIKE '[a-f]%' AND EnabledState >= 2) OR OnTimeInMilliseconds IS NULL"))));
        return all;
    }

    private async Task<WsmanAnswer> AskAsync(byte[] envelope)
    {
        var reply = await _service.AnswerAsync(envelope, Encoding.UTF8, CancellationToken.None);
        return new WsmanAnswer(reply.IsFault ? 500 : 200, WsmanNames.ContentType, "UTF-8", reply.Content);
    }

    /// <summary>The service without HTTP, with its answers damaged.</summary>
    private sealed class DamagingChannel : IWsmanChannel
    {
        private static readonly int[] Statuses = { 200, 200, 200, 400, 401, 404, 500, 503 };

        private readonly WireTorture _torture;
        private readonly Random _random;

        public DamagingChannel(WireTorture torture, Random random)
        {
            _torture = torture;
            _random = random;
        }

        public async Task<WsmanAnswer> SendAsync(byte[] envelope, CancellationToken cancellationToken)
        {
            var answer = await _torture.AskAsync(envelope);
            answer = answer with { Content = WireMutations.Of(answer.Content.ToArray(), _random) };
            return _random.Next(8) switch
            {
                0 => answer with { Status = Statuses[_random.Next(Statuses.Length)] },
                1 => answer with { ContentType = _random.Next(2) == 0 ? null : "text/html" },
                2 => answer with { Charset = _random.Next(2) == 0 ? "utf-16" : "no-such-charset" },
                _ => answer,
            };
        }

        public void Dispose()
        {
        }
    }

    private sealed class RecordingChannel : IWsmanChannel
    {
        private readonly WireTorture _torture;

        public RecordingChannel(WireTorture torture) => _torture = torture;

        public List<byte[]> Requests { get; } = new();

        public Task<WsmanAnswer> SendAsync(byte[] envelope, CancellationToken cancellationToken)
        {
            Requests.Add(envelope);
            return _torture.AskAsync(envelope);
        }

        public void Dispose()
        {
        }
    }
}
