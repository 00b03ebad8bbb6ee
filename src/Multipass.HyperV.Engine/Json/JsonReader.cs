using System;

namespace Multipass.HyperV.Json;

/// <summary>
/// Reads JSON strictly by RFC 8259: no comments, no trailing commas, no duplicate keys, no lone surrogates.
/// The work grows with the length of the text and, for objects with very many keys, with the logarithm of their number; no text makes it worse.
/// </summary>
public static class JsonReader
{
    /// <summary>Reads a text that holds exactly one value.</summary>
    /// <param name="text">The text, without a byte order mark.</param>
    /// <param name="limits">How large the text may be; <see cref="JsonLimits.Default"/> when omitted.</param>
    /// <returns>The value.</returns>
    /// <exception cref="JsonFormatException">The text is not JSON or goes beyond a limit.</exception>
    public static JsonValue Parse(string text, JsonLimits? limits = null) =>
        new JsonParser(text ?? throw new ArgumentNullException(nameof(text)), limits ?? JsonLimits.Default).Parse();

    /// <summary>Reads the bytes of a text that holds exactly one value. UTF-8 is read with or without a byte order mark, UTF-16 only with one.</summary>
    /// <param name="bytes">The bytes of the text.</param>
    /// <param name="limits">How large the text may be; <see cref="JsonLimits.Default"/> when omitted.</param>
    /// <returns>The value.</returns>
    /// <exception cref="JsonFormatException">The bytes are not valid in their encoding, or the text is not JSON or goes beyond a limit.</exception>
    public static JsonValue Parse(byte[] bytes, JsonLimits? limits = null) =>
        Parse(JsonTextDecoder.Decode(bytes ?? throw new ArgumentNullException(nameof(bytes)), limits ?? JsonLimits.Default), limits);
}
