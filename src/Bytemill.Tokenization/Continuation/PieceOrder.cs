namespace Bytemill.Tokenization;

/// <summary>The pieces in order of their bytes, so that those with one beginning stand together. Immutable and thread-safe.</summary>
internal sealed class PieceOrder
{
    private readonly Vocabulary _vocabulary;
    private readonly bool _isolateDigits;
    private readonly int[] _ids;

    /// <param name="vocabulary">The pieces; those that no chunk can hold are left out, since the encoder never writes them.</param>
    /// <param name="isolateDigits">How chunks are cut.</param>
    public PieceOrder(Vocabulary vocabulary, bool isolateDigits)
    {
        _vocabulary = vocabulary;
        _isolateDigits = isolateDigits;
        var ids = new List<int>(vocabulary.Count);
        for (int id = Vocabulary.FirstPieceId; id < vocabulary.Count; id++)
        {
            if (Contains(id))
            {
                ids.Add(id);
            }
        }

        _ids = [.. ids];
        Array.Sort(_ids, (a, b) => vocabulary.GetPiece(a).SequenceCompareTo(vocabulary.GetPiece(b)));
    }

    /// <summary>Whether a chunk can hold the piece.</summary>
    public bool Contains(int id)
    {
        ReadOnlySpan<byte> piece = _vocabulary.GetPiece(id);
        return ChunkSplitter.NextEncodingChunk(piece, _isolateDigits) == piece.Length;
    }

    /// <summary>Ids of the pieces that begin with <paramref name="prefix"/> or equal it, in order of their bytes.</summary>
    /// <remarks>O(log pieces).</remarks>
    public ReadOnlyMemory<int> StartingWith(ReadOnlySpan<byte> prefix)
    {
        int first = FirstWhere(prefix, static (piece, prefix) => piece.SequenceCompareTo(prefix) >= 0);
        int end = FirstWhere(prefix, static (piece, prefix) => piece.SequenceCompareTo(prefix) >= 0 && !piece.StartsWith(prefix));
        return _ids.AsMemory(first..end);
    }

    // The first piece of which the claim holds; it holds of all after that.
    private int FirstWhere(ReadOnlySpan<byte> prefix, Claim holds)
    {
        int low = 0;
        int high = _ids.Length;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (holds(_vocabulary.GetPiece(_ids[middle]), prefix))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private delegate bool Claim(ReadOnlySpan<byte> piece, ReadOnlySpan<byte> prefix);
}
