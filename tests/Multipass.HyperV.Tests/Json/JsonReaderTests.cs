using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using Multipass.HyperV.Json;
using Xunit;

namespace Multipass.HyperV.Tests.Json;

public sealed class JsonReaderTests
{
    private const string Sample = """
        {
          "version": 1, "empty": {}, "none": [],
          "instances": [
            { "name": "primary", "cpus": 2, "ratio": -0.5e+3, "running": true, "snapshot": null },
            { "name": "caf\u00e9 \ud83d\ude00 😀 \"\\\/\b\f\n\r\t", "cpus": 0, "running": false, "odd key": [[], [1, [2]]] }
          ]
        }
        """;

    public static TheoryData<string, int, int, string> BadSyntax => new()
    {
        { "", 1, 1, "empty" },
        { " \n ", 2, 2, "white space" },
        { "[1, 2", 1, 6, "ends in the middle of an array that begins at line 1, column 1" },
        { "[\r\n{\"a\": 1", 2, 8, "ends in the middle of an object that begins at line 2, column 1" },
        { "[\"abc", 1, 6, "ends in the middle of a string that begins at line 1, column 2" },
        { "{\"ab", 1, 5, "ends in the middle of a key that begins at line 1, column 2" },
        { "[\"\\", 1, 4, "ends in the middle of a string" },
        { "[\"\\u12", 1, 7, "ends in the middle of a string" },
        { "[\"\\ud83d\\", 1, 10, "ends in the middle of a string" },
        { "-", 1, 2, "ends in the middle of a number" },
        { "1.", 1, 3, "ends in the middle of a number" },
        { "1e+", 1, 4, "ends in the middle of a number" },
        { "[tru", 1, 5, "ends in the middle of the word true" },
        { "[1, ]", 1, 3, "trailing comma" },
        { "{\"a\": 1,\n}", 1, 8, "trailing comma" },
        { "[,1]", 1, 2, "Expected a value, found ','" },
        { "[1,,2]", 1, 4, "Expected a value, found ','" },
        { "{,}", 1, 2, "Expected a key in double quotes or '}', found ','" },
        { "[1 2]", 1, 4, "Expected ',' or ']' after an element, found '2'" },
        { "[1}", 1, 3, "Expected ',' or ']' after an element, found '}'" },
        { "{\"a\" 1}", 1, 6, "Expected ':' after a key, found '1'" },
        { "{\"a\": 1 \"b\": 2}", 1, 9, "Expected ',' or '}' after a member" },
        { "{\"a\":}", 1, 6, "Expected a value, found '}'" },
        { "{a: 1}", 1, 2, "The key \"a\" must stand in double quotes" },
        { "[1, // one\n2]", 1, 5, "no comments" },
        { "/* one */ 1", 1, 1, "no comments" },
        { "# one\n1", 1, 1, "no comments" },
        { "['a']", 1, 2, "not in single quotes" },
        { "{'a': 1}", 1, 2, "not in single quotes" },
        { "[NaN]", 1, 2, "NaN is not a JSON number" },
        { "[Infinity]", 1, 2, "Infinity is not a JSON number" },
        { "[-Infinity]", 1, 3, "\"-Infinity\" is not a JSON number" },
        { "[True]", 1, 2, "must be written true" },
        { "[undefined]", 1, 2, "The word \"undefined\" is not a value" },
        { "truefalse", 1, 1, "The word \"truefalse\" is not a value" },
        { "[01]", 1, 2, "leading zeros" },
        { "[-012]", 1, 3, "leading zeros" },
        { "[00]", 1, 2, "leading zeros" },
        { "[+1]", 1, 2, "no plus sign" },
        { "[.5]", 1, 2, "before the decimal point" },
        { "[1.]", 1, 4, "Expected a digit after the decimal point, found ']'" },
        { "[1.e5]", 1, 4, "Expected a digit after the decimal point" },
        { "[1e]", 1, 4, "Expected a digit in the exponent" },
        { "[--1]", 1, 3, "Expected a digit after '-', found '-'" },
        { "[0x1F]", 1, 3, "found 'x'" },
        { "[\"a\nb\"]", 1, 4, "The line ends inside a string" },
        { "[\"a\tb\"]", 1, 4, "The control character U+0009" },
        { "{\"a\u0001\": 1}", 1, 4, "The control character U+0001" },
        { "[\"\\x41\"]", 1, 3, "A backslash before 'x'" },
        { "[\"\\u12G4\"]", 1, 7, "four hexadecimal digits" },
        { "[\"\\u12'\"]", 1, 7, "four hexadecimal digits" },
        { "[\"a\\ud83d\"]", 1, 4, "\\ud83d in a string is half of a surrogate pair" },
        { "[\"a\\ud83d\\n\"]", 1, 4, "half of a surrogate pair" },
        { "[\"a\\ud83d\\u0041\"]", 1, 4, "half of a surrogate pair" },
        { "[\"a\\ude00\"]", 1, 4, "half of a surrogate pair" },
        { "[\"a\uD83D\"]", 1, 4, "U+D83D in a string is half of a surrogate pair" },
        { "[\"a\uDE00\"]", 1, 4, "U+DE00 in a string is half of a surrogate pair" },
        { "[\"a\uD83D\\ude00\"]", 1, 4, "half of a surrogate pair" },
        { "{} x", 1, 4, "Expected the end of the text after its value, found 'x'" },
        { "1 2", 1, 3, "Expected the end of the text" },
        { "[]]", 1, 3, "Expected the end of the text" },
        { "]", 1, 1, "Expected a value, found ']'" },
        { "\uFEFF1", 1, 1, "byte order mark" },
        { "[\u00A01]", 1, 2, "found U+00A0" },
        { "[\f1]", 1, 2, "found U+000C" },
        { "[😀]", 1, 2, "found U+1F600" },
        { "\n\r\n\r[\n  ?", 5, 3, "Expected a value, found '?'" },
    };

    public static TheoryData<string> Valid => new()
    {
        "0", "-0", "1", "-1", "0.0", "1e5", "1E+5", "1e-05", "-0.10e1", "123456789012345678901234567890",
        "true", "false", "null", "\"\"", " \t\r\n1 \t\r\n", "[]", "{}", "[ ]", "{ }", "[[],{}]", "{\"\":0}", "[1 , 2]", "{ \"a\" : 1 , \"A\" : 2 }",
        "\"\\u0000\\u001f\\u007f\"", "\"\u007f\u2028\u2029\"", "\"\\uD83D\\uDE00\"", "\"😀\"", "\"\\/\\\\\\\"\\b\\f\\n\\r\\t\"", "\"\uFFFF\uFEFF\"", "\"'//#\"",
    };

    // Not enumerated beforehand: a runner that hands the texts on as UTF-8 would replace the lone surrogates.
    [Theory]
    [MemberData(nameof(BadSyntax), DisableDiscoveryEnumeration = true)]
    public void A_faulty_text_is_refused_at_its_place(string text, int line, int column, string reason)
    {
        var error = Assert.Throws<JsonFormatException>(() => JsonReader.Parse(text));
        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
        Assert.Equal((JsonFormatErrorKind.Syntax, line, column), (error.Kind, error.Line, error.Column));
        Assert.Equal($"Line {line}, column {column}: {error.Reason}", error.Message);
    }

    [Fact]
    public void System_Text_Json_refuses_the_same_texts()
    {
        foreach (var row in BadSyntax)
        {
            // It takes lone surrogates, which this reader does not, until the string is read.
            Assert.ThrowsAny<Exception>(() => Flatten(JsonDocument.Parse(row.Data.Item1).RootElement));
        }
    }

    [Theory]
    [MemberData(nameof(Valid))]
    [InlineData(Sample)]
    public void A_valid_text_reads_as_in_System_Text_Json(string text)
    {
        using var expected = JsonDocument.Parse(text);
        Assert.Equal(Flatten(expected.RootElement), Flatten(JsonReader.Parse(text)));
        Assert.Equal(Flatten(expected.RootElement), Flatten(JsonReader.Parse(Encoding.UTF8.GetBytes(text))));
    }

    [Theory]
    [InlineData("{\"a\": 1, \"b\": 2,\n \"a\": 3}", 2, 2, "$: the key \"a\" stands here a second time; the first is at line 1, column 2.")]
    [InlineData("[{\"x\": {\"a\": 1, \"\\u0061\": 2}}]", 1, 17, "$[0].x: the key \"a\" stands here a second time; the first is at line 1, column 9.")]
    [InlineData("{\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,\"10\":0,\"3\":0}", 1, 63, "$: the key \"3\" stands here a second time; the first is at line 1, column 14.")]
    public void A_duplicate_key_is_named(string text, int line, int column, string reason)
    {
        var error = Assert.Throws<JsonFormatException>(() => JsonReader.Parse(text));
        Assert.Equal((JsonFormatErrorKind.DuplicateKey, line, column, reason), (error.Kind, error.Line, error.Column, error.Reason));
    }

    [Fact]
    public void Every_prefix_is_refused_as_cut_off()
    {
        for (int length = 1; length < Sample.Length; length++)
        {
            var error = Assert.Throws<JsonFormatException>(() => JsonReader.Parse(Sample[..length]));
            Assert.Equal(JsonFormatErrorKind.Syntax, error.Kind);
            Assert.Contains("ends in the middle of", error.Reason, StringComparison.Ordinal);
        }

        byte[] bytes = Encoding.UTF8.GetBytes(Sample);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<JsonFormatException>(() => JsonReader.Parse(bytes.AsSpan(0, length).ToArray()));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20260101)]
    public void Random_changes_throw_nothing_else_and_agree_with_System_Text_Json(int seed)
    {
        const string Spice = "{}[]:,\"\\/'#0123456789+-.eEu tfnab\n\r\t\u0000\u001f\u00e9\ud83d\ude00\uFEFF";
        var random = new Random(seed);
        int accepted = 0;
        for (int round = 0; round < 3000; round++)
        {
            var text = new StringBuilder(Sample);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(text.Length);
                char c = Spice[random.Next(Spice.Length)];
                switch (random.Next(3))
                {
                    case 0:
                        text[at] = c;
                        break;
                    case 1:
                        text.Insert(at, c);
                        break;
                    default:
                        text.Remove(at, Math.Min(random.Next(1, 5), text.Length - at));
                        break;
                }
            }

            accepted += Compare(text.ToString(), $"seed {seed}, round {round}") ? 1 : 0;
        }

        Assert.True(accepted > 50, $"seed {seed}: only {accepted} changed texts were still valid");
    }

    [Fact]
    public void Random_bytes_throw_nothing_else()
    {
        const int Seed = 77;
        var random = new Random(Seed);
        byte[] sample = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Sample)];
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = (byte[])sample.Clone();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(4) == 0 ? random.Next(4) : random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Exception? error = Record.Exception(() => JsonReader.Parse(bytes));
            Assert.True(error is null or JsonFormatException, $"seed {Seed}, round {round}: {error}");
        }
    }

    [Fact]
    public void All_short_texts_of_an_alphabet_agree_with_System_Text_Json()
    {
        const string Alphabet = "[]{},:\"\\1-0.e ";
        for (int length = 1; length <= 4; length++)
        {
            int count = (int)Math.Pow(Alphabet.Length, length);
            for (int number = 0; number < count; number++)
            {
                int rest = number;
                char[] text = new char[length];
                for (int i = 0; i < length; i++, rest /= Alphabet.Length)
                {
                    text[i] = Alphabet[rest % Alphabet.Length];
                }

                string candidate = new(text);
                bool ours = Accepts(() => JsonReader.Parse(candidate));
                Assert.True(ours == IsValid(candidate), $"{candidate}: this reader says {ours}");
            }
        }
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Depth_is_limited_without_recursion(string open, string close)
    {
        static string Nest(string open, string close, int depth) => string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));

        JsonReader.Parse(Nest(open, close, 64));
        var error = Assert.Throws<JsonFormatException>(() => JsonReader.Parse(Nest(open, close, 65)));
        Assert.Equal((JsonFormatErrorKind.Limit, 1, (64 * open.Length) + 1), (error.Kind, error.Line, error.Column));
        Assert.Equal(JsonFormatErrorKind.Limit, Assert.Throws<JsonFormatException>(() => JsonReader.Parse(Nest(open, close, 100_000))).Kind);

        // With the limit lifted the reader itself still has no depth that breaks it.
        JsonValue deep = JsonReader.Parse(Nest(open, close, 100_000), new JsonLimits { MaxDepth = int.MaxValue });
        Assert.Equal(open == "[" ? JsonKind.Array : JsonKind.Object, deep.Kind);
    }

    [Theory]
    [InlineData("[1, 2]", 5, 9, 9, 1)]
    [InlineData("[1, [true, 2]]", 99, 4, 9, 12)]
    [InlineData("[\"abcd\"]", 99, 9, 3, 2)]
    [InlineData("[\"a\\nbc\"]", 99, 9, 3, 2)]
    [InlineData("{\"abcd\":1}", 99, 9, 3, 2)]
    [InlineData("[1234]", 99, 9, 3, 2)]
    public void Each_limit_is_kept(string text, int characters, int values, int stringLength, int column)
    {
        JsonLimits Limits(int more) => new() { MaxCharacters = characters + more, MaxValues = values + more, MaxStringLength = stringLength + more };

        var error = Assert.Throws<JsonFormatException>(() => JsonReader.Parse(text, Limits(0)));
        Assert.Equal((JsonFormatErrorKind.Limit, 1, column), (error.Kind, error.Line, error.Column));
        JsonReader.Parse(text, Limits(1));
    }

    [Fact]
    public void Too_many_bytes_are_refused_before_decoding()
    {
        var limits = new JsonLimits { MaxCharacters = 10 };
        var error = Assert.Throws<JsonFormatException>(() => JsonReader.Parse(new byte[34], limits));
        Assert.Equal(JsonFormatErrorKind.Limit, error.Kind);
        JsonReader.Parse(Encoding.UTF8.GetBytes("\"" + new string('\u20AC', 8) + "\""), limits);
    }

    [Fact]
    public void Bytes_are_read_in_each_encoding()
    {
        const string Text = "{\"é\": \"😀\"}";
        Encoding[] encodings = [new UTF8Encoding(true), new UnicodeEncoding(bigEndian: false, byteOrderMark: true), new UnicodeEncoding(bigEndian: true, byteOrderMark: true)];
        foreach (Encoding encoding in encodings)
        {
            JsonValue value = JsonReader.Parse([.. encoding.GetPreamble(), .. encoding.GetBytes(Text)]);
            Assert.Equal("😀", value.AsObject().RequireString("é"));
            Assert.Equal(1, value.Column);
        }
    }

    [Theory]
    [InlineData(new byte[0], 1, 1, "empty")]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF }, 1, 1, "empty")]
    [InlineData(new byte[] { 0xFF, 0xFE }, 1, 1, "empty")]
    [InlineData(new byte[] { 0x5B, 0x0D, 0x0A, 0x22, 0xC3, 0xA9, 0xFF, 0x22, 0x5D }, 2, 3, "0xFF is not valid UTF-8")]
    [InlineData(new byte[] { 0x22, 0xC0, 0x80, 0x22 }, 1, 2, "0xC0")]
    [InlineData(new byte[] { 0x22, 0xE0, 0x80, 0x80, 0x22 }, 1, 2, "0xE0")]
    [InlineData(new byte[] { 0x22, 0xED, 0xA0, 0x80, 0x22 }, 1, 2, "0xED")]
    [InlineData(new byte[] { 0x22, 0xF0, 0x80, 0x80, 0x80, 0x22 }, 1, 2, "0xF0")]
    [InlineData(new byte[] { 0x22, 0xF4, 0x90, 0x80, 0x80, 0x22 }, 1, 2, "0xF4")]
    [InlineData(new byte[] { 0x22, 0xE2, 0x82 }, 1, 2, "0xE2")]
    [InlineData(new byte[] { 0x22, 0x80 }, 1, 2, "0x80")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x31, 0x00, 0x20 }, 1, 2, "middle of a UTF-16 unit")]
    [InlineData(new byte[] { 0xFE, 0xFF, 0x00, 0x22, 0xD8, 0x00, 0x00, 0x22 }, 1, 2, "half of a surrogate pair")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x00, 0x00, 0x31, 0x00, 0x00, 0x00 }, 1, 1, "UTF-32")]
    [InlineData(new byte[] { 0x31, 0x00 }, 1, 2, "UTF-16 without a byte order mark")]
    public void Faulty_bytes_are_refused_at_their_place(byte[] bytes, int line, int column, string reason)
    {
        var error = Assert.Throws<JsonFormatException>(() => JsonReader.Parse(bytes));
        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
        Assert.Equal((JsonFormatErrorKind.Syntax, line, column), (error.Kind, error.Line, error.Column));
    }

    [Fact]
    public void The_utf8_check_agrees_with_the_framework_at_every_edge()
    {
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        byte[] edges = [0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF];
        foreach (byte a in Enumerable.Range(0x80, 0x80).Select(b => (byte)b))
        {
            foreach (byte b in edges)
            {
                foreach (byte c in edges)
                {
                    byte[] bytes = [0x22, a, b, c, 0x80, 0x22];
                    string? expected = null;
                    Exception? refused = Record.Exception(() => expected = strict.GetString(bytes).Trim('"'));
                    string? actual = null;
                    Exception? error = Record.Exception(() => actual = JsonReader.Parse(bytes).AsString());
                    Assert.Equal(expected, actual);
                    Assert.True(refused is null ? error is null : error is JsonFormatException { Kind: JsonFormatErrorKind.Syntax }, $"{a:X2} {b:X2} {c:X2} 80: {error}");
                }
            }
        }
    }

    [Fact]
    public void Large_texts_are_read_in_time()
    {
        // Many keys with a long common beginning, many escapes, many values.
        string keys = "{" + string.Join(",", Enumerable.Range(0, 50_000).Select(i => $"\"a-long-common-beginning-{i}\":{i}")) + "}";
        Assert.Equal(50_000, JsonReader.Parse(keys).Members.Count);
        Assert.Equal(200_000, JsonReader.Parse("[" + string.Join(",", Enumerable.Repeat("-1", 200_000)) + "]").Items.Count);
        Assert.Equal(500_000, JsonReader.Parse("\"" + string.Concat(Enumerable.Repeat("\\n", 500_000)) + "\"").AsString().Length);
        Assert.False(JsonReader.Parse(new string('9', 1_000_000)).TryGetDouble(out _));
    }

    [Fact]
    public void A_message_stays_short_and_shows_what_is_invisible()
    {
        var error = Assert.Throws<JsonFormatException>(() => JsonReader.Parse("{\"" + new string('k', 5000) + "\":1,\"" + new string('k', 5000) + "\":2}"));
        Assert.True(error.Message.Length < 300, error.Message);
        error = Assert.Throws<JsonFormatException>(() => JsonReader.Parse("{\"\u202Ex\\n\":1,\"\u202Ex\\n\":2}"));
        Assert.Contains("\"\\u202Ex\\u000A\"", error.Reason, StringComparison.Ordinal);
    }

    private static bool Compare(string text, string label)
    {
        List<string>? ours = null;
        Exception? error = Record.Exception(() => ours = Flatten(JsonReader.Parse(text)));
        Assert.True(error is null or JsonFormatException, $"{label}: {error}");
        List<string>? theirs = null;
        try
        {
            using var document = JsonDocument.Parse(text);
            theirs = Flatten(document.RootElement);
        }
        catch (Exception other) when (other is JsonException or ArgumentException or InvalidOperationException)
        {
        }

        bool stricter = error is JsonFormatException { Kind: JsonFormatErrorKind.DuplicateKey };
        Assert.True(stricter || ours is null == theirs is null, $"{label}: {error?.Message ?? "accepted"}");
        if (ours is not null)
        {
            Assert.Equal(theirs, ours);
        }

        return ours is not null;
    }

    private static bool Accepts(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (JsonFormatException)
        {
            return false;
        }
    }

    private static bool IsValid(string text)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static List<string> Flatten(JsonValue value)
    {
        var lines = new List<string>();
        void Walk(JsonValue node)
        {
            string text = node.TryGetString(out string? s) ? s : node.NumberText ?? (node.TryGetBoolean(out bool b) ? b.ToString() : "");
            lines.Add($"{node.Kind} {text} {node.Items.Count + node.Members.Count}");
            foreach (JsonValue item in node.Items)
            {
                Walk(item);
            }

            foreach (JsonMember member in node.Members)
            {
                lines.Add(member.Name);
                Walk(member.Value);
            }
        }

        Walk(value);
        return lines;
    }

    private static List<string> Flatten(JsonElement value)
    {
        var lines = new List<string>();
        void Walk(JsonElement node)
        {
            string head = node.ValueKind switch
            {
                JsonValueKind.String => "String " + node.GetString() + " 0",
                JsonValueKind.Number => "Number " + node.GetRawText() + " 0",
                JsonValueKind.True => "Boolean True 0",
                JsonValueKind.False => "Boolean False 0",
                JsonValueKind.Null => "Null  0",
                JsonValueKind.Array => "Array  " + node.GetArrayLength(),
                _ => "Object  " + node.EnumerateObject().Count(),
            };
            lines.Add(head);
            if (node.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement item in node.EnumerateArray())
                {
                    Walk(item);
                }
            }
            else if (node.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty member in node.EnumerateObject())
                {
                    lines.Add(member.Name);
                    Walk(member.Value);
                }
            }
        }

        Walk(value);
        return lines;
    }
}
