namespace Bytemill.Training;

/// <summary>By bytes, whatever the counts.</summary>
internal readonly struct ByteOrder : IPieceOrder
{
    public static int Compare(PieceReader a, PieceReader b) =>
        a.Key != b.Key ? a.Key.CompareTo(b.Key) : a.Piece.SequenceCompareTo(b.Piece);
}
