using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>The pieces of slices that follow one another in key order, as one stream; numbered in byte order.</summary>
internal sealed class SlicePieces : SortedPieces, IDisposable
{
    private readonly IReadOnlyList<RunOpener> _slices;
    private PieceSliceReader? _reader;
    private int _slice;
    private int _index = -1;

    public SlicePieces(IReadOnlyList<RunOpener> slices) => _slices = slices;

    public override ReadOnlySpan<byte> Piece => _reader!.Piece;

    public override long Count => _reader!.Count;

    public override int Index => _index;

    public override void Restart()
    {
        Dispose();
        (_slice, _index) = (0, -1);
    }

    public override bool Read()
    {
        while (true)
        {
            if (_reader is not null && _reader.Read())
            {
                _index = checked(_index + 1);
                return true;
            }

            Dispose();
            if (_slice == _slices.Count)
            {
                return false;
            }

            _reader = new PieceSliceReader(_slices[_slice++]);
        }
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _reader = null;
    }
}
