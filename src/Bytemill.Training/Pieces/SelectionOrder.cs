namespace Bytemill.Training;

/// <summary>The order in which pieces are taken into a vocabulary: single bytes first, then by falling count, falling length, bytes.</summary>
internal readonly struct SelectionOrder : IPieceOrder
{
    public static int Compare(PieceReader a, PieceReader b) => Compare(a.Piece, a.Count, b.Piece, b.Count);

    public static int Compare(ReadOnlySpan<byte> a, long aCount, ReadOnlySpan<byte> b, long bCount)
    {
        int order = (a.Length > 1).CompareTo(b.Length > 1);
        if (order == 0)
        {
            order = bCount.CompareTo(aCount);
        }

        if (order == 0)
        {
            order = b.Length.CompareTo(a.Length);
        }

        return order != 0 ? order : a.SequenceCompareTo(b);
    }
}
