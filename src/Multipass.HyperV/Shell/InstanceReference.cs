using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Failures;

namespace Multipass.HyperV.Shell;

/// <summary>The instance that an object names, live or deserialized: whatever carries a name or an id, and perhaps a host.</summary>
/// <param name="Name">Its name; empty where the object has none.</param>
/// <param name="Id">The virtual machine's id; empty where the object has none.</param>
/// <param name="HostName">The host; empty where the object tells none.</param>
internal sealed record InstanceReference(string Name, Guid Id, string HostName)
{
    private const string OwnTypes = "Multipass.HyperV.Mp";

    // Ours first, then those of Hyper-V's own objects.
    private static readonly string[] NameProperties = { "Name", "VMName" };
    private static readonly string[] IdProperties = { "Id", "VMId" };
    private static readonly string[] HostProperties = { "HostName", "ComputerName" };

    /// <summary>The instance itself, where the object is one.</summary>
    public MpInstance? Instance { get; init; }

    /// <summary>Whether a virtual machine that is not Multipass's may be meant: only by what this module has read itself, which finds those with -IncludeUnmanaged alone.</summary>
    public bool ReachesUnmanaged { get; init; }

    /// <summary>For messages.</summary>
    public string Text => Name.Length > 0 ? Name : Id.ToString("D").ToUpperInvariant();

    /// <summary>What an object names.</summary>
    /// <param name="item">The object.</param>
    /// <param name="problem">Why it names no instance; null where it does.</param>
    public static InstanceReference? Of(PSObject item, out string? problem)
    {
        // What a test has put on a stand-in counts, whatever the object beneath it has.
        var name = Value(item, NameProperties);
        var id = Guid.Empty;
        var idText = Value(item, IdProperties);
        if (idText.Length > 0 && !Guid.TryParse(idText, out id))
        {
            problem = $"{Describe(item)} has the Id '{idText}', and a virtual machine's is a GUID.";
            return null;
        }

        if (name.Length == 0 && id == Guid.Empty)
        {
            problem = $"{Describe(item)} names no instance: it has neither a Name nor an Id.";
            return null;
        }

        problem = null;
        return new InstanceReference(name, id, Value(item, HostProperties))
        {
            Instance = item.BaseObject is MpInstance { Name: not null } instance && instance.Id == id && instance.Name == name ? instance : null,
            ReachesUnmanaged = Value(item, "Managed").Length > 0 || item.TypeNames.Any(type => type.StartsWith(OwnTypes, StringComparison.Ordinal) || type.Contains("." + OwnTypes)),
        };
    }

    /// <summary>An object in a few words.</summary>
    public static string Describe(PSObject item)
    {
        var text = item.BaseObject is PSCustomObject ? string.Empty : item.BaseObject.ToString() ?? string.Empty;
        return $"an object of type {item.TypeNames.FirstOrDefault() ?? item.BaseObject.GetType().FullName}"
            + (text.Length is > 0 and <= 60 && text != item.BaseObject.GetType().FullName ? $" ('{text}')" : string.Empty);
    }

    /// <summary>The first of some properties that has a value.</summary>
    private static string Value(PSObject item, params string[] properties)
    {
        foreach (var property in properties)
        {
            try
            {
                var value = item.BaseObject is IDictionary dictionary ? dictionary.Contains(property) ? dictionary[property] : null : item.Properties[property]?.Value;
                if (value is not null && LanguagePrimitives.ConvertTo<string>(value) is { Length: > 0 } text)
                {
                    return text;
                }
            }
            catch (Exception exception) when (exception is GetValueException or PSInvalidCastException)
            {
                // A property that cannot be read has no value.
            }
        }

        return string.Empty;
    }
}
