using System;

namespace Multipass.HyperV.Simulation.World;

/// <summary>An event in the host's log.</summary>
/// <param name="At">When it was logged.</param>
/// <param name="Machine">The virtual machine that it is about.</param>
/// <param name="Id">Its id.</param>
/// <param name="HResult">The code in its data; zero for none.</param>
internal sealed record LoggedEvent(DateTimeOffset At, Guid Machine, int Id, uint HResult);
