using System;
using Multipass.HyperV.Server.Http.Ntlm;

namespace Multipass.HyperV.Server.Http;

/// <summary>NTLM over one connection, bare or wrapped, as the schemes Negotiate and NTLM carry it.</summary>
internal sealed class ConnectionProof
{
    private readonly Func<NtlmSession> _begin;
    private NtlmSession? _session;
    private byte[]? _list;

    public ConnectionProof(Func<NtlmSession> begin) => _begin = begin;

    /// <summary>The session of the client that has proved who it is; else null.</summary>
    public NtlmSession? Session => _session is { IsProved: true } ? _session : null;

    /// <summary>Takes a step.</summary>
    /// <param name="token">What the client sent.</param>
    /// <param name="answer">What it is to be sent; null for nothing.</param>
    /// <returns>True when the client has proved who it is.</returns>
    public bool Step(byte[] token, out byte[]? answer)
    {
        var wrapped = Spnego.Unwrap(token);
        var message = wrapped?.Token ?? token;
        answer = null;
        if (NtlmSession.IsNegotiate(message))
        {
            _session = _begin();
            _list = wrapped?.List ?? _list;
            var challenge = _session.Challenge(message);
            answer = wrapped is null ? challenge : Spnego.Wrap(challenge);
            return false;
        }

        if (wrapped is { List: { } list } && Spnego.OffersNtlm(list))
        {
            // It would rather have another way, and has begun with that: it is told which one there is (RFC 4178, 4.2.2).
            _session = null;
            _list = list;
            answer = Spnego.Wrap(Array.Empty<byte>());
            return false;
        }

        if (_session is { IsProved: false } && _session.Authenticate(message))
        {
            byte[]? code = null;
            if (wrapped?.Code is null || (_list is not null && _session.ExchangeCodes(_list, wrapped.Code, out code)))
            {
                answer = wrapped is null ? null : Spnego.Wrap(null, code);
                return true;
            }
        }

        _session = null;
        return false;
    }
}
