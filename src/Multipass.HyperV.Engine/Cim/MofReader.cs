using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Cim;

/// <summary>Reads the part of MOF (DSP0221) that the class reference is written in: namespaces, classes, typed properties, methods with [in] and [out] parameters.</summary>
internal sealed class MofReader
{
    private static readonly Dictionary<string, CimType> Types = Enum.GetValues(typeof(CimType))
        .Cast<CimType>()
        .Where(type => type is not (CimType.Reference or CimType.Instance))
        .ToDictionary(type => type.ToString(), type => type, StringComparer.OrdinalIgnoreCase);

    private readonly string _text;
    private readonly List<CimClass> _classes = new();
    private int _at;
    private string _namespace = string.Empty;

    private MofReader(string text) => _text = text;

    /// <summary>The classes of a text. A class stands behind the one it extends.</summary>
    /// <exception cref="FormatException">The text is not of this form.</exception>
    public static IReadOnlyList<CimClass> Read(string text)
    {
        var reader = new MofReader(text);
        while (reader.Next() is { } word)
        {
            reader.Declaration(word);
        }

        return reader._classes;
    }

    private void Declaration(string word)
    {
        switch (word)
        {
            case "#pragma":
                Expect("namespace");
                Expect("(");
                _namespace = Need().Trim('"');
                Expect(")");
                break;
            case "class":
                Class();
                break;
            default:
                throw Wrong(word);
        }
    }

    private void Class()
    {
        var name = Need();
        CimClass? super = null;
        var word = Need();
        if (word == ":")
        {
            var superName = Need();
            super = _classes.Find(known => known.Namespace == _namespace && known.Name == superName) ?? throw Wrong(superName);
            word = Need();
        }

        var properties = new List<CimElement>();
        var methods = new List<CimMethod>();
        for (Same(word, "{"), word = Need(); word != "}"; word = Need())
        {
            var element = Element(word);
            word = Need();
            if (word == "(")
            {
                methods.Add(Method(element.Name));
                word = Need();
            }
            else
            {
                properties.Add(element);
            }

            Same(word, ";");
        }

        Expect(";");
        _classes.Add(new CimClass(_namespace, name, super, properties, methods));
    }

    private CimMethod Method(string name)
    {
        var given = new List<CimElement>();
        var taken = new List<CimElement>();
        for (var word = Need(); word != ")"; word = Need())
        {
            if (word == ",")
            {
                continue;
            }

            Same(word, "[");
            var direction = Need();
            Expect("]");
            (direction switch { "in" => taken, "out" => given, _ => throw Wrong(direction) }).Add(Element(Need()));
        }

        return new CimMethod(name, taken, given);
    }

    private CimElement Element(string type)
    {
        var name = Need();
        var isReference = name == "ref";
        name = isReference ? Need() : name;
        var isArray = Peek() == '[';
        if (isArray)
        {
            Expect("[");
            Expect("]");
        }

        return new CimElement(name, isReference ? CimType.Reference : Types.TryGetValue(type, out var known) ? known : CimType.Instance, isArray);
    }

    private void Expect(string word) => Same(Need(), word);

    private void Same(string word, string expected)
    {
        if (word != expected)
        {
            throw Wrong(word);
        }
    }

    private string Need() => Next() ?? throw Wrong("the end");

    private FormatException Wrong(string word) => new($"The class reference is wrong near '{word}' at character {_at}.");

    private char Peek()
    {
        SkipBlanks();
        return _at < _text.Length ? _text[_at] : '\0';
    }

    /// <summary>The next word, quoted text or sign; null at the end.</summary>
    private string? Next()
    {
        SkipBlanks();
        if (_at == _text.Length)
        {
            return null;
        }

        var start = _at++;
        if (_text[start] == '"')
        {
            _at = _text.IndexOf('"', _at) + 1;
        }
        else if (IsWord(_text[start]))
        {
            while (_at < _text.Length && IsWord(_text[_at]))
            {
                _at++;
            }
        }

        return _text.Substring(start, _at - start);
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(_text[_at]))
            {
                _at++;
            }
            else if (string.CompareOrdinal(_text, _at, "//", 0, 2) == 0)
            {
                var end = _text.IndexOf('\n', _at);
                _at = end < 0 ? _text.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    private static bool IsWord(char letter) => char.IsLetterOrDigit(letter) || letter is '_' or '#';
}
