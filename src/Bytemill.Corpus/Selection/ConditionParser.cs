using System.Collections.Immutable;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>Reads a condition from left to right.</summary>
internal ref struct ConditionParser
{
    private const string Help = "Write comparisons with =, !=, <, <=, >, >= or 'in (...)', joined by 'and': lang in (zh, ja) and year >= 2020 and source = 'my site'.";

    private static readonly (string Symbol, Operator Operator)[] s_operators =
    [
        ("<=", Operator.LessOrEqual), (">=", Operator.GreaterOrEqual), ("!=", Operator.NotEqual), ("<>", Operator.NotEqual), ("==", Operator.Equal),
        ("=", Operator.Equal), ("<", Operator.Less), (">", Operator.Greater),
    ];

    private readonly string _text;
    private int _at;

    public ConditionParser(string text) => _text = text;

    /// <exception cref="CorpusException">The text is no condition.</exception>
    public ImmutableArray<Comparison> Parse()
    {
        var comparisons = ImmutableArray.CreateBuilder<Comparison>();
        do
        {
            comparisons.Add(ParseComparison());
        }
        while (TryTakeWord("and"));

        SkipSpace();
        return _at == _text.Length ? comparisons.ToImmutable() : throw Unexpected("'and' or the end");
    }

    private Comparison ParseComparison()
    {
        SkipSpace();
        string column = _at < _text.Length && _text[_at] is '"' or '`' ? TakeQuoted(_text[_at]) : TakeBare("a column");
        if (TryTakeWord("in"))
        {
            return new Comparison(column, Operator.Equal, ParseList(column));
        }

        SkipSpace();
        foreach ((string symbol, Operator op) in s_operators)
        {
            if (_text.AsSpan(_at).StartsWith(symbol))
            {
                _at += symbol.Length;
                return new Comparison(column, op, [ParseLiteral()]);
            }
        }

        throw Unexpected("a comparison");
    }

    private ImmutableArray<Literal> ParseList(string column)
    {
        Require('(');
        var values = ImmutableArray.CreateBuilder<Literal>();
        do
        {
            values.Add(ParseLiteral());
        }
        while (TryTake(','));

        Require(')');
        return values.Any(value => value.IsString != values[0].IsString)
            ? throw new CorpusException($"Condition '{_text}': the values for '{column}' are partly strings, partly not. Put quotes around all of them, or none.")
            : values.ToImmutable();
    }

    private Literal ParseLiteral()
    {
        SkipSpace();
        return _at < _text.Length && _text[_at] is '\'' ? Literal.Quoted(TakeQuoted('\'')) : Literal.Bare(TakeBare("a value"));
    }

    private string TakeQuoted(char quote)
    {
        var value = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            if (_text[_at] != quote)
            {
                value.Append(_text[_at]);
            }
            else if (_at + 1 < _text.Length && _text[_at + 1] == quote)
            {
                value.Append(quote);
                _at++;
            }
            else
            {
                _at++;
                return value.ToString();
            }
        }

        throw Unexpected($"a closing {quote}");
    }

    private string TakeBare(string expected)
    {
        SkipSpace();
        int start = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && _text[_at] is not ('=' or '!' or '<' or '>' or '(' or ')' or ',' or '\'' or '"'))
        {
            _at++;
        }

        return _at > start ? _text[start.._at] : throw Unexpected(expected);
    }

    private bool TryTakeWord(string word)
    {
        SkipSpace();
        int end = _at + word.Length;
        if (end > _text.Length || !_text.AsSpan(_at, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase)
            || (end < _text.Length && !char.IsWhiteSpace(_text[end]) && _text[end] != '('))
        {
            return false;
        }

        _at = end;
        return true;
    }

    private bool TryTake(char symbol)
    {
        SkipSpace();
        if (_at >= _text.Length || _text[_at] != symbol)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Require(char symbol)
    {
        if (!TryTake(symbol))
        {
            throw Unexpected($"'{symbol}'");
        }
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private readonly CorpusException Unexpected(string expected) => new(
        FormattableString.Invariant($"Condition '{_text}': {expected} is missing at character {_at + 1}. {Help}"));
}
