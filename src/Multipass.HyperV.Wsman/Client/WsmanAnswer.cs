using System;

namespace Multipass.HyperV.Wsman.Client;

/// <summary>What came back over HTTP.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The media type, or null.</param>
/// <param name="Charset">The encoding that it declares, or null.</param>
/// <param name="Content">The body.</param>
internal sealed record WsmanAnswer(int Status, string? ContentType, string? Charset, ReadOnlyMemory<byte> Content);
