using System;
using System.IO;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Multipass.HyperV.Server.Http;

/// <summary>Certificates for HTTPS: one from a file, or one made for this computer.</summary>
internal static class Certificates
{
    /// <summary>Reads a certificate with its private key.</summary>
    /// <param name="path">A PKCS #12 file (.pfx, .p12), or a PEM file that holds both.</param>
    /// <param name="password">The file's password, or null.</param>
    /// <exception cref="ServerException">It cannot be read, or has no private key.</exception>
    public static X509Certificate2 Load(string path, string? password)
    {
        try
        {
            var certificate = Path.GetExtension(path).ToUpperInvariant() is ".PFX" or ".P12"
                ? X509CertificateLoader.LoadPkcs12FromFile(path, password)
                : password is null ? X509Certificate2.CreateFromPemFile(path) : X509Certificate2.CreateFromEncryptedPemFile(path, password);
            return certificate.HasPrivateKey ? certificate : throw new ServerException($"The certificate '{path}' has no private key.");
        }
        catch (Exception exception) when (exception is IOException or CryptographicException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ServerException($"The certificate '{path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Makes a certificate for this computer, valid for a year. Nobody trusts it.</summary>
    public static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName(Environment.MachineName);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(new OidCollection { new("1.3.6.1.5.5.7.3.1") }, false));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));

        // Through PKCS #12, so that the key is where every platform's TLS finds it.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
