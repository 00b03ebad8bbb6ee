using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Multipass.HyperV.Mmi.Tests")]
[assembly: InternalsVisibleTo("Multipass.HyperV.Tests")]
[assembly: InternalsVisibleTo("Multipass.HyperV.Framework.Tests")]
[assembly: InternalsVisibleTo("Conformance")]
