using System;

namespace Multipass.HyperV;

/// <summary>What <c>-MpHost</c> takes: a connection, or the name of one of this session's.</summary>
public sealed class HostArgument
{
    /// <summary>A connection of this session, by its host's name; wildcards are allowed.</summary>
    public HostArgument(string name) => Name = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>A connection, from <c>Get-MpHost</c> or <c>Connect-MpHost -PassThru</c>, of this session or another.</summary>
    public HostArgument(MpHost connection)
    {
        Connection = connection ?? throw new ArgumentNullException(nameof(connection));
        Name = connection.Name;
    }

    /// <summary>The host's name.</summary>
    public string Name { get; }

    internal MpHost? Connection { get; }

    /// <summary>The host's name.</summary>
    public override string ToString() => Name;
}
