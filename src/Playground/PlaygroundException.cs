using System;

namespace Playground;

/// <summary>The playground cannot do its work; the message says why, to the person at the prompt.</summary>
internal sealed class PlaygroundException(string message) : Exception(message);
