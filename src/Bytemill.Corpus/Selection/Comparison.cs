using System.Collections.Immutable;
using System.Globalization;

namespace Bytemill.Corpus;

/// <summary>One comparison of a column with a value, or with several of which one must be equal. A null is never equal, unequal, less or greater.</summary>
/// <param name="Column">Name, dotted for a column in a struct.</param>
/// <param name="Operator">How.</param>
/// <param name="Values">One, or those after <c>in</c>.</param>
internal sealed record Comparison(string Column, Operator Operator, ImmutableArray<Literal> Values)
{
    private Literal Value => Values[0];

    public bool Matches(ReadOnlySpan<byte> text)
    {
        if (Values.Length == 1)
        {
            return Holds(text.SequenceCompareTo(Value.Bytes));
        }

        foreach (Literal value in Values)
        {
            if (text.SequenceEqual(value.Bytes))
            {
                return true;
            }
        }

        return false;
    }

    public bool Matches(decimal number)
    {
        foreach (Literal value in Values)
        {
            if (Holds(number.CompareTo(value.Number!.Value)))
            {
                return true;
            }
        }

        return false;
    }

    public bool Matches(double number)
    {
        if (double.IsNaN(number))
        {
            return Operator == Operator.NotEqual;
        }

        foreach (Literal value in Values)
        {
            if (Holds(number.CompareTo((double)value.Number!.Value)))
            {
                return true;
            }
        }

        return false;
    }

    public bool Matches(bool truth)
    {
        foreach (Literal value in Values)
        {
            if (Holds(truth.CompareTo(value.Truth!.Value)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>For columns without a type, whose values are written as strings: compares numbers when the condition has numbers.</summary>
    public bool MatchesUntyped(string text) =>
        Values[0].Number is null ? Matches(System.Text.Encoding.UTF8.GetBytes(text))
        : decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) && Matches(number);

    /// <summary>Whether no value between two bounds can match. The bounds need not occur.</summary>
    public bool ExcludesRange(ReadOnlySpan<byte> least, ReadOnlySpan<byte> most)
    {
        foreach (Literal value in Values)
        {
            if (!Excludes(least.SequenceCompareTo(value.Bytes), most.SequenceCompareTo(value.Bytes)))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc cref="ExcludesRange(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public bool ExcludesRange(decimal least, decimal most) =>
        Values.All(value => Excludes(least.CompareTo(value.Number!.Value), most.CompareTo(value.Number.Value)));

    /// <inheritdoc cref="ExcludesRange(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public bool ExcludesRange(double least, double most) =>
        Values.All(value => Excludes(least.CompareTo((double)value.Number!.Value), most.CompareTo((double)value.Number.Value)));

    private bool Holds(int order) => Operator switch
    {
        Operator.Equal => order == 0,
        Operator.NotEqual => order != 0,
        Operator.Less => order < 0,
        Operator.LessOrEqual => order <= 0,
        Operator.Greater => order > 0,
        _ => order >= 0,
    };

    // Of the bounds compared with the value. Nothing is excluded for unequal, whose bounds may be shortened.
    private bool Excludes(int least, int most) => Operator switch
    {
        Operator.Equal => least > 0 || most < 0,
        Operator.Less => least >= 0,
        Operator.LessOrEqual => least > 0,
        Operator.Greater => most <= 0,
        Operator.GreaterOrEqual => most < 0,
        _ => false,
    };
}
