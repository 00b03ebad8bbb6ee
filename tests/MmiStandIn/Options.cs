using System;
using System.Collections.Generic;
using System.Security;

namespace Microsoft.Management.Infrastructure.Options;

public class CimOperationOptions : IDisposable
{
    private TimeSpan _timeout;

    public TimeSpan Timeout
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return _timeout;
        }

        set
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            _timeout = value;
        }
    }

    public bool IsDisposed { get; private set; }

    public void Dispose()
    {
        IsDisposed = true;
        GC.SuppressFinalize(this);
    }
}

public class CimSessionOptions : IDisposable
{
    public TimeSpan Timeout { get; set; }

    internal List<CimCredential> Credentials { get; } = new();

    internal bool IsDisposed { get; private set; }

    public void AddDestinationCredentials(CimCredential credential) => Credentials.Add(credential);

    public void Dispose()
    {
        IsDisposed = true;
        GC.SuppressFinalize(this);
    }
}

public class DComSessionOptions : CimSessionOptions
{
}

public class WSManSessionOptions : CimSessionOptions
{
    public bool CertCACheck { get; set; } = true;

    public bool CertCNCheck { get; set; } = true;

    public bool CertRevocationCheck { get; set; } = true;

    public uint DestinationPort { get; set; }

    public bool UseSsl { get; set; }

    public bool NoEncryption { get; set; }
}

public class CimCredential
{
    public CimCredential(PasswordAuthenticationMechanism authenticationMechanism, string domain, string userName, SecureString password)
    {
        ArgumentException.ThrowIfNullOrEmpty(userName);
        ArgumentNullException.ThrowIfNull(password);
        Text = $"{authenticationMechanism} {domain}\\{userName} ({password.Length})";
    }

    public CimCredential(ImpersonatedAuthenticationMechanism authenticationMechanism) => Text = $"own {authenticationMechanism}";

    /// <summary>What it says, without the secret.</summary>
    internal string Text { get; }
}
