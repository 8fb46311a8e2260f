namespace Bytemill.Training;

/// <summary>An order of pieces with counts; a struct, so that merging pays no call for it.</summary>
internal interface IPieceOrder
{
    static abstract int Compare(PieceReader a, PieceReader b);
}
