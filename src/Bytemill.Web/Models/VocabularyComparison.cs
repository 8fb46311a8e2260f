using System.Collections.Immutable;
using Bytemill.Tokenization;

namespace Bytemill.Web.Models;

/// <summary>Which pieces two vocabularies share and which only one of them has.</summary>
/// <param name="OnlyFirst">Ids in the first of pieces that only it has, ascending.</param>
/// <param name="OnlySecond">Ids in the second of pieces that only it has, ascending.</param>
/// <param name="Both">Ids in the first and in the second of pieces that both have, ascending.</param>
public sealed record VocabularyComparison(ImmutableArray<int> OnlyFirst, ImmutableArray<int> OnlySecond, ImmutableArray<(int First, int Second)> Both)
{
    /// <summary>Compares two vocabularies; linear, since both are in one order.</summary>
    public static VocabularyComparison Of(Vocabulary first, Vocabulary second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var onlyFirst = ImmutableArray.CreateBuilder<int>();
        var onlySecond = ImmutableArray.CreateBuilder<int>();
        var both = ImmutableArray.CreateBuilder<(int, int)>();
        int a = Vocabulary.FirstPieceId;
        int b = Vocabulary.FirstPieceId;
        while (a < first.Count || b < second.Count)
        {
            int order = a == first.Count ? 1 : b == second.Count ? -1 : Compare(first.GetPiece(a), second.GetPiece(b));
            if (order == 0)
            {
                both.Add((a++, b++));
            }
            else if (order < 0)
            {
                onlyFirst.Add(a++);
            }
            else
            {
                onlySecond.Add(b++);
            }
        }

        return new VocabularyComparison(onlyFirst.DrainToImmutable(), onlySecond.DrainToImmutable(), both.DrainToImmutable());
    }

    // The order of ids.
    private static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) =>
        a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
}
