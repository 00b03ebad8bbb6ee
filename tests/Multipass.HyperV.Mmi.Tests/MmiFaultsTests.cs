using System;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Transports.Mmi;
using Xunit;

namespace Multipass.HyperV.Mmi.Tests;

public sealed class MmiFaultsTests
{
    /// <summary>MI's result and HRESULT; the status, the engine's HRESULT and the cause that they come to.</summary>
    public static TheoryData<int, long, CimStatus, long, string> Table => new()
    {
        // A status without a number, and a number without a status.
        { 2, 0, CimStatus.AccessDenied, 0x80041003, "PermissionDenied" },
        { 3, 0, CimStatus.InvalidNamespace, 0x8004100E, "HyperVNotInstalled" },
        { 5, 0, CimStatus.InvalidClass, 0x80041010, "HyperVNotInstalled" },
        { 6, 0, CimStatus.NotFound, 0x80041002, "InstanceNotFound" },
        { 1, 0x80041003, CimStatus.AccessDenied, 0x80041003, "PermissionDenied" },
        { 1, 0x8004100E, CimStatus.InvalidNamespace, 0x8004100E, "HyperVNotInstalled" },
        { 1, 0x80041010, CimStatus.InvalidClass, 0x80041010, "HyperVNotInstalled" },
        { 1, 0x80041013, CimStatus.Failed, 0x80041013, "VmmsNotRunning" },
        { 1, 0x80041032, CimStatus.Failed, 0x80041032, "VmmsNotRunning" },
        { 1, 0x80041033, CimStatus.ServerIsShuttingDown, 0x80041033, "VmmsNotRunning" },
        { 28, 0, CimStatus.ServerIsShuttingDown, 0x80041033, "VmmsNotRunning" },
        { 1, 0, CimStatus.Failed, 0, "Unknown" },
        { 99, 0x80041002, CimStatus.NotFound, 0x80041002, "InstanceNotFound" },

        // Windows' own numbers must not be taken for a virtual machine's disk or memory.
        { 2, 0x80070005, CimStatus.AccessDenied, 0x80041003, "PermissionDenied" },
        { 1, 0x80070005, CimStatus.AccessDenied, 0x80041003, "PermissionDenied" },
        { 6, 0x80070002, CimStatus.NotFound, 0x80041002, "InstanceNotFound" },
        { 1, 0x8007000E, CimStatus.Failed, 0x80041001, "Unknown" },
        { 1, 0x80070020, CimStatus.Failed, 0x80041001, "Unknown" },

        // Lost on the way.
        { 1, 0x800706BA, CimStatus.Failed, 0x800706BA, "HostUnreachable" },
        { 1, 0x800706BE, CimStatus.Failed, 0x800706BE, "HostUnreachable" },
        { 1, 0x80338012, CimStatus.Failed, 0x800706BA, "HostUnreachable" },
        { 1, 0x80338126, CimStatus.Failed, 0x800706BA, "HostUnreachable" },
        { 1, 0x80072EE7, CimStatus.Failed, 0x800706BA, "HostUnreachable" },
        { 1, 0x80072EFE, CimStatus.Failed, 0x800706BE, "HostUnreachable" },
        { 1, 0x80041069, CimStatus.Failed, 0x80041069, "HostUnreachable" },
        { 1, 0x00040004, CimStatus.Failed, 0x80041069, "HostUnreachable" },
        { 1, 0x80338029, CimStatus.Failed, 0x80041069, "HostUnreachable" },

        // WinRM's own for what WMI does not have; and logging on.
        { 1, 0x8033801A, CimStatus.InvalidNamespace, 0x8004100E, "HyperVNotInstalled" },
        { 5, 0x8033801A, CimStatus.InvalidClass, 0x80041010, "HyperVNotInstalled" },
        { 1, 0x803380E4, CimStatus.Failed, 0x803380E4, "AuthenticationFailed" },
        { 1, 0x8009030E, CimStatus.Failed, 0x8009030E, "AuthenticationFailed" },
        { 2, 0x8007052E, CimStatus.AccessDenied, 0x8007052E, "AuthenticationFailed" },
        { 1, 0x80072F8F, CimStatus.Failed, 0x80072F8F, "CertificateNotTrusted" },
        { 1, 0x800B010F, CimStatus.Failed, 0x800B010F, "CertificateNotTrusted" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Numbers_have_one_meaning(int native, long hresult, CimStatus status, long own, string cause)
    {
        var fault = MmiFaults.Of(native, hresult == 0 ? null : (uint)hresult, "text");
        Assert.Equal((status, own.ToString("X8")), (fault.Status, fault.HResult.ToString("X8")));
        Assert.Equal(cause, FailureCatalogue.Judge(FailureEvidence.OfFault(fault), HostFacts.None).Name);
        Assert.StartsWith("text", fault.Message, StringComparison.Ordinal);
        if (hresult != 0 && hresult != own)
        {
            // What was said first is not lost.
            Assert.Contains($"0x{hresult:X8}", fault.Message);
        }
    }

    [Theory]
    [InlineData("HRESULT 0x80041010", 0x80041010u)]
    [InlineData("HRESULT 0x8033801a", 0x8033801au)]
    [InlineData("hresult 0X5", 5u)]
    [InlineData("HRESULT 80041010", null)]
    [InlineData("HRESULT 0x", null)]
    [InlineData("HRESULT 0x800410100", null)]
    [InlineData("HRESULT 0x-1", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Message_ids_are_read_for_their_number(string? messageId, uint? expected) => Assert.Equal(expected, MmiFaults.HResultOf(messageId));

    [Fact]
    public void Whatever_else_goes_wrong_is_a_fault_too()
    {
        Assert.True(Fault(new ObjectDisposedException("CimSession")).IsConnectionLost);
        Assert.True(Fault(new OperationCanceledException()).IsTransient);
        Assert.Equal(CimStatus.Failed, Fault(new InvalidOperationException("text")).Status);
        Assert.Equal(CimStatus.AccessDenied, Fault(new UnauthorizedAccessException()).Status);
    }

    private static CimFault Fault(Exception exception) => Assert.IsType<CimFaultException>(MmiFaults.Of(exception)).Fault;
}
