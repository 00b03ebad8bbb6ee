using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using System.Xml.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Torture.Wire;
using Xunit;
using static Multipass.HyperV.Torture.Wire.ForeignClient;

namespace Multipass.HyperV.Tests.Wire;

/// <summary>What particular clients insist on, as requests of our own: libvirt's hyperv driver, virt-who, Go clients, pywinrm and pypsrp, openwsman and winrm.vbs.</summary>
public sealed partial class ForeignClientTests
{
    private static readonly XNamespace WmiError = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError";

    /// <summary>libvirt: machines are what does not bear the host's name, active or not, and each is pulled by itself.</summary>
    [Theory]
    [InlineData("Name != __SERVER", "foo bar baz")]
    [InlineData("Name <> __SERVER and (EnabledState != 0 and EnabledState != 3 and EnabledState != 32769)", "bar baz")]
    [InlineData("Name != __SERVER and (EnabledState = 0 or EnabledState = 3 or EnabledState = 32769)", "foo")]
    [InlineData("Name = __SERVER", "HV-WIRE")]
    [InlineData("__SERVER = Name", "HV-WIRE")]
    [InlineData("ElementName = __SERVER OR EnabledState = EnabledDefault", "HV-WIRE foo bar")]
    [InlineData("Description = 'Microsoft Virtual Machine'", "foo bar baz")]
    [InlineData("NumberOfNumaNodes < EnabledState AND TimeOfLastStateChange < InstallDate", "foo")]
    public async Task Two_properties_can_be_compared(string condition, string names)
    {
        var begun = await _client.AskAsync(Enumerate, Virtualization + "*", Query("select * from Msvm_ComputerSystem where " + condition, string.Empty));
        var found = new List<string>();
        for (var context = begun.Context; context is not null;)
        {
            var page = await _client.AskAsync(Pull, Virtualization + "Msvm_ComputerSystem", $"<enu:Pull><enu:EnumerationContext>{context}</enu:EnumerationContext></enu:Pull>");
            found.AddRange(page.Items.Select(item => Property(item, "ElementName")));
            context = page.Context;
        }

        Assert.Equal(names, string.Join(" ", found));
    }

    [Theory]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE Name = OperationalStatus")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE Name = EnabledState")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE Name = NoSuchProperty")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE Name LIKE __SERVER")]
    public async Task Two_properties_that_do_not_go_together_are_a_fault(string wql) => Assert.Equal((500, "n:CannotProcessFilter"), await FaultAsync(Virtualization + "*", Query(wql)));

    /// <summary>libvirt's description of a machine: settings by the machine's id in small letters, of them processors, memory, disks, drives and controllers.</summary>
    [Fact]
    public async Task A_machine_can_be_described_from_its_settings()
    {
        var id = (await KeyAsync("bar")).ToLowerInvariant();
        var settings = Assert.Single(await AssociatedAsync(
            $"ASSOCIATORS OF {{Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='{id}'}} WHERE AssocClass = Msvm_SettingsDefineState ResultClass = Msvm_VirtualSystemSettingData"));
        Assert.Matches("^\\{[0-9A-F-]{36}\\}$", Property(settings, "BIOSGUID"));
        Assert.Matches("^([0-9]{4}-){6}[0-9]{2}$", Property(settings, "BIOSSerialNumber"));
        Task<IReadOnlyList<XElement>> PartsAsync(string className) => AssociatedAsync(
            $"ASSOCIATORS OF {{Msvm_VirtualSystemSettingData.InstanceID='{Property(settings, "InstanceID")}'}} WHERE AssocClass = Msvm_VirtualSystemSettingDataComponent ResultClass = {className}");

        Assert.Equal("1", Property(Assert.Single(await PartsAsync("Msvm_ProcessorSettingData")), "VirtualQuantity"));
        Assert.Equal("2048", Property(Assert.Single(await PartsAsync("Msvm_MemorySettingData")), "Limit"));
        Assert.Empty(await PartsAsync("Msvm_SerialPortSettingData"));
        var resources = await PartsAsync("Msvm_ResourceAllocationSettingData");
        foreach (var image in await PartsAsync("Msvm_StorageAllocationSettingData"))
        {
            // The text of a path ends in the id of what it leads to, with every backslash doubled.
            XElement ParentOf(XElement child) => Assert.Single(resources, resource
                => Property(child, "Parent").EndsWith(Property(resource, "InstanceID").Replace("\\", "\\\\", StringComparison.Ordinal) + "\"", StringComparison.Ordinal));
            var drive = ParentOf(image);
            Assert.Equal(Property(image, "ResourceSubType").Contains("CD/DVD", StringComparison.Ordinal) ? "1" : "0", Property(drive, "AddressOnParent"));
            Assert.Equal("6", Property(ParentOf(drive), "ResourceType"));
        }
    }

    /// <summary>libvirt looks for what a property names by the text of its path, with every backslash doubled.</summary>
    [Theory]
    [InlineData("Parent", "Msvm_SyntheticEthernetPortSettingData", "InstanceID")]
    [InlineData("HostResource", "Msvm_VirtualEthernetSwitch", "Name")]
    public async Task What_a_property_names_is_found_by_its_path(string property, string className, string key)
    {
        var port = (await _client.AskAsync(Enumerate, Virtualization + "*", Query("SELECT * FROM Msvm_EthernetPortAllocationSettingData WHERE Parent IS NOT NULL"))).Items[0];
        var path = Property(port, property);
        foreach (var spelling in new[] { path, path.ToUpperInvariant() })
        {
            var found = await _client.AskAsync(Enumerate, Virtualization + "*", Query($"SELECT * FROM {className} WHERE __PATH = '{spelling.Replace("\\", "\\\\", StringComparison.Ordinal)}'"));
            Assert.Contains(Property(Assert.Single(found.Items), key).Replace("\\", "\\\\", StringComparison.Ordinal), path, StringComparison.OrdinalIgnoreCase);
        }

        // The same, as the path itself says it.
        var all = await _client.AskAsync(Enumerate, Virtualization + "*", Query($"SELECT __PATH, {key} FROM {className}"));
        Assert.Contains(path, all.Items.Select(item => Property(item, "__PATH")));
    }

    /// <summary>libvirt asks for the processors of the host, and for the most that a machine may have.</summary>
    [Fact]
    public async Task The_host_tells_its_processors_and_its_limits()
    {
        var processors = await AssociatedAsync("ASSOCIATORS OF {Win32_ComputerSystem.Name='HV-WIRE'} WHERE AssocClass = Win32_ComputerSystemProcessor ResultClass = Win32_Processor", Cimv2);
        Assert.Equal(("8", "8", "2400"), (Property(processors.Single(), "NumberOfCores"), Property(processors.Single(), "NumberOfLogicalProcessors"), Property(processors.Single(), "MaxClockSpeed")));
        var most = await _client.AskAsync(Enumerate, Virtualization + "*", Query("SELECT * FROM Msvm_ProcessorSettingData WHERE InstanceID LIKE 'Microsoft:Definition%Maximum'"));
        Assert.Equal("2048", Property(most.Items.Single(), "VirtualQuantity"));
    }

    /// <summary>libvirt turns a query into a reference, and hands it to a method as it came.</summary>
    [Fact]
    public async Task A_reference_that_was_enumerated_can_be_handed_to_a_method()
    {
        var found = await _client.AskAsync(
            Enumerate,
            Virtualization + "*",
            Query("SELECT * FROM Msvm_VirtualSystemSettingData WHERE ElementName = 'bar'", "<man:OptimizeEnumeration/><man:EnumerationMode>EnumerateEPR</man:EnumerationMode>"));
        var uri = Virtualization + "Msvm_VirtualSystemManagementService";
        foreach (var reference in new[] { found.Items.Single().ToString(), string.Concat(found.Items.Single().Elements()) })
        {
            var reply = await _client.AskAsync(
                uri + "/GetSummaryInformation",
                uri,
                $"<p:GetSummaryInformation_INPUT xmlns:p=\"{uri}\"><p:SettingData>{reference}</p:SettingData><p:RequestedInformation>1</p:RequestedInformation></p:GetSummaryInformation_INPUT>");

            Assert.Equal("bar", Property(reply.Content.Elements().Single(element => element.Name.LocalName == "SummaryInformation"), "ElementName"));
        }
    }

    /// <summary>virt-who: the namespace of old hosts is asked first, and the number in the fault decides.</summary>
    [Fact]
    public async Task A_missing_namespace_has_its_number_in_the_error_of_WMI()
    {
        var reply = await _client.AskAsync(Enumerate, Wmi + "root/virtualization/*", Query("select BIOSGUID from Msvm_VirtualSystemSettingData where SettingType = 3"));

        Assert.Equal(500, reply.Status);
        var error = reply.Fault.Element(S + "Detail")!.Element(WmiError + "MSFT_WmiError")!;
        Assert.Equal("2150858778", error.Element(WmiError + "error_Code")!.Value);
        Assert.Equal("3", error.Element(WmiError + "CIMStatusCode")!.Value);
        Assert.NotEmpty(error.Element(WmiError + "error_WindowsErrorMessage")!.Value);
    }

    /// <summary>virt-who: the states of all machines in one call, whose input stands in the namespace of WS-Management; the elements of the answer in that of the class.</summary>
    [Fact]
    public async Task All_machines_can_be_summed_up_at_once()
    {
        var uri = Virtualization + "Msvm_VirtualSystemManagementService";
        XNamespace summary = Virtualization + "Msvm_SummaryInformation";

        var reply = await _client.AskAsync(
            uri + "/GetSummaryInformation",
            uri,
            $"<man:GetSummaryInformation_INPUT xmlns:p=\"{uri}\">{string.Concat(new[] { 0, 1, 100 }.Select(code => $"<p:RequestedInformation>{code}</p:RequestedInformation>"))}</man:GetSummaryInformation_INPUT>",
            selectors: Selector("CreationClassName", "Msvm_VirtualSystemManagementService") + Selector("SystemCreationClassName", "Msvm_ComputerSystem"));

        Assert.Equal(XName.Get("GetSummaryInformation_OUTPUT", uri), reply.Content.Name);
        var rows = reply.Content.Elements(XName.Get("SummaryInformation", uri)).ToArray();
        Assert.Equal(new[] { "foo 3", "bar 2", "baz 6" }, rows.Select(row => $"{row.Element(summary + "ElementName")!.Value} {row.Element(summary + "EnabledState")!.Value}"));
        Assert.Equal(await KeyAsync("foo"), rows[0].Element(summary + "Name")!.Value);
        Assert.Equal("true", rows[0].Element(summary + "UpTime")!.Attribute(Xsi + "nil")!.Value);
    }

    [Fact]
    public async Task A_machine_that_is_not_there_has_a_summary_without_a_name()
    {
        var uri = Virtualization + "Msvm_VirtualSystemManagementService";
        var reply = await _client.AskAsync(
            uri + "/GetSummaryInformation",
            uri,
            $"""
            <p:GetSummaryInformation_INPUT xmlns:p="{uri}"><p:SettingData><adr:Address>x</adr:Address><adr:ReferenceParameters>
              <man:ResourceURI>{Virtualization}Msvm_VirtualSystemSettingData</man:ResourceURI><man:SelectorSet>{Selector("InstanceID", "Microsoft:00000000-0000-4000-8000-000000000000")}</man:SelectorSet>
            </adr:ReferenceParameters></p:SettingData><p:RequestedInformation>100</p:RequestedInformation></p:GetSummaryInformation_INPUT>
            """);

        var row = reply.Content.Elements().Single(element => element.Name.LocalName == "SummaryInformation");
        Assert.Equal((string.Empty, "0"), (Property(row, "Name"), Property(reply.Content, "ReturnValue")));
    }

    /// <summary>virt-who reads Hyper-V's version from the file of its service.</summary>
    [Fact]
    public async Task The_version_of_Hyper_V_is_that_of_its_service()
    {
        var reply = await _client.AskAsync(Enumerate, Cimv2 + "*", Query(@"select * from CIM_Datafile where Path = '\\windows\\system32\\' and FileName='vmms'"));

        Assert.Equal((@"\windows\system32\", "10.0.26100.1"), (Property(reply.Items.Single(), "Path"), Property(reply.Items.Single(), "Version")));
    }

    /// <summary>pywinrm and pypsrp read WinRM's number, pypsrp also every field of WMI's error; all are children of the detail.</summary>
    [Theory]
    [InlineData("Msvm_NoSuchThing", "", "5", "2150858778", 13)]
    [InlineData("Msvm_ComputerSystem", "Name=nobody", "6", "2147749890", 13)]
    public async Task A_fault_says_the_same_in_the_forms_that_clients_know(string className, string selector, string status, string code, int category)
    {
        var pair = selector.Split('=');
        var reply = await _client.AskAsync(Get, Virtualization + className, string.Empty, selectors: pair.Length == 2 ? Selector(pair[0], pair[1]) : string.Empty);

        var detail = reply.Fault.Element(S + "Detail")!;
        Assert.NotEmpty(detail.Element(F + "WSManFault")!.Attribute("Code")!.Value);
        Assert.NotEmpty(detail.Element(F + "WSManFault")!.Element(F + "Message")!.Value);
        var error = detail.Element(WmiError + "MSFT_WmiError")!;
        string Field(string name) => error.Element(WmiError + name)!.Value;
        Assert.Equal((status, code, "HRESULT"), (Field("CIMStatusCode"), Field("error_Code"), Field("error_Type")));
        Assert.Equal("HRESULT 0x" + uint.Parse(code, System.Globalization.CultureInfo.InvariantCulture).ToString("x8", System.Globalization.CultureInfo.InvariantCulture), Field("MessageID"));
        Assert.Equal(category.ToString(System.Globalization.CultureInfo.InvariantCulture), Field("error_Category"));
        Assert.Equal(Field("Message"), Field("error_WindowsErrorMessage"));
        foreach (var number in new[] { "ErrorSourceFormat", "ErrorType", "PerceivedSeverity", "ProbableCause" })
        {
            Assert.True(int.TryParse(Field(number), out _), number);
        }
    }

    /// <summary>openwsman and the specification write the dialect with a small letter, winrm.vbs with a large one.</summary>
    [Theory]
    [InlineData("associationFilter", "AssociatedInstances", "Msvm_VirtualSystemSettingData")]
    [InlineData("AssociationFilter", "AssociatedInstances", "Msvm_VirtualSystemSettingData")]
    [InlineData("associationFilter", "AssociationInstances", "Msvm_SettingsDefineState")]
    [InlineData("AssociationFilter", "AssociationInstances", "Msvm_SettingsDefineState")]
    public async Task The_dialect_of_associations_is_spelt_in_two_ways(string dialect, string kind, string result)
    {
        var reply = await _client.AskAsync(
            Enumerate,
            Virtualization + "*",
            $"""
            <enu:Enumerate xmlns:b="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"><man:OptimizeEnumeration/><man:MaxElements>50</man:MaxElements>
              <man:Filter Dialect="http://schemas.dmtf.org/wbem/wsman/1/cimbinding/{dialect}">
                <b:{kind}><b:Object><adr:Address>x</adr:Address><adr:ReferenceParameters><man:ResourceURI>{Virtualization}Msvm_ComputerSystem</man:ResourceURI>
                  <man:SelectorSet>{Selector("Name", await KeyAsync("bar"))}</man:SelectorSet></adr:ReferenceParameters></b:Object>
                  <b:ResultClassName>{result}</b:ResultClassName></b:{kind}></man:Filter></enu:Enumerate>
            """);

        Assert.Equal(200, reply.Status);
        Assert.Equal(result, Assert.Single(reply.Items).Name.LocalName);
    }

    /// <summary>GNS3 writes the backslash of an id once, others twice as WQL has it.</summary>
    [Theory]
    [InlineData(@"Microsoft:GuestNetwork\ID%")]
    [InlineData(@"Microsoft:GuestNetwork\\ID%")]
    public async Task A_backslash_need_not_be_doubled(string pattern)
    {
        var reply = await _client.AskAsync(
            Enumerate, Virtualization + "*", Query($"SELECT * FROM Msvm_GuestNetworkAdapterConfiguration WHERE InstanceID LIKE '{pattern.Replace("ID", await KeyAsync("foo"), StringComparison.Ordinal)}'"));

        Assert.Equal("0", Property(reply.Items.Single(), "ProtocolIFType"));
    }

    /// <summary>The row as WinRM was recorded to write it: self-contained, alphabetical, null arrays left out, references plain, moments with six digits at most.</summary>
    [Fact]
    public async Task A_row_is_written_as_WinRM_writes_it()
    {
        var job = await _client.AskAsync(
            Virtualization + "Msvm_ComputerSystem/RequestStateChange",
            Virtualization + "Msvm_ComputerSystem",
            $"<p:RequestStateChange_INPUT xmlns:p=\"{Virtualization}Msvm_ComputerSystem\"><p:RequestedState>2</p:RequestedState></p:RequestStateChange_INPUT>",
            selectors: Selector("Name", await KeyAsync("foo")));
        Assert.Equal(new[] { "Job", "ReturnValue" }, job.Content.Elements().Select(element => element.Name.LocalName));
        var reference = job.Content.Elements().First();
        Assert.Equal(new[] { A + "Address", A + "ReferenceParameters" }, reference.Elements().Select(element => element.Name));
        Assert.Equal("InstanceID", Assert.Single(reference.Descendants(W + "Selector")).Attribute("Name")!.Value);

        var reply = await _client.AskAsync(Enumerate, Virtualization + "Msvm_ComputerSystem", "<enu:Enumerate><man:OptimizeEnumeration/><man:MaxElements>9</man:MaxElements></enu:Enumerate>");
        Assert.Equal("en-US", reply.Envelope.Attribute(XNamespace.Xml + "lang")!.Value);
        Assert.Equal(new[] { "Action", "MessageID", "To", "RelatesTo" }, reply.Envelope.Element(S + "Header")!.Elements().Select(element => element.Name.LocalName));
        Assert.All(reply.Items, item =>
        {
            Assert.Equal("p:Msvm_ComputerSystem_Type", item.Attribute(Xsi + "type")!.Value);
            Assert.All(new[] { "xsi", "p", "cim" }, prefix => Assert.NotNull(item.Attribute(XNamespace.Xmlns + prefix)));
            Assert.DoesNotContain(item.Elements(), property => property.Name.LocalName is "AvailableRequestedStates" or "IdentifyingDescriptions" or "Roles");
            Assert.All(item.Descendants().Where(element => element.Name.LocalName == "Datetime"), moment => Assert.Matches("^[0-9-]{10}T[0-9:]{8}(\\.[0-9]{0,5}[1-9])?Z$", moment.Value));
        });
    }

    /// <summary>A class that only others extend answers in process as over the wire: with the instances of those.</summary>
    [Theory]
    [InlineData("CIM_ComputerSystem", "ElementName", "HV-WIRE foo bar baz Default Switch")]
    [InlineData("CIM_ConcreteJob", "InstanceID", "")]
    [InlineData("CIM_ResourceAllocationSettingData", "NoSuchProperty", null)]
    public async Task A_base_class_answers_alike_on_both_ways(string className, string property, string? values)
    {
        using var inProcess = _served.Host.Connect();
        var query = new CimQuery("root/virtualization/v2", className, new[] { property });
        var reply = await _client.AskAsync(Enumerate, Virtualization + "*", Query($"SELECT {property} FROM {className}"));
        if (values is null)
        {
            Assert.Equal(500, reply.Status);
            await Assert.ThrowsAsync<CimFaultException>(() => inProcess.QueryAsync(query, TestContext.Current.CancellationToken));
            return;
        }

        Assert.Equal(values, string.Join(" ", reply.Items.Select(item => Property(item, property))));
        Assert.Equal(values, string.Join(" ", (await inProcess.QueryAsync(query, TestContext.Current.CancellationToken)).Select(row => row.Text(property))));
    }

    private async Task<IReadOnlyList<XElement>> AssociatedAsync(string wql, string resource = Virtualization)
    {
        var reply = await _client.AskAsync(Enumerate, resource + "*", Query(wql));
        Assert.Equal(200, reply.Status);
        return reply.Items;
    }
}
