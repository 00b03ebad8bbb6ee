using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Xunit.Sdk;
using Xunit.v3;

namespace Multipass.HyperV.Testing;

/// <summary>
/// Collections and tests in an order that depends on a number and on their names, and on nothing else: the same wherever the checkout lies. The number is 1, or what <c>TEST_ORDER</c> says.
/// A test that needs another to come first, or not to, fails in some order; tests/anywhere.sh tries many and prints their numbers.
/// </summary>
public sealed class ShuffledOrder : ITestCaseOrderer, ITestCollectionOrderer
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "TEST_ORDER";

    private static readonly uint Seed = uint.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCase> OrderTestCases<TTestCase>(IReadOnlyCollection<TTestCase> testCases)
        where TTestCase : notnull, ITestCase
        => Shuffle(testCases, test => test.TestCaseDisplayName);

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection
        => Shuffle(testCollections, collection => collection.TestCollectionDisplayName);

    private static List<T> Shuffle<T>(IReadOnlyCollection<T> items, Func<T, string> nameOf)
        => items.Select(item => (Item: item, Name: nameOf(item))).OrderBy(pair => Hash(pair.Name)).ThenBy(pair => pair.Name, StringComparer.Ordinal).Select(pair => pair.Item).ToList();

    /// <summary>FNV-1a over the number and the name; a string's own hash is another in every process.</summary>
    private static uint Hash(string name)
    {
        var hash = 2166136261 ^ (Seed * 2654435761);
        foreach (var character in name)
        {
            hash = (hash ^ character) * 16777619;
        }

        // Names that differ at their ends only would lie side by side.
        hash ^= hash >> 15;
        hash *= 2246822519;
        return hash ^ (hash >> 13);
    }
}
