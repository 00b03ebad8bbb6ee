using System.Runtime.CompilerServices;

// The server speaks the same protocol, from the same code; only the transport is public.
[assembly: InternalsVisibleTo("SimulatedHost.Server")]
[assembly: InternalsVisibleTo("Multipass.HyperV.Tests")]
[assembly: InternalsVisibleTo("Torture")]
