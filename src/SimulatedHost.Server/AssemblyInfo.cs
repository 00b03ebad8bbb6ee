using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Multipass.HyperV.Tests")]
[assembly: InternalsVisibleTo("Torture")]
