using System.Runtime.CompilerServices;

// One product in several assemblies: only what users of a simulated host touch is public.
[assembly: InternalsVisibleTo("Multipass.HyperV")]
[assembly: InternalsVisibleTo("Multipass.HyperV.Mmi.Tests")]
[assembly: InternalsVisibleTo("SimulatedHost.Server")]
[assembly: InternalsVisibleTo("Multipass.HyperV.Tests")]
[assembly: InternalsVisibleTo("Multipass.HyperV.Framework.Tests")]
[assembly: InternalsVisibleTo("Conformance")]
[assembly: InternalsVisibleTo("Torture")]
[assembly: InternalsVisibleTo("Multipass.HyperV.Testing")]
