using System.Buffers;

namespace Bytemill.Tokenization;

/// <summary>Encodes text without special tokens. Holds buffers: one user at a time.</summary>
internal sealed class TextEncoder(PieceAutomaton automaton, ModelOptions options, bool piecesStayInLines)
{
    // A buffer that one long text made larger than this is not kept, and longer lines are normalised part by part.
    private const int KeptBytes = 1 << 20;

    private const int LinesAtOnce = 512;

    private readonly UnigramSegmenter _segmenter = new(automaton);
    private readonly bool _linesAtOnce = piecesStayInLines && !options.IsolateDigits;
    private readonly int[] _lineLengths = new int[LinesAtOnce];
    private ArrayBufferWriter<byte> _normalized = new();

    /// <summary>Ids of the last call, for callers that need them all at once.</summary>
    public ArrayBufferWriter<int> Ids { get; private set; } = new();

    /// <summary>Counts ids where only their number is wanted.</summary>
    public CountingWriter Counter { get; } = new();

    /// <summary>Writes the ids of <paramref name="utf8"/>.</summary>
    public void Encode(ReadOnlySpan<byte> utf8, IBufferWriter<int> ids)
    {
        while (!utf8.IsEmpty)
        {
            if (_linesAtOnce && EncodeLines(utf8, ids) is int taken and > 0)
            {
                utf8 = utf8[taken..];
                continue;
            }

            int length = ChunkSplitter.NextEncodingChunk(utf8, isolateDigits: false);
            ReadOnlySpan<byte> line = utf8[..length];
            if (length > KeptBytes && options.Normalization == TextNormalization.Nfc)
            {
                EncodeLongLine(line, ids);
            }
            else
            {
                EncodeLine(Normalize(line), ids);
            }

            utf8 = utf8[length..];
        }
    }

    /// <summary>Adds the tokens of <paramref name="utf8"/> with their places, counted from <paramref name="offset"/>.</summary>
    public void EncodeWithOffsets(ReadOnlySpan<byte> utf8, int offset, Vocabulary vocabulary, List<TokenSpan> tokens)
    {
        while (!utf8.IsEmpty)
        {
            int length = ChunkSplitter.NextEncodingChunk(utf8, isolateDigits: false);
            ReadOnlySpan<byte> line = utf8[..length];
            ReadOnlySpan<byte> normalized = Normalize(line);
            Ids.ResetWrittenCount();
            EncodeLine(normalized, Ids);
            OffsetMap? map = normalized == line ? null : OffsetMap.Create(line);
            int end = 0;
            foreach (int id in Ids.WrittenSpan)
            {
                int start = end;
                end += vocabulary.GetPiece(id).Length;
                tokens.Add(map is null
                    ? new TokenSpan(id, offset + start, offset + end)
                    : new TokenSpan(id, offset + map.Start(start), offset + map.End(end)));
            }

            utf8 = utf8[length..];
            offset += length;
        }
    }

    /// <summary>Frees what a large text left behind.</summary>
    public void Trim()
    {
        if (_normalized.Capacity > KeptBytes)
        {
            _normalized = new ArrayBufferWriter<byte>();
        }

        if (Ids.Capacity > KeptBytes / sizeof(int))
        {
            Ids = new ArrayBufferWriter<int>();
        }
    }

    /// <summary>The normal form of one line; valid until the next call. Newlines never compose, so lines stand alone.</summary>
    public ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> line) =>
        options.Normalization == TextNormalization.Nfc ? TextNormalizer.ToNfc(line, _normalized) : line;

    // As many lines as the segmenter takes at once; 0 bytes when the first is longer.
    private int EncodeLines(ReadOnlySpan<byte> utf8, IBufferWriter<int> ids)
    {
        int taken = SplitLines(utf8, _segmenter.MaxChunksLength, out int lines);
        ReadOnlySpan<byte> text = utf8[..taken];
        if (options.Normalization == TextNormalization.Nfc && !TextNormalizer.IsNfc(text))
        {
            // Lines stand alone, so the normal form of all of them has the same lines. It may be longer.
            taken = SplitLines(text, _segmenter.MaxChunksLength / Tokenizer.LargestNfcGrowth, out _);
            text = Normalize(utf8[..taken]);
            SplitLines(text, int.MaxValue, out lines);
        }

        if (taken > 0)
        {
            _segmenter.SegmentChunks(text, _lineLengths.AsSpan(0, lines), ids, Vocabulary.FirstPieceId);
        }

        return taken;
    }

    // Puts down the lengths of the lines that are whole within so many bytes.
    private int SplitLines(ReadOnlySpan<byte> utf8, int limit, out int lines)
    {
        ReadOnlySpan<byte> window = utf8[..Math.Min(utf8.Length, limit)];
        int taken = 0;
        lines = 0;
        while (taken < window.Length && lines < LinesAtOnce)
        {
            int length = ChunkSplitter.NextEncodingChunk(window[taken..], isolateDigits: false);
            if (taken + length == window.Length && window.Length < utf8.Length)
            {
                // The line, or the run of newlines after it, may go on beyond the window.
                break;
            }

            _lineLengths[lines++] = length;
            taken += length;
        }

        return taken;
    }

    // The normal form of a whole long line would be a second copy of it.
    private void EncodeLongLine(ReadOnlySpan<byte> line, IBufferWriter<int> ids)
    {
        if (TextNormalizer.IsNfc(line))
        {
            EncodeLine(line, ids);
            return;
        }

        var parts = new StreamingEncoder(automaton, options, new EncodeOptions(), matcher: null);
        parts.Append(line, ids);
        parts.Complete(ids);
    }

    private void EncodeLine(ReadOnlySpan<byte> line, IBufferWriter<int> ids)
    {
        if (!options.IsolateDigits)
        {
            _segmenter.Segment(line, ids, Vocabulary.FirstPieceId);
            return;
        }

        while (!line.IsEmpty)
        {
            int length = ChunkSplitter.NextEncodingChunk(line, isolateDigits: true);
            _segmenter.Segment(line[..length], ids, Vocabulary.FirstPieceId);
            line = line[length..];
        }
    }
}
