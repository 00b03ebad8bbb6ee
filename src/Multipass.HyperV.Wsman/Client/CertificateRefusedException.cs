using System.Collections.Generic;
using System.Linq;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Multipass.HyperV.Wsman.Client;

/// <summary>A host's certificate is not one that this computer trusts for that name.</summary>
internal sealed class CertificateRefusedException : AuthenticationException
{
    /// <summary>CERT_E_UNTRUSTEDROOT, winerror.h.</summary>
    private const int UntrustedRoot = unchecked((int)0x800B0109);

    /// <summary>CERT_E_CN_NO_MATCH, winerror.h.</summary>
    private const int OtherName = unchecked((int)0x800B010F);

    /// <summary>CERT_E_EXPIRED, winerror.h.</summary>
    private const int Expired = unchecked((int)0x800B0101);

    private CertificateRefusedException(int hresult, string reason)
        : base(reason) => HResult = hresult;

    /// <summary>Accepts what has no errors; the check of .NET itself, but with a reason that can be told apart.</summary>
    /// <exception cref="CertificateRefusedException">It has errors.</exception>
    public static bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        var flaws = (chain?.ChainStatus ?? Enumerable.Empty<X509ChainStatus>()).Select(status => status.Status).Where(status => status != X509ChainStatusFlags.NoError).Distinct().ToList();
        var reasons = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            reasons.Add("there is none");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            reasons.Add("it is for another name");
        }

        if (flaws.Contains(X509ChainStatusFlags.NotTimeValid))
        {
            reasons.Add("it has expired, or is not valid yet");
        }

        var others = flaws.Where(flaw => flaw != X509ChainStatusFlags.NotTimeValid).ToList();
        if (others.Count > 0)
        {
            reasons.Add($"whoever issued it is not trusted ({string.Join(", ", others)})");
        }

        throw new CertificateRefusedException(
            others.Count > 0 ? UntrustedRoot
                : flaws.Contains(X509ChainStatusFlags.NotTimeValid) ? Expired
                : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? OtherName
                : UntrustedRoot,
            string.Join("; ", reasons));
    }
}
