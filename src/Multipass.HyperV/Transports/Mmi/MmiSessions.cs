using System;
using Mi = Microsoft.Management.Infrastructure;

namespace Multipass.HyperV.Transports.Mmi;

/// <summary>The CIM session of one connection: one for all calls, made anew after it was lost. A session that was given to us is never closed and never replaced.</summary>
internal sealed class MmiSessions : IDisposable
{
    private readonly object _lock = new();
    private readonly Func<Mi.CimSession>? _create;
    private MmiLease? _current;
    private bool _isDisposed;

    /// <summary>Sessions of our own.</summary>
    public MmiSessions(Func<Mi.CimSession> create) => _create = create;

    /// <summary>A session that belongs to somebody else.</summary>
    public MmiSessions(Mi.CimSession given) => _current = new MmiLease(given, isOwn: false);

    /// <summary>True when a lost session can be replaced.</summary>
    public bool CanRenew => _create is not null;

    /// <summary>The session, for one call. It is not closed before the call has given it back.</summary>
    public MmiLease Rent()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                throw new ObjectDisposedException(nameof(MmiConnection));
            }

            _current ??= new MmiLease(_create!(), isOwn: true);
            _current.Enter();
            return _current;
        }
    }

    /// <summary>The session has lost its connection: the next call gets a new one.</summary>
    public void GiveUp(MmiLease lost)
    {
        lock (_lock)
        {
            if (!CanRenew || !ReferenceEquals(_current, lost))
            {
                return;
            }

            _current = null;
        }

        lost.Retire();
    }

    public void Dispose()
    {
        MmiLease? last;
        lock (_lock)
        {
            _isDisposed = true;
            last = _current;
            _current = null;
        }

        last?.Retire();
    }
}

/// <summary>A session and how many calls use it.</summary>
internal sealed class MmiLease
{
    private readonly bool _isOwn;
    private readonly object _lock = new();
    private int _users;
    private bool _isRetired;

    public MmiLease(Mi.CimSession session, bool isOwn)
    {
        Session = session;
        _isOwn = isOwn;
    }

    public Mi.CimSession Session { get; }

    public void Enter()
    {
        lock (_lock)
        {
            _users++;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _users--;
        }

        CloseWhenUnused();
    }

    /// <summary>No further call uses it; with the last one it is closed.</summary>
    public void Retire()
    {
        lock (_lock)
        {
            _isRetired = true;
        }

        CloseWhenUnused();
    }

    private void CloseWhenUnused()
    {
        lock (_lock)
        {
            if (!_isOwn || !_isRetired || _users > 0)
            {
                return;
            }
        }

        Session.Dispose();
    }
}
