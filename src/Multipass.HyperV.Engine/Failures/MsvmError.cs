using System;
using System.Collections.Generic;
using System.Globalization;
using System.Security;
using System.Xml;

namespace Multipass.HyperV.Failures;

/// <summary>One <c>Msvm_Error</c> of a job's error list, as far as it could be understood. Hosts write it as CIM-XML (DSP0201); whatever else comes is searched for codes.</summary>
/// <param name="Message">The host's text; empty when there is none.</param>
/// <param name="ProbableCause"><c>Msvm_Error.ProbableCause</c> (class page); null when it is not there.</param>
internal sealed record MsvmError(string Message, ushort? ProbableCause)
{
    /// <summary>An error has a few hundred characters; what is longer than this is not read as XML.</summary>
    public const int LongestXml = 64 * 1024;

    private static readonly XmlReaderSettings Settings = new()
    {
        // Nothing is ever fetched or expanded; characters that XML forbids are no reason to lose the rest.
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = LongestXml,
        ConformanceLevel = ConformanceLevel.Auto,
        CheckCharacters = false,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>Reads an error, and adds the codes that stand in it. Never fails: what cannot be read as XML is read as text.</summary>
    /// <param name="text">The string as the host gave it.</param>
    /// <param name="instanceName">The instance's own name: a code that is part of it says nothing.</param>
    /// <param name="codes">Receives the codes.</param>
    public static MsvmError Read(string text, string instanceName, List<int> codes)
    {
        var message = string.Empty;
        ushort? probableCause = null;
        if (text.Length <= LongestXml && text.IndexOf('<') >= 0 && EmbeddedXml.TryRead(text, Settings, (property, value) =>
        {
            HResultText.Find(value, instanceName, codes);
            if (string.Equals(property, "Message", StringComparison.OrdinalIgnoreCase))
            {
                message = value;
            }
            else if (string.Equals(property, "ProbableCause", StringComparison.OrdinalIgnoreCase)
                && ushort.TryParse(value, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number))
            {
                probableCause = number;
            }
        }))
        {
            return new MsvmError(message, probableCause);
        }

        // In what is not well-formed the name may stand with its special characters escaped.
        var asText = SecurityElement.Escape(instanceName) is { } escaped && escaped != instanceName ? text.Replace(escaped, instanceName) : text;
        HResultText.Find(asText, instanceName, codes);
        return new MsvmError(message, probableCause);
    }
}
