using System;
using System.Globalization;
using System.Text;

namespace Multipass.HyperV.Simulation.Wql;

/// <summary>What kind of token.</summary>
internal enum WqlTokenKind
{
    End,
    Word,
    Text,
    Number,
    Sign,

    /// <summary>An object path in braces.</summary>
    Path,
}

/// <summary>A word, constant or sign of a query.</summary>
internal readonly record struct WqlToken(WqlTokenKind Kind, string Text)
{
    public bool IsWord(string word) => Kind == WqlTokenKind.Word && string.Equals(Text, word, StringComparison.OrdinalIgnoreCase);

    public bool IsSign(string sign) => Kind == WqlTokenKind.Sign && Text == sign;

    public override string ToString() => Kind == WqlTokenKind.End ? "the end" : $"'{Text}'";
}

/// <summary>Cuts a query into tokens.</summary>
internal sealed class WqlTokens
{
    private static readonly string[] Signs = { "<=", ">=", "<>", "!=", "<", ">", "=", "(", ")", ",", "*", "." };

    private readonly string _text;
    private int _at;

    public WqlTokens(string text)
    {
        _text = text;
        Current = Read();
    }

    /// <summary>The token to look at.</summary>
    public WqlToken Current { get; private set; }

    /// <summary>Goes on, and gives the token that was current.</summary>
    public WqlToken Take()
    {
        var taken = Current;
        Current = Read();
        return taken;
    }

    private WqlToken Read()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }

        if (_at == _text.Length)
        {
            return new WqlToken(WqlTokenKind.End, string.Empty);
        }

        var letter = _text[_at];
        return letter is '\'' or '"' ? new WqlToken(WqlTokenKind.Text, Quoted(letter))
            : letter == '{' ? new WqlToken(WqlTokenKind.Path, Braced())
            : IsNumberStart() ? new WqlToken(WqlTokenKind.Number, Span(at => IsWordLetter(_text[at]) || _text[at] is '.' or '-' or '+' && IsExponent(at)))
            : IsWordLetter(letter) ? new WqlToken(WqlTokenKind.Word, Span(at => IsWordLetter(_text[at])))
            : new WqlToken(WqlTokenKind.Sign, Sign());
    }

    private bool IsNumberStart()
        => char.IsDigit(_text[_at]) || (_text[_at] is '-' or '+' && _at + 1 < _text.Length && char.IsDigit(_text[_at + 1]));

    private bool IsExponent(int at) => _text[at] == '.' || char.ToUpperInvariant(_text[at - 1]) == 'E';

    private static bool IsWordLetter(char letter) => char.IsLetterOrDigit(letter) || letter == '_';

    private string Span(Func<int, bool> belongs)
    {
        var start = _at++;
        while (_at < _text.Length && belongs(_at))
        {
            _at++;
        }

        return _text.Substring(start, _at - start);
    }

    private string Sign()
    {
        foreach (var sign in Signs)
        {
            if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) == 0)
            {
                _at += sign.Length;
                return sign;
            }
        }

        throw new WqlException(string.Format(CultureInfo.InvariantCulture, "The character '{0}' at {1} has no meaning in a query.", _text[_at], _at + 1));
    }

    /// <summary>A string; a backslash takes a quote or another backslash as it is, and before anything else stands for itself, since clients forget to double it.</summary>
    private string Quoted(char quote)
    {
        var value = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            var letter = _text[_at];
            if (letter == quote)
            {
                _at++;
                return value.ToString();
            }

            if (letter == '\\' && _at + 1 < _text.Length && IsEscaped(_text[_at + 1]))
            {
                letter = _text[++_at];
            }

            value.Append(letter);
        }

        throw new WqlException("A string of the query has no end.");
    }

    private static bool IsEscaped(char letter) => letter is '\\' or '\'' or '"';

    /// <summary>What stands between braces; braces within strings are part of it.</summary>
    private string Braced()
    {
        var start = ++_at;
        char? quote = null;
        for (; _at < _text.Length; _at++)
        {
            var letter = _text[_at];
            if (quote is not null)
            {
                _at += letter == '\\' ? 1 : 0;
                quote = letter == quote ? null : quote;
            }
            else if (letter is '\'' or '"')
            {
                quote = letter;
            }
            else if (letter == '}')
            {
                _at++;
                return _text.Substring(start, _at - 1 - start);
            }
        }

        throw new WqlException("The object path of the query has no end.");
    }
}
