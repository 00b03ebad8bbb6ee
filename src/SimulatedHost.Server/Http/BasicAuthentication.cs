using System;
using System.Security.Cryptography;
using System.Text;

namespace Multipass.HyperV.Server.Http;

/// <summary>Name and password in a request's header (RFC 7617), compared in a time that tells nothing.</summary>
internal sealed class BasicAuthentication
{
    public const string Scheme = "Basic";

    private readonly string _userName;
    private readonly byte[] _password;

    public BasicAuthentication(string userName, string password)
    {
        _userName = userName;
        _password = SHA256.HashData(Encoding.UTF8.GetBytes(password));
    }

    /// <summary>Whether the value of an Authorization header is the user's.</summary>
    public bool Accepts(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme + " ", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var buffer = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[Scheme.Length..].Trim(), buffer, out var length))
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0
            && IsUser(text[..colon])
            & CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(text[(colon + 1)..])), _password);
    }

    /// <summary>Windows compares names without regard to case, and takes them with the computer's name before them.</summary>
    private bool IsUser(string name)
        => string.Equals(name, _userName, StringComparison.OrdinalIgnoreCase)
            || string.Equals(name[(name.IndexOf('\\', StringComparison.Ordinal) + 1)..], _userName, StringComparison.OrdinalIgnoreCase);
}
