using System;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Multipass.HyperV.Wsman.Client;
using Xunit;

namespace Multipass.HyperV.Tests.Wire;

/// <summary>Each flaw of a certificate alone is enough, and has a code and words of its own; several are all told.</summary>
public sealed class CertificateTests
{
    private const int UntrustedRoot = unchecked((int)0x800B0109);
    private const int OtherName = unchecked((int)0x800B010F);
    private const int Expired = unchecked((int)0x800B0101);

    [Theory]
    [InlineData(-1, 1, true, false, 0, "")]
    [InlineData(-1, 1, true, true, OtherName, "another name")]
    [InlineData(-2, -1, true, false, Expired, "expired")]
    [InlineData(1, 2, true, false, Expired, "not valid yet")]
    [InlineData(-1, 1, false, false, UntrustedRoot, "not trusted")]
    [InlineData(-2, -1, true, true, Expired, "another name; it has expired")]
    [InlineData(-1, 1, false, true, UntrustedRoot, "another name; whoever issued it is not trusted")]
    [InlineData(-2, -1, false, false, UntrustedRoot, "expired, or is not valid yet; whoever issued it is not trusted")]
    [InlineData(-2, -1, false, true, UntrustedRoot, "another name; it has expired, or is not valid yet; whoever issued it is not trusted")]
    public void A_flaw_refuses(int fromDays, int toDays, bool isTrusted, bool isForAnotherName, int code, string words)
    {
        var now = DateTimeOffset.UtcNow;
        using var rootKey = RSA.Create(2048);
        var rootRequest = new CertificateRequest("CN=A root of the tests", rootKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var root = rootRequest.CreateSelfSigned(now.AddDays(-30), now.AddDays(30));
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=hv01", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).Create(root, now.AddDays(fromDays), now.AddDays(toDays), [1, 2, 3, 4]);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        _ = (isTrusted ? chain.ChainPolicy.CustomTrustStore : chain.ChainPolicy.ExtraStore).Add(root);
        var errors = (chain.Build(certificate) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors) | (isForAnotherName ? SslPolicyErrors.RemoteCertificateNameMismatch : SslPolicyErrors.None);

        if (code == 0)
        {
            Assert.True(CertificateRefusedException.Check(this, certificate, chain, errors));
            return;
        }

        var refused = Assert.Throws<CertificateRefusedException>(() => CertificateRefusedException.Check(this, certificate, chain, errors));
        Assert.Equal(code, refused.HResult);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_certificate_at_all_refuses()
    {
        var refused = Assert.Throws<CertificateRefusedException>(() => CertificateRefusedException.Check(this, null, null, SslPolicyErrors.RemoteCertificateNotAvailable));
        Assert.Equal(UntrustedRoot, refused.HResult);
        Assert.Contains("there is none", refused.Message, StringComparison.Ordinal);
    }
}
