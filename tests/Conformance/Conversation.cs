using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Conformance;

/// <summary>One place where two hosts answer differently.</summary>
/// <param name="Kind">What differs: <c>fault</c> and <c>type</c> are shapes that clients rely on; <c>filled</c> and <c>value</c> are to be looked at.</param>
/// <param name="Where">The class, or the class and its property.</param>
/// <param name="Real">What the real host answered.</param>
/// <param name="Simulated">What the simulated one answered.</param>
internal sealed record Difference(string Kind, string Where, string Real, string Simulated)
{
    /// <summary>Whether code that works with the one may fail with the other.</summary>
    public bool IsGrave => Kind is "fault" or "type";
}

/// <summary>The same questions to two hosts. Nothing is changed on either: only queries and reads by a key are sent.</summary>
internal static class Conversation
{
    /// <summary>More values of a property than these are names, sizes and the like, which differ between any two hosts.</summary>
    private const int MostValues = 12;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Classes with an instance for each file: they are asked with a condition only, and so not here.</summary>
    private static readonly string[] TooMany = { CimNames.DataFile, "Win32_Directory" };

    /// <summary>Pictures of consoles: large, and of no use to a client of this kind.</summary>
    private static readonly string[] TooLarge = { "ThumbnailImage", "ThumbnailImageHeight", "ThumbnailImageWidth" };

    /// <summary>Questions that every host refuses, each in its own way.</summary>
    private static readonly (string Name, CimQuery Query)[] Refused =
    {
        ("a namespace that is not there", new CimQuery("root/nowhere", CimNames.ComputerSystem, new[] { "Name" })),
        ("a class that is not there", new CimQuery(CimNames.Virtualization, "Msvm_NoSuchThing", new[] { "Name" })),
        ("a property that is not there", new CimQuery(CimNames.Virtualization, CimNames.ComputerSystem, new[] { "NoSuchProperty" })),
    };

    public static async Task<IReadOnlyList<Difference>> CompareAsync(ICimConnection real, ICimConnection simulated, Action<string> progress, CancellationToken cancellationToken)
    {
        var found = new List<Difference>();
        foreach (var known in ClassReference.All.Where(known => !TooMany.Contains(known.Name, StringComparer.OrdinalIgnoreCase) && known.Properties.Count > 0))
        {
            progress(known.Name);
            var properties = known.Properties.Select(property => property.Name).Except(TooLarge, StringComparer.OrdinalIgnoreCase).ToArray();
            var query = new CimQuery(known.Namespace, known.Name, properties);
            Compare(known.Name, properties, await AskAsync(real, query, cancellationToken), await AskAsync(simulated, query, cancellationToken), found);
        }

        foreach (var (name, query) in Refused)
        {
            Compare(name, query.Properties, await AskAsync(real, query, cancellationToken), await AskAsync(simulated, query, cancellationToken), found);
        }

        var gone = new CimPath(
            CimNames.Virtualization,
            CimNames.ComputerSystem,
            new KeyValuePair<string, object>("CreationClassName", CimNames.ComputerSystem),
            new KeyValuePair<string, object>("Name", "00000000-0000-0000-0000-000000000001"));
        Compare("an instance that is not there", Array.Empty<string>(), await GetAsync(real, gone, cancellationToken), await GetAsync(simulated, gone, cancellationToken), found);
        return found;
    }

    private static Task<Answer> AskAsync(ICimConnection host, CimQuery query, CancellationToken cancellationToken) => BoundedAsync(token => host.QueryAsync(query, token), cancellationToken);

    private static Task<Answer> GetAsync(ICimConnection host, CimPath path, CancellationToken cancellationToken)
        => BoundedAsync(async token => new[] { await host.GetAsync(path, token) }, cancellationToken);

    private static async Task<Answer> BoundedAsync(Func<CancellationToken, Task<IReadOnlyList<CimRecord>>> ask, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Longest);
        try
        {
            return new Answer(await ask(bound.Token), "answered");
        }
        catch (CimFaultException exception)
        {
            return new Answer(Array.Empty<CimRecord>(), string.Create(CultureInfo.InvariantCulture, $"{exception.Fault.Status}, 0x{exception.Fault.HResult:X8}"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Answer(Array.Empty<CimRecord>(), string.Create(CultureInfo.InvariantCulture, $"no answer within {Longest.TotalSeconds:0} s"));
        }
    }

    private static void Compare(string where, IReadOnlyList<string> properties, Answer real, Answer simulated, List<Difference> found)
    {
        if (real.Outcome != simulated.Outcome)
        {
            found.Add(new Difference("fault", where, real.Outcome, simulated.Outcome));
            return;
        }

        if (real.Rows.Count == 0 || simulated.Rows.Count == 0)
        {
            // Of what one of them does not have, nothing can be said.
            return;
        }

        foreach (var property in properties)
        {
            var (ofReal, ofSimulated) = (TypesOf(real, property), TypesOf(simulated, property));
            var name = where + "." + property;
            if (ofReal.Length == 0 || ofSimulated.Length == 0)
            {
                if (ofReal.Length != ofSimulated.Length)
                {
                    found.Add(new Difference("filled", name, ofReal.Length == 0 ? "always null" : ofReal, ofSimulated.Length == 0 ? "always null" : ofSimulated));
                }
            }
            else if (ofReal != ofSimulated)
            {
                found.Add(new Difference("type", name, ofReal, ofSimulated));
            }
            else if (ValuesOf(real, property) is { } values && ValuesOf(simulated, property) is { } others && values.Except(others).Any())
            {
                found.Add(new Difference("value", name, string.Join(", ", values), string.Join(", ", others)));
            }
        }
    }

    private static string TypesOf(Answer answer, string property)
        => string.Join(" or ", answer.Rows.Select(row => row[property]?.GetType().Name).OfType<string>().Distinct().Order(StringComparer.Ordinal));

    /// <summary>The values of a small number, as states are; null for whatever else there is, names above all: nothing of a host's owner is written down.</summary>
    private static string[]? ValuesOf(Answer answer, string property)
    {
        var values = answer.Rows.Select(row => row[property]).Where(value => value is byte or ushort or bool or ushort[]).Select(Text).Distinct().Order(StringComparer.Ordinal).ToArray();
        return values.Length is > 0 and <= MostValues ? values : null;
    }

    private static string Text(object? value) => value is ushort[] several ? $"[{string.Join(" ", several)}]" : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private sealed record Answer(IReadOnlyList<CimRecord> Rows, string Outcome);
}
