using System.Globalization;

namespace Bytemill.Tokenization;

/// <summary>Puts a vocabulary together from pieces that a file lists in the order of their ids.</summary>
internal sealed class PieceListBuilder
{
    private readonly List<int> _ends = [];
    private readonly List<long> _counts = [];
    private byte[] _blob = new byte[1 << 12];
    private int _length;
    private long _total;

    /// <summary>Number of pieces so far.</summary>
    public int Count => _ends.Count;

    /// <summary>Adds a piece, unless something is wrong with it.</summary>
    /// <returns>What is wrong: found and expected; null when the piece was taken.</returns>
    public (string Found, string Expected)? Add(ReadOnlySpan<byte> piece, long count)
    {
        if (piece.IsEmpty || piece.Length > PieceAutomaton.MaxPieceLength)
        {
            return ("a piece of " + Number(piece.Length) + " bytes", "1 to " + Number(PieceAutomaton.MaxPieceLength) + " bytes");
        }

        if (count < 1 || count > long.MaxValue - _total)
        {
            return ("count " + Number(count), "counts of 1 or more whose sum fits into 63 bits");
        }

        ReadOnlySpan<byte> previous = Count == 0 ? [] : _blob.AsSpan((Count == 1 ? 0 : _ends[^2]).._length);
        if (Count > 0 && Vocabulary.Compare(previous, piece) >= 0)
        {
            return ("piece 0x" + Throw.Hex(piece) + " after 0x" + Throw.Hex(previous), "distinct pieces with ids in order of (length, bytes)");
        }

        if (piece.Length > _blob.Length - _length)
        {
            if (piece.Length > Array.MaxLength - _length)
            {
                return ("more pieces than memory holds", Number(Array.MaxLength) + " bytes in all");
            }

            Array.Resize(ref _blob, (int)Math.Min(Array.MaxLength, Math.Max(2L * _blob.Length, (long)_length + piece.Length)));
        }

        piece.CopyTo(_blob.AsSpan(_length));
        _length += piece.Length;
        _ends.Add(_length);
        _counts.Add(count);
        _total += count;
        return null;
    }

    /// <summary>The vocabulary, unless a single byte is missing.</summary>
    /// <param name="missing">The lowest byte that is no piece, or -1.</param>
    public Vocabulary? Build(out int missing)
    {
        byte[] blob = _blob.AsSpan(0, _length).ToArray();
        int[] ends = [.. _ends];
        missing = Vocabulary.FirstMissingByte(blob, ends);
        return missing < 0 ? new Vocabulary(blob, ends, [.. _counts]) : null;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
