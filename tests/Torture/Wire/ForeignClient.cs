using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using System.Xml.Linq;

namespace Multipass.HyperV.Torture.Wire;

/// <summary>A client that shares no code with the server: it sends what it is given, and reads XML.</summary>
internal sealed class ForeignClient : IDisposable
{
    public const string Enumerate = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
    public const string Pull = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";
    public const string Release = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Release";
    public const string Get = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
    public const string Wmi = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";
    public const string Virtualization = Wmi + "root/virtualization/v2/";
    public const string Cimv2 = Wmi + "root/cimv2/";
    public const string WqlDialect = "http://schemas.microsoft.com/wbem/wsman/1/WQL";

    public static readonly XNamespace S = "http://www.w3.org/2003/05/soap-envelope";
    public static readonly XNamespace A = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
    public static readonly XNamespace W = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
    public static readonly XNamespace N = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
    public static readonly XNamespace F = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";
    public static readonly XNamespace Xsi = "http://www.w3.org/2001/XMLSchema-instance";

    private readonly HttpClient _client = new();
    private readonly Uri _address;

    public ForeignClient(Uri address) => _address = address;

    public string? UserName { get; set; } = ServedHost.UserName;

    public string Password { get; set; } = ServedHost.Password;

    /// <summary>An envelope with prefixes that nobody else uses.</summary>
    public static string Envelope(string action, string resource, string body, string headers = "", string selectors = "")
        => $"""
            <?xml version="1.0" encoding="utf-8"?>
            <env:Envelope xmlns:env="{S}" xmlns:adr="{A}" xmlns:man="{W}" xmlns:enu="{N}">
              <env:Header>{headers}
                <man:ResourceURI env:mustUnderstand="true">
                  {resource}
                </man:ResourceURI>{(selectors.Length == 0 ? string.Empty : $"<man:SelectorSet>{selectors}</man:SelectorSet>")}
                <adr:MessageID>uuid:00000000-0000-0000-0000-00000000002A</adr:MessageID>
                <adr:ReplyTo><adr:Address env:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</adr:Address></adr:ReplyTo>
                <adr:Action>{action}</adr:Action>
                <adr:To env:mustUnderstand="true">http://somewhere/wsman</adr:To>
              </env:Header>
              <env:Body>{body}</env:Body>
            </env:Envelope>
            """;

    public static string Selector(string name, string value) => $"<man:Selector Name=\"{name}\">{value}</man:Selector>";

    public static string Query(string wql, string options = "<man:OptimizeEnumeration/><man:MaxElements>1000</man:MaxElements>")
        => $"<enu:Enumerate>{options}<man:Filter Dialect=\"{WqlDialect}\">{new XText(wql)}</man:Filter></enu:Enumerate>";

    public Task<Reply> AskAsync(string action, string resource, string body, string headers = "", string selectors = "")
        => PostAsync(Envelope(action, resource, body, headers, selectors));

    public Task<Reply> PostAsync(string envelope, string contentType = "application/soap+xml;charset=UTF-8") => PostAsync(Encoding.UTF8.GetBytes(envelope), contentType);

    public async Task<Reply> PostAsync(byte[] content, string contentType = "application/soap+xml;charset=UTF-8")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ByteArrayContent(content) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (UserName is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(UserName + ":" + Password)));
        }

        using var response = await _client.SendAsync(request, CancellationToken.None);
        var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
        return new Reply((int)response.StatusCode, text, response.Headers.WwwAuthenticate.ToString());
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>What came back.</summary>
internal sealed record Reply(int Status, string Text, string Challenge)
{
    public XElement Envelope => XElement.Parse(Text);

    public XElement Content => Envelope.Element(ForeignClient.S + "Body")!.Elements().Single();

    public XElement Fault => Envelope.Element(ForeignClient.S + "Body")!.Element(ForeignClient.S + "Fault")!;

    public string Subcode => (Fault.Element(ForeignClient.S + "Code")!.Element(ForeignClient.S + "Subcode") ?? Fault.Element(ForeignClient.S + "Code"))!.Element(ForeignClient.S + "Value")!.Value;

    public string Code => Fault.Descendants(ForeignClient.F + "WSManFault").Single().Attribute("Code")!.Value;

    public string? Header(string name) => Envelope.Element(ForeignClient.S + "Header")!.Element(ForeignClient.A + name)?.Value;

    public IReadOnlyList<XElement> Items => Content.Elements().Single(element => element.Name.LocalName == "Items").Elements().ToList();

    public string? Context => Content.Element(ForeignClient.N + "EnumerationContext")?.Value;

    public bool HasEnded => Content.Elements().Any(element => element.Name.LocalName == "EndOfSequence");
}
