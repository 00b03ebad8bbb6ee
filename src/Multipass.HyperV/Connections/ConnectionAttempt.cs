using System;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Connections;

/// <summary>One host to connect to.</summary>
/// <param name="Name">The name or address, as the user gave it.</param>
/// <param name="ConnectAsync">Connects to it, within a bound.</param>
internal sealed record ConnectionAttempt(string Name, Func<CancellationToken, Task<ICimConnection>> ConnectAsync);
