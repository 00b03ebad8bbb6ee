using System.Runtime.CompilerServices;

// One product in several assemblies: only the seam and the types that users see are public.
[assembly: InternalsVisibleTo("Multipass.HyperV")]
[assembly: InternalsVisibleTo("Multipass.HyperV.Simulation")]
[assembly: InternalsVisibleTo("Multipass.HyperV.Mmi.Tests")]
[assembly: InternalsVisibleTo("Multipass.HyperV.Wsman")]
[assembly: InternalsVisibleTo("SimulatedHost.Server")]
[assembly: InternalsVisibleTo("Multipass.HyperV.Tests")]
[assembly: InternalsVisibleTo("Multipass.HyperV.Framework.Tests")]
[assembly: InternalsVisibleTo("Conformance")]
[assembly: InternalsVisibleTo("Torture")]
[assembly: InternalsVisibleTo("Multipass.HyperV.Testing")]
