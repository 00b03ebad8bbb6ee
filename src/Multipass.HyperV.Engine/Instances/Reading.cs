using System;

namespace Multipass.HyperV.Instances;

/// <summary>What was read never changes; what a test makes of the same type may be given any value.</summary>
internal static class Reading
{
    /// <exception cref="InvalidOperationException">The object was read, and not made by a test.</exception>
    public static void Set<T>(bool isReading, ref T field, T value)
        => field = isReading ? throw new InvalidOperationException("A reading never changes. A test makes an object of its own: [Multipass.HyperV.MpInstance] @{ Name = 'foo' }.") : value;
}
