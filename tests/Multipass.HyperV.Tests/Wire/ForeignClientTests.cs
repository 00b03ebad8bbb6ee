using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using System.Threading;
using System.Xml.Linq;
using System;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Time;
using Multipass.HyperV.Torture.Wire;
using Xunit;
using static Multipass.HyperV.Torture.Wire.ForeignClient;

namespace Multipass.HyperV.Tests.Wire;

/// <summary>The server as clients see it that were not written for it: other prefixes, orders, white space, and habits.</summary>
public sealed partial class ForeignClientTests : IAsyncLifetime
{
    private const string Story = """
        {
          "host": { "name": "HV-WIRE", "memoryMB": 16384, "reserveMB": 2048, "jobMilliseconds": 50 },
          "instances": [
            { "name": "foo", "memoryMB": 20480 },
            { "name": "bar", "state": "Running", "memoryMB": 2048, "guest": { "ipv4": "172.20.48.6" } },
            { "name": "baz", "state": "Suspended" }
          ]
        }
        """;

    private ServedHost _served = null!;
    private ForeignClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _served = await ServedHost.StartAsync(Story);
        _client = new ForeignClient(_served.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _served.DisposeAsync();
    }

    [Fact]
    public async Task Identify_needs_no_headers()
    {
        var reply = await _client.PostAsync($"""<x:Envelope xmlns:x="{S}"><x:Body><i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></x:Body></x:Envelope>""");

        Assert.Equal(200, reply.Status);
        Assert.Equal("IdentifyResponse", reply.Content.Name.LocalName);
        Assert.Equal("http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd", reply.Content.Elements().First().Value);
    }

    [Theory]
    [InlineData(null, "", false)]
    [InlineData("Administrator", "wrong", false)]
    [InlineData("Somebody", ServedHost.Password, false)]
    [InlineData("administrator", ServedHost.Password, true)]
    [InlineData("HV-WIRE\\Administrator", ServedHost.Password, true)]
    public async Task Nobody_is_let_in_without_name_and_password(string? user, string password, bool isLetIn)
    {
        _client.UserName = user;
        _client.Password = password;

        foreach (var body in new[] { Envelope(Get, Cimv2 + "Win32_OperatingSystem", string.Empty), string.Empty })
        {
            var reply = await _client.PostAsync(body);
            Assert.Equal(isLetIn ? 200 : 401, reply.Status);
            Assert.Equal(isLetIn ? string.Empty : "Negotiate, Basic realm=\"WSMAN\"", reply.Challenge);
        }
    }

    [Fact]
    public async Task After_an_empty_request_with_a_password_the_connection_needs_none()
    {
        Assert.Equal(200, (await _client.PostAsync(string.Empty)).Status);
        _client.UserName = null;

        Assert.Equal(200, (await _client.AskAsync(Get, Cimv2 + "Win32_OperatingSystem", string.Empty)).Status);
    }

    [Fact]
    public async Task A_request_with_a_password_does_not_open_the_connection_for_others()
    {
        Assert.Equal(200, (await _client.AskAsync(Get, Cimv2 + "Win32_OperatingSystem", string.Empty)).Status);
        _client.UserName = null;

        Assert.Equal(401, (await _client.AskAsync(Get, Cimv2 + "Win32_OperatingSystem", string.Empty)).Status);
    }

    [Theory]
    [InlineData("", "EnumerateResponse")]
    [InlineData("<man:OptimizeEnumeration/>", "one")]
    [InlineData("<man:OptimizeEnumeration/><man:MaxElements>2</man:MaxElements>", "two")]
    [InlineData("<man:MaxElements>2</man:MaxElements><man:OptimizeEnumeration/>", "two")]
    [InlineData("<man:OptimizeEnumeration/><man:MaxElements>4</man:MaxElements>", "all")]
    [InlineData("<man:OptimizeEnumeration/><man:MaxElements>99999999999</man:MaxElements>", "all")]
    public async Task A_first_page_has_what_was_asked_for(string options, string expected)
    {
        var reply = await _client.AskAsync(Enumerate, Virtualization + "Msvm_ComputerSystem", $"<enu:Enumerate>{options}</enu:Enumerate>");

        Assert.Equal(200, reply.Status);
        Assert.Equal(N + "EnumerateResponse", reply.Content.Name);
        Assert.Equal("uuid:00000000-0000-0000-0000-00000000002A", reply.Header("RelatesTo"));
        Assert.Equal(Enumerate + "Response", reply.Header("Action"));
        if (expected == "EnumerateResponse")
        {
            Assert.NotEmpty(reply.Context!);
            Assert.Single(reply.Content.Elements());
            return;
        }

        Assert.Equal(expected switch { "one" => 1, "two" => 2, _ => 4 }, reply.Items.Count);
        Assert.All(reply.Items, item => Assert.Equal("Msvm_ComputerSystem", item.Name.LocalName));
        Assert.Equal(W + "Items", reply.Items[0].Parent!.Name);
        Assert.Equal(expected == "all", reply.HasEnded);
        Assert.Equal(expected == "all", reply.Context!.Length == 0);
    }

    [Fact]
    public async Task An_enumeration_is_found_by_its_context_alone_one_by_one_and_ends()
    {
        var begun = await _client.AskAsync(Enumerate, Virtualization + "Msvm_ComputerSystem", "<enu:Enumerate/>");
        var names = new List<string>();
        for (var ended = false; !ended;)
        {
            var page = await _client.AskAsync(Pull, Cimv2 + "SomethingElse", $"<enu:Pull><enu:EnumerationContext>\n  {begun.Context}\n</enu:EnumerationContext></enu:Pull>");
            Assert.Equal(200, page.Status);
            names.Add(Assert.Single(page.Items).Elements().Single(element => element.Name.LocalName == "ElementName").Value);
            Assert.Equal(N + "Items", page.Items[0].Parent!.Name);
            ended = page.HasEnded;
            Assert.Equal(!ended, page.Context is not null);
        }

        Assert.Equal(new[] { "HV-WIRE", "foo", "bar", "baz" }, names);
        Assert.Equal(0, _served.Server.OpenEnumerations);
        var after = await _client.AskAsync(Pull, Cimv2 + "SomethingElse", $"<enu:Pull><enu:EnumerationContext>{begun.Context}</enu:EnumerationContext></enu:Pull>");
        Assert.Equal((500, "n:InvalidEnumerationContext"), (after.Status, after.Subcode));
    }

    [Fact]
    public async Task A_released_enumeration_is_gone()
    {
        var begun = await _client.AskAsync(Enumerate, Virtualization + "Msvm_ComputerSystem", "<enu:Enumerate/>");
        string Body(string name) => $"<enu:{name}><enu:EnumerationContext>{begun.Context}</enu:EnumerationContext></enu:{name}>";

        Assert.Equal(1, _served.Server.OpenEnumerations);
        Assert.Equal(200, (await _client.AskAsync(Release, Virtualization + "Msvm_ComputerSystem", Body("Release"))).Status);
        Assert.Equal(0, _served.Server.OpenEnumerations);
        Assert.Equal("n:InvalidEnumerationContext", (await _client.AskAsync(Release, Virtualization + "Msvm_ComputerSystem", Body("Release"))).Subcode);
        Assert.Equal("n:InvalidEnumerationContext", (await _client.AskAsync(Pull, Virtualization + "Msvm_ComputerSystem", Body("Pull"))).Subcode);
    }

    [Fact]
    public async Task An_abandoned_enumeration_expires()
    {
        var time = new SteppedTime();
        await using var served = await ServedHost.StartAsync(new SimulatedHost(Scenario.Parse(Story), new VirtualClock()), time);
        using var client = new ForeignClient(served.Address);
        await client.AskAsync(Enumerate, Virtualization + "Msvm_ComputerSystem", "<enu:Enumerate/>");
        await client.AskAsync(Enumerate, Virtualization + "Msvm_ComputerSystem", "<enu:Enumerate><enu:Expires>PT30S</enu:Expires></enu:Enumerate>");

        Assert.Equal(2, served.Server.OpenEnumerations);
        time.Now += TimeSpan.FromSeconds(31);
        Assert.Equal(1, served.Server.OpenEnumerations);
        time.Now += TimeSpan.FromMinutes(4);
        Assert.Equal(0, served.Server.OpenEnumerations);
    }

    [Theory]
    [InlineData("EnumerateEPR")]
    [InlineData("EnumerateObjectAndEPR")]
    public async Task References_can_be_asked_for_and_followed(string mode)
    {
        var reply = await _client.AskAsync(
            Enumerate,
            Virtualization + "Msvm_ConcreteJob",
            $"<enu:Enumerate><man:OptimizeEnumeration/><man:MaxElements>10</man:MaxElements><man:EnumerationMode>{mode}</man:EnumerationMode></enu:Enumerate>");
        Assert.Empty(reply.Items);

        reply = await _client.AskAsync(
            Enumerate,
            Virtualization + "Msvm_ComputerSystem",
            $"<enu:Enumerate><man:OptimizeEnumeration/><man:MaxElements>10</man:MaxElements><man:EnumerationMode> {mode} </man:EnumerationMode></enu:Enumerate>");
        Assert.Equal(4, reply.Items.Count);
        foreach (var item in reply.Items)
        {
            Assert.Equal(mode == "EnumerateEPR" ? A + "EndpointReference" : W + "Item", item.Name);
            var parameters = item.DescendantsAndSelf(A + "ReferenceParameters").Single();
            var uri = parameters.Element(W + "ResourceURI")!.Value;
            var selectors = string.Concat(parameters.Descendants(W + "Selector").Select(selector => Selector(selector.Attribute("Name")!.Value, selector.Value)));
            var got = await _client.AskAsync(Get, uri, string.Empty, selectors: selectors);
            Assert.Equal(200, got.Status);
            Assert.Equal(parameters.Descendants(W + "Selector").First(selector => selector.Attribute("Name")!.Value == "Name").Value, Property(got.Content, "Name"));
        }
    }

    [Theory]
    [InlineData("SELECT * FROM Msvm_ComputerSystem", "HV-WIRE foo bar baz")]
    [InlineData("select elementname from MSVM_COMPUTERSYSTEM where ElementName = \"foo\"", "foo")]
    [InlineData("SELECT ElementName FROM Msvm_ComputerSystem WHERE ElementName<>'foo' AND NOT Caption = 'Hosting Computer System'", "bar baz")]
    [InlineData("SELECT ElementName FROM Msvm_ComputerSystem WHERE (ElementName != 'foo' AND EnabledState = 2) OR EnabledState = 6", "HV-WIRE bar baz")]
    [InlineData("SELECT ElementName FROM Msvm_ComputerSystem WHERE EnabledState > 2 AND EnabledState<=6", "foo baz")]
    [InlineData("SELECT ElementName FROM Msvm_ComputerSystem WHERE 3 < EnabledState", "baz")]
    [InlineData("SELECT ElementName FROM Msvm_ComputerSystem WHERE EnabledState = '2'", "HV-WIRE bar")]
    [InlineData("SELECT ElementName FROM Msvm_ComputerSystem WHERE ElementName LIKE 'ba_'", "bar baz")]
    [InlineData("SELECT ElementName FROM Msvm_ComputerSystem WHERE ElementName LIKE '%[m-o]'", "foo")]
    [InlineData("SELECT ElementName FROM Msvm_ComputerSystem WHERE ElementName LIKE 'b%[^r]'", "baz")]
    [InlineData("SELECT ElementName FROM Msvm_ComputerSystem WHERE ElementName NOT LIKE 'b%'", "HV-WIRE foo")]
    [InlineData("SELECT ElementName FROM Msvm_ComputerSystem WHERE OnTimeInMilliseconds IS NOT NULL", "foo bar baz")]
    [InlineData("SELECT ElementName FROM Msvm_ComputerSystem WHERE OnTimeInMilliseconds IS NULL", "HV-WIRE")]
    [InlineData("SELECT ElementName FROM Msvm_ComputerSystem WHERE OnTimeInMilliseconds <> NULL AND OnTimeInMilliseconds >= 0", "foo bar baz")]
    [InlineData("SELECT ElementName FROM Msvm_ComputerSystem WHERE InstallDate > '20000101000000.000000+000'", "foo bar baz")]
    [InlineData("SELECT __SERVER, ElementName FROM Msvm_ComputerSystem WHERE __CLASS = 'Msvm_ComputerSystem' AND EnabledState = 3", "foo")]
    [InlineData("SELECT Msvm_ComputerSystem.ElementName FROM Msvm_ComputerSystem WHERE Msvm_ComputerSystem.EnabledState = 3", "foo")]
    [InlineData("SELECT ElementName FROM CIM_VirtualSystemSettingData WHERE VirtualSystemType = 'Microsoft:Hyper-V:System:Realized'", "foo bar baz")]
    public async Task Queries_are_understood(string wql, string names)
    {
        var reply = await _client.AskAsync(Enumerate, Virtualization + "*", Query(wql));

        Assert.Equal(200, reply.Status);
        Assert.True(reply.HasEnded);
        Assert.Equal(names, string.Join(" ", reply.Items.Select(item => Property(item, "ElementName"))));
        Assert.All(reply.Items, item => Assert.Equal(wql.Contains('*', StringComparison.Ordinal) ? "Msvm_ComputerSystem" : "XmlFragment", item.Name.LocalName));
    }

    [Theory]
    [InlineData("ASSOCIATORS OF {Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\",Name=\"ID\"} WHERE AssocClass = Msvm_SettingsDefineState", "Msvm_VirtualSystemSettingData")]
    [InlineData("associators of {\\\\HV-WIRE\\root\\virtualization\\v2:Msvm_ComputerSystem.Name='ID'} where resultclass=CIM_VirtualSystemSettingData", "Msvm_VirtualSystemSettingData")]
    [InlineData("ASSOCIATORS OF {Msvm_ComputerSystem.Name=\"ID\"} WHERE ResultClass=Msvm_ComputerSystem ResultRole=Antecedent", "Msvm_ComputerSystem")]
    [InlineData("ASSOCIATORS OF {Msvm_VirtualSystemSettingData.InstanceID=\"Microsoft:ID\"} WHERE ResultClass=Msvm_MemorySettingData", "Msvm_MemorySettingData")]
    [InlineData("ASSOCIATORS OF {Msvm_ComputerSystem.Name=\"ID\"} WHERE AssocClass=CIM_SystemDevice Role=GroupComponent", "Msvm_DVDDrive Msvm_DiskDrive Msvm_HeartbeatComponent Msvm_LogicalDisk Msvm_LogicalDisk Msvm_Memory Msvm_Processor Msvm_SCSIProtocolController Msvm_ShutdownComponent Msvm_SyntheticEthernetPort")]
    [InlineData("REFERENCES OF {Msvm_ComputerSystem.Name=\"ID\"} WHERE ResultClass=Msvm_SettingsDefineState", "Msvm_SettingsDefineState")]
    public async Task Associations_can_be_followed(string wql, string classes)
    {
        var reply = await _client.AskAsync(Enumerate, Virtualization + "*", Query(wql.Replace("ID\"", await KeyAsync("bar") + "\"", StringComparison.Ordinal).Replace("ID'", await KeyAsync("bar") + "'", StringComparison.Ordinal)));

        Assert.Equal(200, reply.Status);
        Assert.Equal(classes, string.Join(" ", reply.Items.Select(item => item.Name.LocalName).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Associations_can_be_asked_for_in_the_dialect_of_the_binding()
    {
        var body = $"""
            <enu:Enumerate xmlns:b="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"><man:OptimizeEnumeration/><man:MaxElements>50</man:MaxElements>
              <man:Filter Dialect="http://schemas.dmtf.org/wbem/wsman/1/cimbinding/AssociationFilter">
                <b:AssociatedInstances><b:Object><adr:Address>x</adr:Address><adr:ReferenceParameters><man:ResourceURI>{Virtualization}Msvm_ComputerSystem</man:ResourceURI>
                  <man:SelectorSet>{Selector("Name", await KeyAsync("bar"))}</man:SelectorSet></adr:ReferenceParameters></b:Object>
                  <b:ResultClassName>Msvm_VirtualSystemSettingData</b:ResultClassName></b:AssociatedInstances></man:Filter></enu:Enumerate>
            """;

        var reply = await _client.AskAsync(Enumerate, Virtualization + "*", body);

        Assert.Equal("bar", Property(Assert.Single(reply.Items), "ElementName"));
    }

    [Fact]
    public async Task Subclasses_are_found_unless_they_are_not_wanted()
    {
        async Task<IReadOnlyList<XElement>> ItemsAsync(string mode)
            => (await _client.AskAsync(
                Enumerate,
                Virtualization + "CIM_ResourceAllocationSettingData",
                $"<enu:Enumerate><man:OptimizeEnumeration/><man:MaxElements>99</man:MaxElements>{mode}</enu:Enumerate>")).Items;

        const string Mode = "<b:PolymorphismMode xmlns:b=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\">";
        var all = await ItemsAsync(string.Empty);
        Assert.Contains(all, item => item.Name.LocalName == "Msvm_MemorySettingData" && item.Elements().Any(property => property.Name.LocalName == "DynamicMemoryEnabled"));
        var narrowed = await ItemsAsync(Mode + "ExcludeSubClassProperties</b:PolymorphismMode>");
        Assert.Equal(all.Count, narrowed.Count);
        Assert.DoesNotContain(narrowed, item => item.Elements().Any(property => property.Name.LocalName == "DynamicMemoryEnabled"));
        Assert.Empty(await ItemsAsync(Mode + "None</b:PolymorphismMode>"));
    }

    [Fact]
    public async Task An_instance_has_every_property_and_nil_where_there_is_no_value()
    {
        foreach (var name in new[] { "Msvm_ComputerSystem", "Msvm_VirtualSystemManagementService", "Msvm_SummaryInformation" })
        {
            var reply = await _client.AskAsync(Enumerate, Virtualization + name, "<enu:Enumerate><man:OptimizeEnumeration/></enu:Enumerate>");
            var item = reply.Items[0];
            var names = item.Elements().Select(property => property.Name.LocalName).Distinct().ToArray();
            var declared = ClassReference.Find("root/virtualization/v2", name)!.Properties;
            Assert.Equal(names.Order(StringComparer.OrdinalIgnoreCase), names);
            Assert.Empty(names.Except(declared.Select(property => property.Name)));

            // An array that is null is not there at all.
            Assert.All(declared.Where(property => !names.Contains(property.Name)), property => Assert.True(property.IsArray, property.Name));
            Assert.All(item.Elements().Where(property => property.Value.Length == 0 && property.Attribute(Xsi + "nil") is not null), property => Assert.Equal("true", property.Attribute(Xsi + "nil")!.Value));
        }
    }

    [Theory]
    [InlineData("Msvm_VirtualSystemManagementService", "")]
    [InlineData("msvm_virtualsystemmanagementservice", "CreationClassName=Msvm_VirtualSystemManagementService SystemCreationClassName=Msvm_ComputerSystem")]
    [InlineData("Msvm_ComputerSystem", "Name=ID")]
    [InlineData("Msvm_ComputerSystem", "name=id")]
    [InlineData("Msvm_ComputerSystem", "Name=ID CreationClassName=Msvm_ComputerSystem")]
    [InlineData("Msvm_ComputerSystem", "CREATIONCLASSNAME=msvm_computersystem name=id __cimnamespace=root/virtualization/v2")]
    [InlineData("CIM_ComputerSystem", "Name=ID")]
    public async Task Selectors_may_be_a_part_of_the_keys_in_any_case(string className, string selectors)
    {
        var id = await KeyAsync("bar");
        var set = string.Concat(selectors.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).Select(
            pair => Selector(pair[0], pair[1] switch { "ID" => id, "id" => id.ToLowerInvariant(), var value => value })));

        var reply = await _client.AskAsync(Get, Virtualization + className, string.Empty, selectors: set);

        Assert.Equal(200, reply.Status);
        Assert.Equal(className.Contains("ervice", StringComparison.Ordinal) ? "Msvm_VirtualSystemManagementService" : "Msvm_ComputerSystem", reply.Content.Name.LocalName);
    }

    [Fact]
    public async Task The_namespace_may_be_a_selector()
    {
        var reply = await _client.AskAsync(
            Get,
            "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/Msvm_ComputerSystem",
            string.Empty,
            selectors: Selector("__cimnamespace", "root/virtualization/v2") + Selector("Name", await KeyAsync("bar")));

        Assert.Equal("bar", Property(reply.Content, "ElementName"));
    }

    [Theory]
    [InlineData("p:RequestStateChange_INPUT", "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ComputerSystem")]
    [InlineData("p:RequestStateChange_INPUT", "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd")]
    public async Task A_start_is_invoked_followed_and_fails_as_the_host_says(string input, string elements)
    {
        var foo = Selector("Name", await KeyAsync("foo"));
        var reply = await _client.AskAsync(
            Virtualization + "Msvm_ComputerSystem/RequestStateChange",
            Virtualization + "Msvm_ComputerSystem",
            $"<{input} xmlns:p=\"{elements}\">\n  <p:RequestedState> 2 </p:RequestedState><p:TimeoutPeriod xmlns:i=\"{Xsi}\" i:nil=\"true\"/></{input}>",
            selectors: foo);
        Assert.Equal(Virtualization + "Msvm_ComputerSystem/RequestStateChangeResponse", reply.Header("Action"));
        Assert.Equal("RequestStateChange_OUTPUT", reply.Content.Name.LocalName);
        Assert.Equal("4096", Property(reply.Content, "ReturnValue"));
        var parameters = reply.Content.Elements().Single(element => element.Name.LocalName == "Job").Element(A + "ReferenceParameters")!;
        var job = Selector("InstanceID", parameters.Descendants(W + "Selector").First().Value);

        async Task<XElement> ReadAsync(string uri, string selectors, string property, params string[] passing)
        {
            while (true)
            {
                var instance = (await _client.AskAsync(Get, uri, string.Empty, selectors: selectors)).Content;
                if (!passing.Contains(Property(instance, property)))
                {
                    return instance;
                }

                await Task.Delay(20, CancellationToken.None);
            }
        }

        var instance = await ReadAsync(parameters.Element(W + "ResourceURI")!.Value, job, "JobState", "2", "3", "4");
        Assert.Equal(("10", "32778"), (Property(instance, "JobState"), Property(instance, "ErrorCode")));
        Assert.Contains("(0x8007000E)", Property(instance, "ErrorDescription"));

        // The state may follow the end of the job a little later.
        Assert.Equal("3", Property(await ReadAsync(Virtualization + "Msvm_ComputerSystem", foo, "EnabledState", "10"), "EnabledState"));
    }

    [Fact]
    public async Task Requests_come_in_UTF_16_too_and_with_white_space_everywhere()
    {
        var envelope = Envelope("\n" + Get + "\t", Cimv2 + "Win32_ComputerSystem", "\n  \n").Replace("encoding=\"utf-8\"", "encoding=\"utf-16\"", StringComparison.Ordinal);

        var reply = await _client.PostAsync(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(envelope)).ToArray(), "application/soap+xml;charset=UTF-16");

        Assert.Equal("HV-WIRE", Property(reply.Content, "Name"));
    }

    [Theory]
    [InlineData("<x:Stranger xmlns:x=\"urn:x\" env:mustUnderstand=\"true\"/>", "s:MustUnderstand", "2150858768")]
    [InlineData("<man:MaxEnvelopeSize env:mustUnderstand=\"true\">100</man:MaxEnvelopeSize>", "w:EncodingLimit", "2150858878")]
    [InlineData("<man:MaxEnvelopeSize>many</man:MaxEnvelopeSize>", "a:InvalidMessageInformationHeader", "2150858767")]
    [InlineData("<man:OperationTimeout>soon</man:OperationTimeout>", "a:InvalidMessageInformationHeader", "2150858767")]
    [InlineData("<man:FragmentTransfer env:mustUnderstand=\"true\">Name</man:FragmentTransfer>", "w:UnsupportedFeature", "2150858871")]
    public async Task Headers_that_ask_too_much_are_refused(string header, string subcode, string code)
    {
        var reply = await _client.AskAsync(Get, Cimv2 + "Win32_ComputerSystem", string.Empty, header);

        Assert.Equal((500, subcode, code), (reply.Status, reply.Subcode, reply.Code));
        Assert.Equal("uuid:00000000-0000-0000-0000-00000000002A", reply.Header("RelatesTo"));
        Assert.Equal("HV-WIRE", reply.Fault.Descendants(F + "WSManFault").Single().Attribute("Machine")!.Value);
        Assert.NotEmpty(reply.Fault.Descendants(F + "Message").Single().Value);
    }

    [Fact]
    public async Task Headers_that_are_not_known_and_demand_nothing_are_passed_over()
        => Assert.Equal(200, (await _client.AskAsync(Get, Cimv2 + "Win32_ComputerSystem", string.Empty, "<x:Stranger xmlns:x=\"urn:x\"/><x:Other xmlns:x=\"urn:x\" env:mustUnderstand=\"false\"/>")).Status);

    [Theory]
    [InlineData(Get, "root/nowhere/Thing", "", "a:DestinationUnreachable", "2150858778")]
    [InlineData(Get, "root/cimv2/Win32_NoSuchThing", "", "a:DestinationUnreachable", "2150858778")]
    [InlineData(Get, "root/virtualization/v2/Msvm_ComputerSystem", "Name=nobody", "a:DestinationUnreachable", "2150858752")]
    [InlineData(Get, "root/virtualization/v2/Msvm_ComputerSystem", "Colour=red", "w:InvalidSelectors", "2150858843")]
    [InlineData(Get, "root/virtualization/v2/Msvm_ComputerSystem", "", "w:InvalidSelectors", "2150859002")]
    [InlineData(Get, "root/virtualization/v2/*", "", "w:InvalidSelectors", "2150858813")]
    [InlineData("http://schemas.xmlsoap.org/ws/2004/09/transfer/Put", "root/cimv2/Win32_ComputerSystem", "", "a:ActionNotSupported", "2150858753")]
    [InlineData(Wmi + "root/cimv2/Win32_Process/Create", "root/cimv2/Win32_ComputerSystem", "", "a:ActionNotSupported", "2150858753")]
    public async Task What_does_not_exist_is_a_fault_in_the_form_of_WinRM(string action, string resource, string selector, string subcode, string code)
    {
        var pair = selector.Split('=');

        var reply = await _client.AskAsync(action, Wmi + resource, string.Empty, selectors: pair.Length == 2 ? Selector(pair[0], pair[1]) : string.Empty);

        Assert.Equal((500, subcode, code), (reply.Status, reply.Subcode, reply.Code));
    }

    [Theory]
    [InlineData("SELECT * FROM Msvm_NoSuchThing")]
    [InlineData("SELECT NoSuchProperty FROM Msvm_ComputerSystem")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE NoSuchProperty = 1")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE EnabledState = 'two'")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE EnabledState =")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE (EnabledState = 2")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 'foo")]
    [InlineData("SELECT FROM Msvm_ComputerSystem")]
    [InlineData("DELETE FROM Msvm_ComputerSystem")]
    [InlineData("ASSOCIATORS OF {Msvm_ComputerSystem")]
    [InlineData("")]
    public async Task A_query_that_is_wrong_is_a_fault(string wql)
        => Assert.Equal((500, "n:CannotProcessFilter"), await FaultAsync(Virtualization + "*", Query(wql)));

    [Fact]
    public async Task Filters_that_are_not_understood_are_faults()
    {
        Assert.Equal((500, "n:CannotProcessFilter"), await FaultAsync(Virtualization + "Msvm_ComputerSystem", Query("SELECT * FROM Msvm_ComputerSystem")));
        Assert.Equal((500, "n:FilterDialectRequestedUnavailable"), await FaultAsync(Virtualization + "*", "<enu:Enumerate><man:Filter Dialect=\"urn:poetry\">roses</man:Filter></enu:Enumerate>"));
        Assert.Equal((500, "n:CannotProcessFilter"), await FaultAsync(Virtualization + "*", "<enu:Enumerate/>"));
        Assert.Equal((500, "w:InvalidParameter"), await FaultAsync(Virtualization + "Msvm_ComputerSystem", "<enu:Enumerate><man:OptimizeEnumeration/><man:MaxElements>0</man:MaxElements></enu:Enumerate>"));
        Assert.Equal((500, "w:UnsupportedFeature"), await FaultAsync(Virtualization + "Msvm_ComputerSystem", "<enu:Enumerate><man:EnumerationMode>Upside</man:EnumerationMode></enu:Enumerate>"));
        Assert.Equal((500, "n:InvalidExpirationTime"), await FaultAsync(Virtualization + "Msvm_ComputerSystem", "<enu:Enumerate><enu:Expires>yesterday</enu:Expires></enu:Enumerate>"));
        Assert.Equal((500, "w:SchemaValidationError"), await FaultAsync(Virtualization + "Msvm_ComputerSystem", "<enu:Pull/>"));
    }

    [Theory]
    [InlineData("this is not XML")]
    [InlineData("<a><b></a>")]
    [InlineData("<!DOCTYPE x [<!ENTITY y \"z\">]><x>&y;</x>")]
    [InlineData("<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body/></Envelope>")]
    [InlineData("<x:Envelope xmlns:x=\"http://www.w3.org/2003/05/soap-envelope\"/>")]
    public async Task What_is_no_envelope_is_a_fault(string text)
    {
        var reply = await _client.PostAsync(text);

        Assert.Equal((500, "w:SchemaValidationError"), (reply.Status, reply.Subcode));
    }

    [Fact]
    public async Task A_flood_is_a_fault_and_not_more()
    {
        var deep = await _client.PostAsync(string.Concat(Enumerable.Repeat("<a>", 100_000)));
        Assert.Equal("w:SchemaValidationError", deep.Subcode);
        var large = await _client.PostAsync(Envelope(Get, Cimv2 + "Win32_ComputerSystem", new string(' ', 600_000)));
        Assert.Equal((500, "w:EncodingLimit"), (large.Status, large.Subcode));
        Assert.Equal((500, "w:UnsupportedFeature"), ((await _client.PostAsync("{}", "application/json")) is var json ? json.Status : 0, json.Subcode));
        var nested = await FaultAsync(Virtualization + "*", Query("SELECT * FROM Msvm_ComputerSystem WHERE " + new string('(', 5_000) + "EnabledState = 2" + new string(')', 5_000)));
        Assert.Equal((500, "n:CannotProcessFilter"), nested);
        Assert.Equal(200, (await _client.AskAsync(Get, Cimv2 + "Win32_ComputerSystem", string.Empty)).Status);
    }

    [Fact]
    public async Task The_log_says_what_was_asked_and_no_secret()
    {
        var lines = new List<string>();
        await using var served = await ServedHost.StartAsync(new SimulatedHost(Scenario.Parse(Story), new VirtualClock()), log: line =>
        {
            lock (lines)
            {
                lines.Add(line);
            }
        });
        using var client = new ForeignClient(served.Address);
        await client.AskAsync(Get, Cimv2 + "Win32_ComputerSystem", string.Empty);
        client.Password = "a wrong one";
        await client.AskAsync(Get, Cimv2 + "Win32_ComputerSystem\r\nforged", string.Empty);
        await served.DisposeAsync();

        Assert.Equal(2, lines.Count);
        Assert.Contains("Get Win32_ComputerSystem", lines[0]);
        Assert.Contains("401", lines[1]);
        Assert.All(lines, line => Assert.DoesNotContain("secret", line));
        Assert.All(lines, line => Assert.DoesNotContain("wrong one", line));
        Assert.All(lines, line => Assert.DoesNotContain('\n', line));
    }

    private static string Property(XElement instance, string name) => instance.Elements().First(element => element.Name.LocalName == name).Value;

    private async Task<(int Status, string Subcode)> FaultAsync(string resource, string body)
    {
        var reply = await _client.AskAsync(Enumerate, resource, body);
        return (reply.Status, reply.Subcode);
    }

    private async Task<string> KeyAsync(string name)
        => Property((await _client.AskAsync(Enumerate, Virtualization + "*", Query($"SELECT Name FROM Msvm_ComputerSystem WHERE ElementName = '{name}'"))).Items.Single(), "Name");

    private sealed class SteppedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
