using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.MmiStandIn;

/// <summary>Reads the WQL that the transport writes, and nothing else: what it does not know is an invalid query.</summary>
internal sealed class WqlParser
{
    private readonly string _text;
    private int _at;

    private WqlParser(string text) => _text = text;

    public static CimQuery Parse(string cimNamespace, string text)
    {
        var parser = new WqlParser(text);
        parser.Expect("SELECT ");
        var properties = new List<string>();
        do
        {
            properties.Add(parser.Name());
        }
        while (parser.Accept(", "));
        parser.Expect(" FROM ");
        var className = parser.Name();
        CimCondition? where = null;
        if (parser.Accept(" WHERE "))
        {
            var conditions = new List<CimCondition>();
            do
            {
                conditions.Add(parser.Condition());
            }
            while (parser.Accept(" OR "));
            where = CimCondition.AnyOf(conditions.ToArray());
        }

        return parser._at == text.Length ? new CimQuery(cimNamespace, className, properties, where) : throw parser.Wrong();
    }

    private CimCondition Condition()
    {
        var name = Name();
        if (Accept(" LIKE "))
        {
            return CimCondition.StartsWith(name, Prefix(Text()));
        }

        Expect(" = ");
        return CimCondition.Equal(name, Accept("TRUE") ? true : Accept("FALSE") ? false : _at < _text.Length && _text[_at] == '\'' ? Text() : Number());
    }

    /// <summary>A pattern that ends in % and in which everything else stands for itself.</summary>
    private string Prefix(string pattern)
    {
        var prefix = new StringBuilder();
        for (var index = 0; index < pattern.Length; index++)
        {
            switch (pattern[index])
            {
                case '%' when index == pattern.Length - 1:
                    return prefix.ToString();
                case '%' or '_':
                    throw Wrong();
                case '[' when index + 2 < pattern.Length && pattern[index + 2] == ']' && pattern[index + 1] != '^':
                    prefix.Append(pattern[index + 1]);
                    index += 2;
                    break;
                case '[':
                    throw Wrong();
                default:
                    prefix.Append(pattern[index]);
                    break;
            }
        }

        throw Wrong();
    }

    private string Text()
    {
        Expect("'");
        var text = new StringBuilder();
        while (_at < _text.Length)
        {
            var character = _text[_at++];
            switch (character)
            {
                case '\'':
                    return text.ToString();
                case '\\' when _at < _text.Length && _text[_at] is '\\' or '\'' or '"':
                    text.Append(_text[_at++]);
                    break;
                case '\\':
                    throw Wrong();
                default:
                    text.Append(character);
                    break;
            }
        }

        throw Wrong();
    }

    private object Number()
    {
        var from = _at;
        while (_at < _text.Length && (_text[_at] is '-' or (>= '0' and <= '9')))
        {
            _at++;
        }

        var digits = _text[from.._at];
        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var large) ? large
            : throw Wrong();
    }

    private string Name()
    {
        var from = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
        {
            _at++;
        }

        return _at > from && !char.IsAsciiDigit(_text[from]) ? _text[from.._at] : throw Wrong();
    }

    private bool Accept(string token)
    {
        if (string.CompareOrdinal(_text, _at, token, 0, token.Length) != 0)
        {
            return false;
        }

        _at += token.Length;
        return true;
    }

    private void Expect(string token)
    {
        if (!Accept(token))
        {
            throw Wrong();
        }
    }

    private CimFaultException Wrong()
        => new(new CimFault(CimStatus.InvalidQuery, unchecked((int)0x80041017), $"Invalid query at {_at}: {_text}"));
}
