using System;

namespace Multipass.HyperV.Server.Http.Ntlm;

/// <summary>The cipher that NTLM encrypts messages with. It goes on from where it was.</summary>
internal sealed class Rc4
{
    private readonly byte[] _state = new byte[256];
    private byte _first;
    private byte _second;

    public Rc4(ReadOnlySpan<byte> key)
    {
        for (var at = 0; at < _state.Length; at++)
        {
            _state[at] = (byte)at;
        }

        byte other = 0;
        for (var at = 0; at < _state.Length; at++)
        {
            other += (byte)(_state[at] + key[at % key.Length]);
            (_state[at], _state[other]) = (_state[other], _state[at]);
        }
    }

    public byte[] Transform(ReadOnlySpan<byte> data)
    {
        var result = new byte[data.Length];
        for (var at = 0; at < data.Length; at++)
        {
            _first++;
            _second += _state[_first];
            (_state[_first], _state[_second]) = (_state[_second], _state[_first]);
            result[at] = (byte)(data[at] ^ _state[(byte)(_state[_first] + _state[_second])]);
        }

        return result;
    }
}
