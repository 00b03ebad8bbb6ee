using System;
using System.Collections.Generic;

namespace Multipass.HyperV.Json;

/// <summary>Collects the content of an object or array while the parser is inside it.</summary>
internal sealed class JsonContainerBuilder
{
    private readonly List<JsonValue> _items = [];
    private readonly List<JsonMember> _members = [];
    private SortedDictionary<string, JsonMember>? _index;

    public JsonContainerBuilder(JsonValue value) => Value = value;

    public JsonValue Value { get; }

    public bool IsObject => Value.Kind == JsonKind.Object;

    public int Count => IsObject ? _members.Count : _items.Count;

    public void Add(JsonValue item) => _items.Add(item);

    public void Add(JsonMember member)
    {
        _members.Add(member);
        if (_index is not null)
        {
            _index.Add(member.Name, member);
        }
        else if (_members.Count > JsonValue.LongestScan)
        {
            // A tree, not a hash table: the string hashes of the .NET Framework are not randomized, and a hostile text could make them all collide.
            _index = new SortedDictionary<string, JsonMember>(StringComparer.Ordinal);
            foreach (JsonMember earlier in _members)
            {
                _index.Add(earlier.Name, earlier);
            }
        }
    }

    public JsonMember? Find(string name) => JsonValue.Find(_members, _index, name);

    public void Close() => Value.Fill(_items, _members, _index);
}
