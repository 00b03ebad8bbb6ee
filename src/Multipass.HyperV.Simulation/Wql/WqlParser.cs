using System;
using System.Collections.Generic;
using System.Globalization;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Wql;

/// <summary>Reads WQL: SELECT with conditions, ASSOCIATORS OF and REFERENCES OF. Keywords in any case.</summary>
internal sealed class WqlParser
{
    /// <summary>WMI refuses deeper conditions too, with a quota violation; a text must not decide how deep this goes.</summary>
    private const int MostNesting = 100;

    private readonly WqlTokens _tokens;
    private readonly string _namespace;
    private int _depth;

    private WqlParser(string text, string cimNamespace)
    {
        _tokens = new WqlTokens(text);
        _namespace = cimNamespace;
    }

    /// <summary>Reads a query.</summary>
    /// <param name="text">The query.</param>
    /// <param name="cimNamespace">The namespace that it is asked in.</param>
    /// <exception cref="WqlException">It is not a query that is understood here.</exception>
    public static WqlQuery Parse(string text, string cimNamespace)
    {
        var parser = new WqlParser(text, cimNamespace);
        var query = parser.Query();
        return parser._tokens.Current.Kind == WqlTokenKind.End ? query : throw parser.Unexpected("the end");
    }

    private WqlQuery Query()
    {
        var verb = _tokens.Take();
        return verb.IsWord("SELECT") ? Select()
            : verb.IsWord("ASSOCIATORS") ? Associators(false)
            : verb.IsWord("REFERENCES") ? Associators(true)
            : throw new WqlException($"A query begins with SELECT, ASSOCIATORS OF or REFERENCES OF, not with {verb}.");
    }

    private WqlSelect Select()
    {
        List<string>? properties = null;
        if (_tokens.Current.IsSign("*"))
        {
            _tokens.Take();
        }
        else
        {
            properties = new List<string> { PropertyName() };
            while (_tokens.Current.IsSign(","))
            {
                _tokens.Take();
                properties.Add(PropertyName());
            }
        }

        Keyword("FROM");
        var className = Word("a class");
        if (!_tokens.Current.IsWord("WHERE"))
        {
            return new WqlSelect(properties, className, null);
        }

        _tokens.Take();
        return new WqlSelect(properties, className, AnyOf());
    }

    private WqlAssociators Associators(bool wantsReferences)
    {
        Keyword("OF");
        if (_tokens.Current.Kind != WqlTokenKind.Path)
        {
            throw Unexpected("an object path in braces");
        }

        var query = new WqlAssociators(ObjectPath.Parse(_tokens.Take().Text, _namespace), wantsReferences);
        if (_tokens.Current.Kind == WqlTokenKind.End)
        {
            return query;
        }

        Keyword("WHERE");
        while (_tokens.Current.Kind != WqlTokenKind.End)
        {
            var word = Word("a restriction");
            if (string.Equals(word, "KeysOnly", StringComparison.OrdinalIgnoreCase))
            {
                query = query with { KeysOnly = true };
                continue;
            }

            Sign("=");
            var value = _tokens.Current.Kind == WqlTokenKind.Text ? _tokens.Take().Text : Word("a name");
            query = word.ToUpperInvariant() switch
            {
                "ASSOCCLASS" when !wantsReferences => query with { AssociationClass = value },
                "RESULTCLASS" when wantsReferences => query with { AssociationClass = value },
                "RESULTCLASS" => query with { ResultClass = value },
                "RESULTROLE" when !wantsReferences => query with { ResultRole = value },
                "ROLE" => query with { Role = value },
                _ => throw new WqlException($"'{word}' is not a restriction that is understood here."),
            };
        }

        return query;
    }

    private WqlExpression AnyOf() => Group(false, "OR", AllOf);

    private WqlExpression AllOf() => Group(true, "AND", Part);

    private WqlExpression Group(bool isAll, string word, Func<WqlExpression> part)
    {
        var first = part();
        if (!_tokens.Current.IsWord(word))
        {
            return first;
        }

        var parts = new List<WqlExpression> { first };
        while (_tokens.Current.IsWord(word))
        {
            _tokens.Take();
            parts.Add(part());
        }

        return new WqlGroup(isAll, parts);
    }

    private WqlExpression Part()
    {
        if (++_depth > MostNesting)
        {
            throw new WqlException("The condition of the query is nested too deeply.");
        }

        WqlExpression part;
        if (_tokens.Current.IsWord("NOT"))
        {
            _tokens.Take();
            part = new WqlNot(Part());
        }
        else if (_tokens.Current.IsSign("("))
        {
            _tokens.Take();
            part = AnyOf();
            Sign(")");
        }
        else
        {
            part = Comparison();
        }

        _depth--;
        return part;
    }

    /// <summary>Property, operator, constant or another property; or the constant first.</summary>
    private WqlExpression Comparison()
    {
        if (_tokens.Current.Kind is WqlTokenKind.Text or WqlTokenKind.Number)
        {
            var value = Constant();
            var comparison = Operator();
            return new WqlComparison(PropertyName(), Mirror(comparison), value);
        }

        var property = PropertyName();
        if (_tokens.Current.IsWord("IS"))
        {
            _tokens.Take();
            var isNot = _tokens.Current.IsWord("NOT");
            if (isNot)
            {
                _tokens.Take();
            }

            Keyword("NULL");
            return new WqlComparison(property, isNot ? WqlOperator.NotEqual : WqlOperator.Equal, null);
        }

        if (_tokens.Current.IsWord("NOT"))
        {
            _tokens.Take();
            Keyword("LIKE");
            return new WqlNot(new WqlComparison(property, WqlOperator.Like, Constant()));
        }

        var asked = Operator();
        return new WqlComparison(property, asked, IsName(_tokens.Current) ? new WqlProperty(PropertyName()) : Constant());
    }

    private static bool IsName(WqlToken token) => token.Kind == WqlTokenKind.Word && !token.IsWord("NULL") && !token.IsWord("TRUE") && !token.IsWord("FALSE");

    private WqlOperator Operator()
    {
        var token = _tokens.Take();
        return token.IsWord("LIKE") ? WqlOperator.Like
            : token.IsWord("ISA") ? WqlOperator.IsA
            : token.Kind == WqlTokenKind.Sign ? token.Text switch
            {
                "=" => WqlOperator.Equal,
                "<>" or "!=" => WqlOperator.NotEqual,
                "<" => WqlOperator.Less,
                "<=" => WqlOperator.LessOrEqual,
                ">" => WqlOperator.Greater,
                ">=" => WqlOperator.GreaterOrEqual,
                _ => throw new WqlException($"An operator is missing before {token}."),
            }
            : throw new WqlException($"An operator is missing before {token}.");
    }

    private static WqlOperator Mirror(WqlOperator comparison)
        => comparison switch
        {
            WqlOperator.Less => WqlOperator.Greater,
            WqlOperator.LessOrEqual => WqlOperator.GreaterOrEqual,
            WqlOperator.Greater => WqlOperator.Less,
            WqlOperator.GreaterOrEqual => WqlOperator.LessOrEqual,
            WqlOperator.Like or WqlOperator.IsA => throw new WqlException("The property stands before LIKE and ISA."),
            _ => comparison,
        };

    private object? Constant()
    {
        var token = _tokens.Take();
        return token.Kind switch
        {
            WqlTokenKind.Text => token.Text,
            WqlTokenKind.Number => Number(token.Text),
            WqlTokenKind.Word when token.IsWord("NULL") => null,
            WqlTokenKind.Word when token.IsWord("TRUE") => true,
            WqlTokenKind.Word when token.IsWord("FALSE") => false,
            _ => throw new WqlException($"A constant is missing before {token}."),
        };
    }

    private static object Number(string text)
        => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && ulong.TryParse(text.Substring(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hexadecimal) ? (decimal)hexadecimal
            : decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : throw new WqlException($"'{text}' is not a number.");

    /// <summary>A name; <c>Class.Name</c> means the same.</summary>
    private string PropertyName()
    {
        var name = Word("a property");
        while (_tokens.Current.IsSign("."))
        {
            _tokens.Take();
            name = Word("a property");
        }

        return name;
    }

    private string Word(string what) => _tokens.Current.Kind == WqlTokenKind.Word ? _tokens.Take().Text : throw Unexpected(what);

    private void Keyword(string word)
    {
        if (!_tokens.Current.IsWord(word))
        {
            throw Unexpected(word);
        }

        _tokens.Take();
    }

    private void Sign(string sign)
    {
        if (!_tokens.Current.IsSign(sign))
        {
            throw Unexpected($"'{sign}'");
        }

        _tokens.Take();
    }

    private WqlException Unexpected(string what) => new($"The query has {_tokens.Current} where {what} belongs.");
}
