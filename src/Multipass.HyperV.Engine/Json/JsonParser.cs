using System;
using System.Collections.Generic;
using System.Text;

namespace Multipass.HyperV.Json;

/// <summary>One pass over one text. Open containers are kept on a list, not on the call stack, so depth cannot exhaust it.</summary>
internal sealed class JsonParser
{
    private static readonly string[] Literals = ["true", "false", "null"];

    private readonly string _text;
    private readonly JsonLimits _limits;
    private readonly Stack<JsonContainerBuilder> _open = new();
    private readonly StringBuilder _unescaped = new();
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private int _values;

    public JsonParser(string text, JsonLimits limits)
    {
        _text = text;
        _limits = limits;
    }

    private bool AtEnd => _at >= _text.Length;

    private int Column => _at - _lineStart + 1;

    public JsonValue Parse()
    {
        if (_text.Length > _limits.MaxCharacters)
        {
            throw Limit(FormattableString.Invariant($"The text is longer than the {_limits.MaxCharacters} characters allowed."));
        }

        SkipWhiteSpace();
        if (AtEnd)
        {
            throw Syntax(_text.Length == 0 ? "The text is empty." : "The text holds nothing but white space.");
        }

        JsonValue root = ReadValue(parent: null, key: null, index: 0);
        while (_open.Count > 0)
        {
            ReadNext(_open.Peek());
        }

        SkipWhiteSpace();
        return AtEnd ? root : throw Unexpected("the end of the text after its value");
    }

    /// <summary>Reads the next member or element of the innermost container, or its end.</summary>
    private void ReadNext(JsonContainerBuilder container)
    {
        SkipWhiteSpaceIn(container);
        char end = container.IsObject ? '}' : ']';
        if (_text[_at] == end)
        {
            _at++;
            _open.Pop().Close();
            return;
        }

        if (container.Count > 0)
        {
            if (_text[_at] != ',')
            {
                throw Unexpected(container.IsObject ? "',' or '}' after a member" : "',' or ']' after an element");
            }

            int line = _line;
            int column = Column;
            _at++;
            SkipWhiteSpaceIn(container);
            if (_text[_at] == end)
            {
                throw new JsonFormatException(JsonFormatErrorKind.Syntax, line, column, $"A comma stands before '{end}'; JSON has no trailing commas.");
            }
        }

        if (container.IsObject)
        {
            ReadMember(container);
        }
        else
        {
            container.Add(ReadValue(container.Value, key: null, container.Count));
        }
    }

    private void ReadMember(JsonContainerBuilder container)
    {
        int line = _line;
        int column = Column;
        if (_text[_at] != '"')
        {
            throw IsWordCharacter(_text[_at])
                ? Syntax($"The key {JsonText.Quote(PeekWord())} must stand in double quotes.")
                : Unexpected(container.Count == 0 ? "a key in double quotes or '}'" : "a key in double quotes");
        }

        string name = ReadString("key");
        if (container.Find(name) is { } first)
        {
            string path = JsonText.ShortenPath(container.Value.Path);
            throw new JsonFormatException(
                JsonFormatErrorKind.DuplicateKey,
                line,
                column,
                FormattableString.Invariant($"{path}: the key {JsonText.Quote(name)} stands here a second time; the first is at line {first.Line}, column {first.Column}."));
        }

        SkipWhiteSpaceIn(container);
        if (_text[_at] != ':')
        {
            throw Unexpected("':' after a key");
        }

        _at++;
        SkipWhiteSpaceIn(container);
        container.Add(new JsonMember(name, line, column, ReadValue(container.Value, name, index: 0)));
    }

    /// <summary>Reads a scalar, or opens a container whose content <see cref="ReadNext"/> then reads.</summary>
    private JsonValue ReadValue(JsonValue? parent, string? key, int index)
    {
        if (_values++ >= _limits.MaxValues)
        {
            throw Limit(FormattableString.Invariant($"The text holds more than the {_limits.MaxValues} values allowed."));
        }

        char c = _text[_at];
        int line = _line;
        int column = Column;
        if (c is '{' or '[')
        {
            if (_open.Count >= _limits.MaxDepth)
            {
                throw Limit(FormattableString.Invariant($"Objects and arrays are nested deeper than the {_limits.MaxDepth} levels allowed."));
            }

            var value = new JsonValue(c == '{' ? JsonKind.Object : JsonKind.Array, "", line, column, parent, key, index);
            _open.Push(new JsonContainerBuilder(value));
            _at++;
            return value;
        }

        (JsonKind kind, string text) = c switch
        {
            '"' => (JsonKind.String, ReadString("string")),
            '-' or (>= '0' and <= '9') => (JsonKind.Number, ReadNumber()),
            '+' => throw Syntax("A JSON number has no plus sign in front."),
            '.' => throw Syntax("A JSON number has a digit before the decimal point."),
            _ when IsWordCharacter(c) => ReadLiteral(),
            _ => throw Unexpected("a value"),
        };
        return new JsonValue(kind, text, line, column, parent, key, index);
    }

    private (JsonKind Kind, string Text) ReadLiteral()
    {
        string word = PeekWord();
        bool cut = _at + word.Length == _text.Length;
        foreach (string literal in Literals)
        {
            if (word == literal)
            {
                _at += word.Length;
                return (literal == "null" ? JsonKind.Null : JsonKind.Boolean, literal);
            }

            if (cut && literal.StartsWith(word, StringComparison.Ordinal))
            {
                throw CutOff($"the word {literal}");
            }

            if (string.Equals(word, literal, StringComparison.OrdinalIgnoreCase))
            {
                throw Syntax($"The word {JsonText.Quote(word)} must be written {literal}.");
            }
        }

        throw Syntax(word is "NaN" or "Infinity"
            ? $"{word} is not a JSON number."
            : $"The word {JsonText.Quote(word)} is not a value; a string stands in double quotes.");
    }

    private string ReadNumber()
    {
        int start = _at;
        if (_text[_at] == '-')
        {
            _at++;
            if (!AtEnd && _text[_at] is 'I' or 'N')
            {
                throw Syntax($"{JsonText.Quote("-" + PeekWord())} is not a JSON number.");
            }
        }

        int integer = _at;
        SkipDigits("a digit after '-'");
        if (_text[integer] == '0' && _at > integer + 1)
        {
            _at = integer;
            throw Syntax("A JSON number has no leading zeros.");
        }

        if (!AtEnd && _text[_at] == '.')
        {
            _at++;
            SkipDigits("a digit after the decimal point");
        }

        if (!AtEnd && _text[_at] is 'e' or 'E')
        {
            _at++;
            if (!AtEnd && _text[_at] is '+' or '-')
            {
                _at++;
            }

            SkipDigits("a digit in the exponent");
        }

        int length = _at - start;
        if (length > _limits.MaxStringLength)
        {
            _at = start;
            throw Limit(FormattableString.Invariant($"A number is longer than the {_limits.MaxStringLength} characters allowed."));
        }

        return _text.Substring(start, length);
    }

    private void SkipDigits(string expected)
    {
        int start = _at;
        while (!AtEnd && _text[_at] is >= '0' and <= '9')
        {
            _at++;
        }

        if (_at == start)
        {
            throw AtEnd ? CutOff("a number") : Unexpected(expected);
        }
    }

    private string ReadString(string what)
    {
        int column = Column;
        int run = ++_at;
        _unescaped.Clear();
        while (true)
        {
            if (AtEnd)
            {
                throw CutOff(what, _line, column);
            }

            char c = _text[_at];
            if (c is '"' or '\\')
            {
                int length = _at - run;
                if (_unescaped.Length + length > _limits.MaxStringLength)
                {
                    _at = _lineStart + column - 1;
                    throw Limit(FormattableString.Invariant($"A {what} is longer than the {_limits.MaxStringLength} characters allowed."));
                }

                if (c == '"' && _unescaped.Length == 0)
                {
                    _at++;
                    return _text.Substring(run, length);
                }

                _unescaped.Append(_text, run, length);
                if (c == '"')
                {
                    _at++;
                    return _unescaped.ToString();
                }

                ReadEscape(what, column);
                run = _at;
            }
            else if (c < ' ')
            {
                throw Syntax(c is '\n' or '\r'
                    ? $"The line ends inside a {what}: its closing quote is missing, or its line break must be written as an escape."
                    : $"The control character {JsonText.DescribeCharacter(_text, _at)} in a {what} must be written as an escape.");
            }
            else if (!char.IsSurrogate(c))
            {
                _at++;
            }
            else if (char.IsHighSurrogate(c) && (_at + 1 == _text.Length || char.IsLowSurrogate(_text[_at + 1])))
            {
                _at = Math.Min(_at + 2, _text.Length);
            }
            else
            {
                throw LoneSurrogate(what);
            }
        }
    }

    private void ReadEscape(string what, int stringColumn)
    {
        if (_at + 1 == _text.Length)
        {
            _at++;
            throw CutOff(what, _line, stringColumn);
        }

        char c = _text[_at + 1];
        if (c != 'u')
        {
            _unescaped.Append(c switch
            {
                '"' or '\\' or '/' => c,
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                _ => throw Syntax($"A backslash before {JsonText.DescribeCharacter(_text, _at + 1)} is not an escape of JSON; a backslash itself is written twice."),
            });
            _at += 2;
            return;
        }

        char unit = ReadHex(_at + 2, what, stringColumn);
        _unescaped.Append(unit);
        int next = _at + 6;
        if (char.IsHighSurrogate(unit))
        {
            for (int i = 0; i < 2; i++)
            {
                if (next + i == _text.Length)
                {
                    _at = _text.Length;
                    throw CutOff(what, _line, stringColumn);
                }

                if (_text[next + i] != "\\u"[i])
                {
                    throw LoneSurrogate(what);
                }
            }

            char low = ReadHex(next + 2, what, stringColumn);
            if (!char.IsLowSurrogate(low))
            {
                throw LoneSurrogate(what);
            }

            _unescaped.Append(low);
            next += 6;
        }
        else if (char.IsLowSurrogate(unit))
        {
            throw LoneSurrogate(what);
        }

        _at = next;
    }

    private char ReadHex(int start, string what, int stringColumn)
    {
        int unit = 0;
        for (int i = start; i < start + 4; i++)
        {
            if (i >= _text.Length)
            {
                _at = _text.Length;
                throw CutOff(what, _line, stringColumn);
            }

            char c = _text[i];
            int digit = c switch
            {
                >= '0' and <= '9' => c - '0',
                >= 'a' and <= 'f' => c - 'a' + 10,
                >= 'A' and <= 'F' => c - 'A' + 10,
                _ => -1,
            };
            if (digit < 0)
            {
                _at = i;
                throw Syntax($"Expected four hexadecimal digits after \\u, found {JsonText.DescribeCharacter(_text, _at)}.");
            }

            unit = (unit << 4) | digit;
        }

        return (char)unit;
    }

    private void SkipWhiteSpace()
    {
        for (; !AtEnd; _at++)
        {
            char c = _text[_at];
            if (c == '\n' || (c == '\r' && (_at + 1 == _text.Length || _text[_at + 1] != '\n')))
            {
                _line++;
                _lineStart = _at + 1;
            }
            else if (c is not (' ' or '\t' or '\r'))
            {
                return;
            }
        }
    }

    private void SkipWhiteSpaceIn(JsonContainerBuilder container)
    {
        SkipWhiteSpace();
        if (AtEnd)
        {
            throw CutOff(container.IsObject ? "object" : "array", container.Value.Line, container.Value.Column);
        }
    }

    private string PeekWord()
    {
        int end = _at;
        while (end < _text.Length && IsWordCharacter(_text[end]))
        {
            end++;
        }

        return _text.Substring(_at, end - _at);
    }

    private static bool IsWordCharacter(char c) => c is '_' or '$' || char.IsLetterOrDigit(c);

    private JsonFormatException Unexpected(string expected)
    {
        char c = _text[_at];
        bool comment = c == '#' || (c == '/' && _at + 1 < _text.Length && _text[_at + 1] is '/' or '*');
        return Syntax(
            comment ? "JSON has no comments."
            : c == '\'' ? "Strings and keys stand in double quotes, not in single quotes."
            : $"Expected {expected}, found {JsonText.DescribeCharacter(_text, _at)}.");
    }

    private JsonFormatException LoneSurrogate(string what)
    {
        string shown = _text[_at] == '\\' ? _text.Substring(_at, 6) : JsonText.DescribeCharacter(_text, _at);
        return Syntax($"{shown} in a {what} is half of a surrogate pair without the other half.");
    }

    private JsonFormatException CutOff(string what, int line, int column)
    {
        string article = what[0] is 'a' or 'o' ? "an" : "a";
        return CutOff(FormattableString.Invariant($"{article} {what} that begins at line {line}, column {column}"));
    }

    private JsonFormatException CutOff(string what)
    {
        _at = _text.Length;
        return Syntax($"The text ends in the middle of {what}.");
    }

    private JsonFormatException Syntax(string reason) => new(JsonFormatErrorKind.Syntax, _line, Column, reason);

    private JsonFormatException Limit(string reason) => new(JsonFormatErrorKind.Limit, _line, Column, reason);
}
