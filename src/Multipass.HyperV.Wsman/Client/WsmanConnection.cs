using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using System.Xml.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Faults;
using Multipass.HyperV.Wsman.Protocol;
using Multipass.HyperV.Wsman.Values;

namespace Multipass.HyperV.Wsman.Client;

/// <summary>A connection to a host over WS-Management.</summary>
internal sealed class WsmanConnection : ICimConnection
{
    /// <summary>Pages that bring nothing and do not end are borne so many times in a row.</summary>
    private const int MostEmptyPages = 16;

    /// <summary>More than any host has of anything that is asked for; an enumeration without end must not fill the memory.</summary>
    private const int MostInstances = 250_000;

    private readonly IWsmanChannel _channel;
    private readonly Uri _address;
    private readonly WsmanEnvelopes _envelopes;
    private volatile bool _isDisposed;

    public WsmanConnection(IWsmanChannel channel, Uri address, CimHost host)
    {
        _channel = channel;
        _address = address;
        _envelopes = new WsmanEnvelopes(address);
        Host = host;
    }

    public CimHost Host { get; }

    public async Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var records = new List<CimRecord>();
        var page = await ReadAsync(_envelopes.Enumerate(query.Namespace, WqlWriter.Write(query)), "EnumerateResponse", cancellationToken).ConfigureAwait(false);
        var emptyPages = 0;
        while (true)
        {
            var added = Add(query, page, records);
            if (Has(page, "EndOfSequence"))
            {
                return records;
            }

            var context = Child(page, "EnumerationContext")?.Value.Trim();
            emptyPages = added > 0 ? 0 : emptyPages + 1;
            if (string.IsNullOrEmpty(context) || emptyPages > MostEmptyPages || records.Count > MostInstances)
            {
                throw NotUnderstood("an enumeration neither goes on nor ends.");
            }

            page = await SendAsync(_envelopes.Pull(query.Namespace, context), "PullResponse", cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        var instance = await ReadAsync(_envelopes.Get(path), null, cancellationToken).ConfigureAwait(false);
        var declared = ClassReference.Find(path.Namespace, instance.Name.LocalName);
        return Record(instance, instance.Name.LocalName, declared);
    }

    public async Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(parameters);
        var declared = ClassReference.Find(path.Namespace, path.ClassName)?.Method(method);
        var output = await SendAsync(_envelopes.Invoke(path, method, parameters), null, cancellationToken).ConfigureAwait(false);
        var returned = Child(output, "ReturnValue") ?? throw NotUnderstood("the method has no return value.");
        var values = Reading(() => CimValueReader.Properties(output, name => declared?.FindOut(name)).Where(value => value.Key != "ReturnValue"));
        return new CimMethodResult((uint)Reading(() => CimValueReader.Parse(returned.Value, CimType.UInt32, "ReturnValue")), new CimRecord("__PARAMETERS", values));
    }

    public void Dispose()
    {
        _isDisposed = true;
        _channel.Dispose();
    }

    /// <summary>The items of a page: instances, or parts of them, or pairs of instance and reference.</summary>
    private int Add(CimQuery query, XElement page, List<CimRecord> records)
    {
        var items = Child(page, "Items")?.Elements() ?? Enumerable.Empty<XElement>();
        var before = records.Count;
        foreach (var item in items)
        {
            var instance = item.Name == WsmanNames.Wsman + "Item" ? item.Elements().FirstOrDefault() : item;
            if (instance is null || instance.Name == WsmanNames.Addressing + "EndpointReference")
            {
                throw NotUnderstood("an item is no instance.");
            }

            var className = instance.Name == WsmanNames.Wsman + "XmlFragment" ? query.ClassName : instance.Name.LocalName;
            var declared = ClassReference.Find(query.Namespace, className);
            var record = Record(instance, className, declared);

            // A service that knows no select lists sends all properties.
            records.Add(instance.Name.Namespace == WsmanNames.Wsman ? record : Narrowed(record, query));
        }

        return records.Count - before;
    }

    private static CimRecord Narrowed(CimRecord record, CimQuery query)
        => new(record.ClassName, query.Properties.Select(name => new KeyValuePair<string, object?>(name, record[name])));

    /// <summary>What was sent. An array that was not is null: WinRM leaves those that are null away as well as empty ones.</summary>
    private CimRecord Record(XElement element, string className, CimClass? declared)
        => new(className, Reading(() => CimValueReader.Properties(element, name => declared?.Property(name))));

    private static XElement? Child(XElement parent, string name) => parent.Elements().FirstOrDefault(child => child.Name.LocalName == name);

    private static bool Has(XElement page, string name) => Child(page, name) is not null;

    private T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (WsmanFormatException exception)
        {
            throw NotUnderstood(exception.Message, exception);
        }
    }

    private CimFaultException NotUnderstood(string reason, Exception? inner = null) => ChannelFaults.NotUnderstood(_address, reason, inner);

    /// <summary>Asks for what changes nothing: once more, when a kept connection turns out to be dead.</summary>
    private async Task<XElement> ReadAsync(byte[] envelope, string? expected, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(envelope, expected, cancellationToken).ConfigureAwait(false);
        }
        catch (CimFaultException exception) when (exception.InnerException is { } cause && ChannelFaults.IsOnTheWay(cause) && exception.Fault.HResult == Cim.WbemError.RpcCallFailed)
        {
            return await SendAsync(envelope, expected, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends an envelope and takes the first element of the answer's body.</summary>
    private async Task<XElement> SendAsync(byte[] envelope, string? expected, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        WsmanAnswer answer;
        try
        {
            answer = await _channel.SendAsync(envelope, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_isDisposed && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(WsmanConnection));
        }

        var message = AnswerReader.Read(_address, answer);
        return message.Content is { } content && (expected is null || content.Name.LocalName == expected)
            ? content
            : throw NotUnderstood(string.Create(CultureInfo.InvariantCulture, $"its body holds {message.Content?.Name.LocalName ?? "nothing"}."));
    }
}
