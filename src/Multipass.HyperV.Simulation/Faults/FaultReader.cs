using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Json;

namespace Multipass.HyperV.Simulation.Faults;

/// <summary>Reads a fault from a scenario or from a table of values: the same keys, the same ranges, the same rules.</summary>
internal static class FaultReader
{
    private const int LongestText = 65_536;
    private const int MostErrors = 100;

    public static SimulatedFault Read(JsonValue value)
    {
        var reader = value.AsObject();
        var operation = reader.RequireValue("operation").AsEnum(FaultKinds.OperationNames);
        long? Number(string key, long least, long most) => reader.GetValue(key)?.AsInt64(least, most);
        var fields = new FaultFields
        {
            Operation = operation,
            Kind = reader.GetEnum("kind", FaultKinds.Names),
            Stage = reader.GetEnum("stage", FaultKinds.StageNames),
            Times = Number("times", 1, FaultFields.MostTimes),
            AfterMilliseconds = Number("afterMilliseconds", 0, FaultFields.MostMilliseconds),
            ReturnValue = Number("returnValue", 0, uint.MaxValue),
            JobState = Number("jobState", 0, ushort.MaxValue),
            JobErrorCode = Number("jobErrorCode", 0, ushort.MaxValue),
            ErrorSummaryDescription = TextOrNull(reader.GetValue("errorSummaryDescription")),
            ErrorDescription = TextOrNull(reader.GetValue("errorDescription")),
            Errors = reader.GetArray("errors")?.Select(error => error.AsString()).ToArray(),
        };
        reader.Complete();
        return fields.Build((key, reason) => (value.TryGetMember(key, out var member) ? member.Value : value).Fault(JsonFormatErrorKind.OutOfRange, reason));
    }

    public static SimulatedFault Read(IDictionary values)
    {
        var table = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in values)
        {
            var key = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty;
            if (table.ContainsKey(key))
            {
                throw Fail(key, "the key is given twice.");
            }

            table.Add(key, entry.Value);
        }

        var known = new List<string>();
        object? Value(string key)
        {
            known.Add(key);
            return table.TryGetValue(key, out var value) ? value : null;
        }

        var fields = new FaultFields
        {
            Operation = Word(Value("operation"), "operation", FaultKinds.OperationNames) ?? throw Fail("operation", "the key is missing."),
            Kind = Word(Value("kind"), "kind", FaultKinds.Names),
            Stage = Word(Value("stage"), "stage", FaultKinds.StageNames),
            Times = Number(Value("times"), "times", 1, FaultFields.MostTimes),
            AfterMilliseconds = Number(Value("afterMilliseconds"), "afterMilliseconds", 0, FaultFields.MostMilliseconds),
            ReturnValue = Number(Value("returnValue"), "returnValue", 0, uint.MaxValue),
            JobState = Number(Value("jobState"), "jobState", 0, ushort.MaxValue),
            JobErrorCode = Number(Value("jobErrorCode"), "jobErrorCode", 0, ushort.MaxValue),
            ErrorSummaryDescription = Text(Value("errorSummaryDescription"), "errorSummaryDescription"),
            ErrorDescription = Text(Value("errorDescription"), "errorDescription"),
            Errors = Texts(Value("errors"), "errors"),
        };
        var stranger = table.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase));
        return stranger is null ? fields.Build(Fail) : throw Fail(stranger, $"the key is not known; known are: {string.Join(", ", known)}.");
    }

    /// <summary>A job without a text has a null there, and whoever copies one may write it.</summary>
    private static string? TextOrNull(JsonValue? value) => value is null || value.Kind == JsonKind.Null ? null : value.AsString();

    private static string? Word(object? value, string key, IReadOnlyList<string> words)
    {
        var text = Text(value, key);
        return text is null
            ? null
            : words.FirstOrDefault(word => string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
                ?? throw Fail(key, $"expected one of {string.Join(", ", words)}; found '{text}'.");
    }

    private static string? Text(object? value, string key)
    {
        var text = value switch
        {
            null => null,
            string plain => plain,
            Enum word => word.ToString(),

            // A string that a shell has wrapped in an object of its own.
            not (IEnumerable or IConvertible) => value.ToString(),
            _ => throw Fail(key, "expected a text."),
        };
        return text is null || text.Length <= LongestText ? text : throw Fail(key, $"expected a text of at most {LongestText} characters.");
    }

    private static string[]? Texts(object? value, string key)
    {
        var texts = value switch
        {
            null => null,
            string plain => new[] { plain },
            IEnumerable list => list.Cast<object?>().Select(one => Text(one, key) ?? throw Fail(key, "expected texts, found a null among them.")).ToArray(),
            _ => throw Fail(key, "expected texts."),
        };
        return texts is null || texts.Length <= MostErrors ? texts : throw Fail(key, $"expected at most {MostErrors} texts.");
    }

    private static long? Number(object? value, string key, long least, long most)
    {
        long? number = value switch
        {
            null => null,
            byte or sbyte or short or ushort or int or uint or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            ulong large => large > long.MaxValue ? long.MaxValue : (long)large,
            _ => long.TryParse(Text(value, key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : throw Fail(key, $"expected an integer from {least} to {most}."),
        };
        return number is null || (number >= least && number <= most)
            ? number
            : throw Fail(key, string.Format(CultureInfo.InvariantCulture, "expected an integer from {0} to {1}, found {2}.", least, most, number));
    }

    private static ScenarioException Fail(string key, string reason) => new($"{key}: {reason}");
}
