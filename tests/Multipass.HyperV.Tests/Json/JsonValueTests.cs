using System;
using System.Linq;
using Multipass.HyperV.Json;
using Xunit;

namespace Multipass.HyperV.Tests.Json;

public sealed class JsonValueTests
{
    [Fact]
    public void A_value_knows_its_place_and_path()
    {
        JsonValue root = JsonReader.Parse("{\n  \"instances\": [\r\n    { \"name\": \"a\" },\r    { \"odd key\": [1,\t[null]], \"\": 2, \"1x\": 3, \"a\\\"\\n\": 4 }\n  ]\n}");
        JsonValue second = root.Members[0].Value.Items[1];
        JsonValue name = root.Members[0].Value.Items[0].Members[0].Value;
        JsonValue inner = second.Members[0].Value.Items[1].Items[0];

        Assert.Equal(("$", 1, 1), (root.Path, root.Line, root.Column));
        Assert.Equal(("instances", 2, 3), (root.Members[0].Name, root.Members[0].Line, root.Members[0].Column));
        Assert.Equal(("$.instances[0].name", 3, 15), (name.Path, name.Line, name.Column));
        Assert.Equal(("$.instances[1]", 4, 5), (second.Path, second.Line, second.Column));
        Assert.Equal(("$.instances[1][\"odd key\"][1][0]", 4, 23), (inner.Path, inner.Line, inner.Column));
        Assert.Equal(["[\"odd key\"]", "[\"\"]", "[\"1x\"]", "[\"a\\\"\\u000A\"]"], second.Members.Select(member => member.Value.Path["$.instances[1]".Length..]));
    }

    [Theory]
    [InlineData("0", 0L, 0UL, 0.0)]
    [InlineData("-0", 0L, 0UL, -0.0)]
    [InlineData("-1", -1L, null, -1.0)]
    [InlineData("9007199254740992", 9007199254740992L, 9007199254740992UL, 9007199254740992.0)]
    [InlineData("9007199254740993", 9007199254740993L, 9007199254740993UL, null)]
    [InlineData("9223372036854775807", long.MaxValue, 9223372036854775807UL, null)]
    [InlineData("9223372036854775808", null, 9223372036854775808UL, 9223372036854775808.0)]
    [InlineData("-9223372036854775808", long.MinValue, null, -9223372036854775808.0)]
    [InlineData("-9223372036854775809", null, null, null)]
    [InlineData("18446744073709551615", null, ulong.MaxValue, null)]
    [InlineData("18446744073709551616", null, null, 18446744073709551616.0)]
    [InlineData("1.0", null, null, 1.0)]
    [InlineData("1e3", null, null, 1000.0)]
    [InlineData("0.1", null, null, 0.1)]
    [InlineData("-0.0", null, null, -0.0)]
    [InlineData("0e99", null, null, 0.0)]
    [InlineData("5e-324", null, null, double.Epsilon)]
    [InlineData("1e-400", null, null, null)]
    [InlineData("1e400", null, null, null)]
    [InlineData("-1e400", null, null, null)]
    [InlineData("1e99999999999999999999", null, null, null)]
    [InlineData("\"1\"", null, null, null)]
    [InlineData("true", null, null, null)]
    public void A_number_is_never_rounded_in_silence(string text, long? signed, ulong? unsigned, double? floating)
    {
        JsonValue value = JsonReader.Parse(text);
        Assert.Equal(value.Kind == JsonKind.Number ? text : null, value.NumberText);
        Assert.Equal(signed, value.TryGetInt64(out long l) ? l : null);
        Assert.Equal(unsigned, value.TryGetUInt64(out ulong u) ? u : null);
        double? actual = value.TryGetDouble(out double d) ? d : null;
        Assert.Equal(floating is { } f ? BitConverter.DoubleToInt64Bits(f) : null, actual is { } a ? BitConverter.DoubleToInt64Bits(a) : (long?)null);
    }

    [Fact]
    public void The_largest_integers_in_floating_point_are_exact_or_refused()
    {
        string largest = new System.Numerics.BigInteger(double.MaxValue).ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(JsonReader.Parse("-" + largest).TryGetDouble(out double value));
        Assert.Equal(double.MinValue, value);
        Assert.False(JsonReader.Parse(largest[..^1] + "9").TryGetDouble(out _));
        Assert.False(JsonReader.Parse("9" + new string('9', 308)).TryGetDouble(out _));
    }

    [Fact]
    public void Members_are_found_by_exact_name_in_small_and_large_objects()
    {
        foreach (int count in new[] { 1, 8, 9, 100 })
        {
            JsonValue value = JsonReader.Parse("{" + string.Join(",", Enumerable.Range(0, count).Select(i => $"\"k{i}\":{i}")) + "}");
            Assert.Equal(Enumerable.Range(0, count).Select(i => $"k{i}"), value.Members.Select(member => member.Name));
            Assert.True(value.TryGetMember($"k{count - 1}", out JsonMember? last));
            Assert.Equal(count - 1, last.Value.AsInt64());
            Assert.False(value.TryGetMember("K0", out _));
        }

        Assert.False(JsonReader.Parse("[]").TryGetMember("a", out _));
    }

    [Fact]
    public void A_caller_can_blame_a_value()
    {
        JsonFormatException error = JsonReader.Parse("[\n 7]").Items[0].Fault(JsonFormatErrorKind.OutOfRange, "must be even.");
        Assert.Equal("Line 2, column 2: $[0]: must be even.", error.Message);
    }
}
