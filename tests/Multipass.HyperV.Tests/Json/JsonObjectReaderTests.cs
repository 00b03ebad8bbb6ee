using System;
using System.Linq;
using Multipass.HyperV.Json;
using Xunit;

namespace Multipass.HyperV.Tests.Json;

public sealed class JsonObjectReaderTests
{
    private static readonly string[] Colours = ["Red", "Green"];

    [Fact]
    public void Members_are_handed_out_by_type()
    {
        JsonObjectReader reader = Read("""{ "s": "text", "i": 5, "b": true, "o": { "x": 1 }, "a": [1, 2], "e": "gREEN", "v": null }""");
        Assert.True(reader.Has("s"));
        Assert.Equal("text", reader.GetString("s"));
        Assert.Equal(5, reader.GetInt64("i", 0, min: 5, max: 5));
        Assert.True(reader.GetBoolean("b", false));
        JsonObjectReader inner = Assert.IsType<JsonObjectReader>(reader.GetObject("o"));
        Assert.Equal(1, inner.RequireInt64("x"));
        inner.Complete();
        Assert.Equal([1L, 2L], reader.GetArray("a")!.Select(item => item.AsInt64()));
        Assert.Equal("Green", reader.GetEnum("e", Colours));
        Assert.Equal(JsonKind.Null, reader.RequireValue("v").Kind);
        reader.Complete();
    }

    [Fact]
    public void Absent_members_give_the_fallback()
    {
        JsonObjectReader reader = Read("{}");
        Assert.False(reader.Has("s"));
        Assert.Null(reader.GetString("s"));
        Assert.Equal("x", reader.GetString("s2", "x"));
        Assert.Equal(-1, reader.GetInt64("i", -1, min: 0));
        Assert.True(reader.GetBoolean("b", true));
        Assert.Null(reader.GetObject("o"));
        Assert.Null(reader.GetArray("a"));
        Assert.Equal("Red", reader.GetEnum("e", Colours, "Red"));
        Assert.Null(reader.GetValue("v"));
        reader.Complete();
    }

    [Fact]
    public void A_wrong_type_names_path_and_both_types()
    {
        Fails("""{ "s": 5 }""", r => r.GetString("s"), JsonFormatErrorKind.WrongType, 8, "$.s: expected a string, found the number 5.");
        Fails("""{ "s": null }""", r => r.GetString("s", "x"), JsonFormatErrorKind.WrongType, 8, "$.s: expected a string, found null.");
        Fails("""{ "i": "secret" }""", r => r.GetInt64("i", 0), JsonFormatErrorKind.WrongType, 8, "$.i: expected an integer, found a string.");
        Fails("""{ "i": 1.0 }""", r => r.GetInt64("i", 0), JsonFormatErrorKind.WrongType, 8, "$.i: expected an integer, found the number 1.0.");
        Fails("""{ "b": [] }""", r => r.GetBoolean("b", false), JsonFormatErrorKind.WrongType, 8, "$.b: expected true or false, found an array.");
        Fails("""{ "o": true }""", r => r.GetObject("o"), JsonFormatErrorKind.WrongType, 8, "$.o: expected an object, found true.");
        Fails("""{ "a": {} }""", r => r.GetArray("a"), JsonFormatErrorKind.WrongType, 8, "$.a: expected an array, found an object.");
        Fails("""{ "e": false }""", r => r.GetEnum("e", Colours), JsonFormatErrorKind.WrongType, 8, "$.e: expected a string, found false.");
        Fails("""{ "a": [1, "x"] }""", r => r.GetArray("a")![1].AsObject(), JsonFormatErrorKind.WrongType, 12, "$.a[1]: expected an object, found a string.");
    }

    [Fact]
    public void A_value_out_of_range_names_what_is_allowed()
    {
        Fails("""{ "i": 9 }""", r => r.GetInt64("i", 0, 1, 8), JsonFormatErrorKind.OutOfRange, 8, "$.i: expected an integer from 1 to 8, found the number 9.");
        Fails("""{ "i": -1 }""", r => r.RequireInt64("i", 0, 8), JsonFormatErrorKind.OutOfRange, 8, "$.i: expected an integer from 0 to 8, found the number -1.");
        Fails(
            """{ "i": 99999999999999999999 }""",
            r => r.GetInt64("i", 0, max: 8, min: 0),
            JsonFormatErrorKind.OutOfRange,
            8,
            "$.i: expected an integer from 0 to 8, found the number 99999999999999999999.");
        Fails("""{ "e": "blue" }""", r => r.GetEnum("e", Colours, "Red"), JsonFormatErrorKind.OutOfRange, 8, "$.e: expected one of Red, Green; found \"blue\".");
    }

    [Fact]
    public void A_missing_key_is_named_at_its_object()
    {
        Fails("{}", r => r.RequireString("s"), JsonFormatErrorKind.MissingKey, 1, "$.s: the key is missing.");
        Fails("""{ "o": {} }""", r => r.GetObject("o")!.RequireInt64("odd key"), JsonFormatErrorKind.MissingKey, 8, "$.o[\"odd key\"]: the key is missing.");
    }

    [Fact]
    public void An_unknown_key_is_named_with_the_known_ones()
    {
        Fails(
            """{ "a": 1, "zz": 2, "c": 3 }""",
            r =>
            {
                r.GetInt64("a", 0);
                r.GetInt64("b", 0);
                r.Complete();
            },
            JsonFormatErrorKind.UnknownKey,
            11,
            "$: the key \"zz\" is not known; known here: a, b.");
        Fails("""{ "a": 1 }""", r => r.Complete(), JsonFormatErrorKind.UnknownKey, 3, "$: the key \"a\" is not known; none is known here.");
        Fails(
            """{ "A": 1 }""",
            r =>
            {
                r.GetInt64("a", 0);
                r.Complete();
            },
            JsonFormatErrorKind.UnknownKey,
            3,
            "$: the key \"A\" is not known; known here: a.");
    }

    [Fact]
    public void A_key_read_twice_is_a_mistake_of_the_program()
    {
        JsonObjectReader reader = Read("""{ "a": 1 }""");
        reader.GetInt64("a", 0);
        Assert.Throws<InvalidOperationException>(() => reader.GetInt64("a", 0));
    }

    [Fact]
    public void Only_an_object_can_be_wrapped()
    {
        var error = Assert.Throws<JsonFormatException>(() => new JsonObjectReader(JsonReader.Parse("[]")));
        Assert.Equal("Line 1, column 1: $: expected an object, found an array.", error.Message);
    }

    private static JsonObjectReader Read(string text) => JsonReader.Parse(text).AsObject();

    private static void Fails(string text, Action<JsonObjectReader> read, JsonFormatErrorKind kind, int column, string reason)
    {
        var error = Assert.Throws<JsonFormatException>(() => read(Read(text)));
        Assert.Equal((kind, 1, column, reason), (error.Kind, error.Line, error.Column, error.Reason));
    }
}
