using System.Buffers;

namespace Bytemill.Tokenization;

/// <summary>The last chunk of a prompt, which goes on with what follows: finds the ids that every continuation shares.</summary>
/// <remarks>
/// Every continuation's path passes a position from which a piece goes on beyond the chunk, or the chunk's end. Such a piece ends the
/// best path of some continuation if and only if it does so where the text ends with it, so those are all that have to be tried.
/// </remarks>
internal sealed class OpenChunk
{
    // Longer chunks are settled as far as is easily seen first.
    private const int PlainBytes = 1 << 16;

    private readonly Vocabulary _vocabulary;
    private readonly PieceAutomaton _automaton;
    private readonly PieceOrder _order;
    private readonly bool _isolateDigits;

    // The chunk from where it is not settled, and room behind it for one piece. Position i stands before byte i.
    private readonly byte[] _text;
    private readonly int _length;
    private readonly double[] _scores;
    private readonly int[] _pieces;
    private readonly int[] _states;

    // How far the text behind the chunk is computed.
    private int _extended;

    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="order">Its pieces.</param>
    /// <param name="chunk">Normalised bytes since the chunk began.</param>
    /// <param name="kept">Receives the ids that are settled.</param>
    public OpenChunk(Tokenizer tokenizer, PieceOrder order, ReadOnlySpan<byte> chunk, IBufferWriter<int> kept)
    {
        _vocabulary = tokenizer.Model.Vocabulary;
        _automaton = tokenizer.Automaton;
        _order = order;
        _isolateDigits = tokenizer.Model.Options.IsolateDigits;
        double score = 0;
        chunk = chunk[Settle(tokenizer, chunk, kept, ref score)..];
        _length = chunk.Length;
        _text = new byte[_length + _vocabulary.LongestPiece];
        _scores = new double[_text.Length + 1];
        _pieces = new int[_text.Length + 1];
        _states = new int[_text.Length + 1];
        _scores[0] = score;
        _states[0] = PieceAutomaton.Root;
        chunk.CopyTo(_text);
        for (int position = 1; position <= _length; position++)
        {
            Compute(position);
        }

        _extended = _length;
    }

    /// <summary>Writes the shared ids and returns how many bytes of the chunk's end they leave.</summary>
    /// <param name="beginnings">What the text goes on with begins with one of these, none of them empty; null: anything, also nothing.</param>
    /// <param name="kept">Receives the ids.</param>
    public int Keep(IReadOnlyList<byte[]>? beginnings, IBufferWriter<int> kept)
    {
        SortedSet<int> live = FindLive(beginnings);
        while (live.Count > 1)
        {
            int last = live.Max;
            live.Remove(last);
            live.Add(last - LengthOf(_pieces[last]));
        }

        var path = new Stack<int>();
        for (int position = live.Max; position > 0; position -= LengthOf(_pieces[position]))
        {
            path.Push(_pieces[position]);
        }

        foreach (int piece in path)
        {
            kept.WriteOne(piece + Vocabulary.FirstPieceId);
        }

        return _length - live.Max;
    }

    // Positions that the path of some continuation passes, and from which nothing is known yet.
    private SortedSet<int> FindLive(IReadOnlyList<byte[]>? beginnings)
    {
        SortedSet<int> live = [];
        int cut = _isolateDigits ? Utf8Decoder.IncompleteTail(_text.AsSpan(0, _length)) : 0;
        if (beginnings is null)
        {
            live.Add(_length);
            if (cut > 0 && UnicodeData.MayBecomeDigit(_text.AsSpan(_length - cut, cut)))
            {
                // A digit ends the chunk before it.
                live.Add(_length - cut);
            }
        }

        int last = beginnings is null ? _length - 1 : _length;
        for (int start = Math.Max(0, _length - _vocabulary.LongestPiece + 1); start <= last; start++)
        {
            if (!live.Contains(start) && IsLive(start, beginnings, cut))
            {
                live.Add(start);
            }
        }

        return live;
    }

    private bool IsLive(int start, IReadOnlyList<byte[]>? beginnings, int cut)
    {
        ReadOnlySpan<byte> tail = _text.AsSpan(start, _length - start);
        if (beginnings is null)
        {
            return IsChosen(start, _order.StartingWith(tail).Span, cut);
        }

        foreach (byte[] beginning in beginnings)
        {
            byte[] prefix = [.. tail, .. beginning];
            if (IsChosen(start, _order.StartingWith(prefix).Span, cut))
            {
                return true;
            }

            for (int length = tail.Length + 1; length < prefix.Length && length <= _vocabulary.LongestPiece; length++)
            {
                if (_vocabulary.TryGetId(prefix.AsSpan(0, length), out int id) && IsChosen(start, [id], cut))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // Whether one of the pieces, which begin with all that is after `start`, ends the best path of a text that ends with it.
    private bool IsChosen(int start, ReadOnlySpan<int> ids, int cut)
    {
        foreach (int id in ids)
        {
            ReadOnlySpan<byte> rest = _vocabulary.GetPiece(id)[(_length - start)..];
            if (rest.IsEmpty || !StaysInChunk(rest, cut))
            {
                continue;
            }

            Extend(rest);
            if (_pieces[_length + rest.Length] == id - Vocabulary.FirstPieceId)
            {
                return true;
            }
        }

        return false;
    }

    private bool StaysInChunk(ReadOnlySpan<byte> rest, int cut)
    {
        if (_length > 0 && _text[_length - 1] == '\n')
        {
            return !rest.ContainsAnyExcept((byte)'\n');
        }

        if (cut == 0)
        {
            return ChunkSplitter.NextEncodingChunk(rest, _isolateDigits) == rest.Length && !IsDigit(rest);
        }

        byte[] whole = [.. _text.AsSpan(_length - cut, cut), .. rest];
        return ChunkSplitter.NextEncodingChunk(whole, _isolateDigits) == whole.Length && !IsDigit(whole);
    }

    private bool IsDigit(ReadOnlySpan<byte> text) =>
        _isolateDigits && UnicodeData.IsDecimalDigit(Utf8Decoder.Decode(text, 0, out int length)) && length == text.Length;

    // Computes the positions behind the chunk; those that the last text had in common stay.
    private void Extend(ReadOnlySpan<byte> rest)
    {
        int common = _text.AsSpan(_length, _extended - _length).CommonPrefixLength(rest);
        rest[common..].CopyTo(_text.AsSpan(_length + common));
        _extended = _length + rest.Length;
        for (int position = _length + common + 1; position <= _extended; position++)
        {
            Compute(position);
        }
    }

    // As the encoder: left to right, longest first, only a strictly greater sum replaces.
    private void Compute(int position)
    {
        int state = _automaton.Step(_states[position - 1], _text[position - 1]);
        double best = double.NegativeInfinity;
        foreach (PieceMatch match in _automaton.MatchesAt(state))
        {
            double score = _scores[position - match.Length] + match.Score;
            if (score > best)
            {
                best = score;
                _pieces[position] = match.Piece;
            }
        }

        _scores[position] = best;
        _states[position] = state;
        GC.KeepAlive(_automaton);
    }

    private int LengthOf(int piece) => _vocabulary.GetPiece(piece + Vocabulary.FirstPieceId).Length;

    // Writes what a streaming encoder is certain of; returns its length and adds up its score as the encoder does.
    private int Settle(Tokenizer tokenizer, ReadOnlySpan<byte> chunk, IBufferWriter<int> kept, ref double score)
    {
        if (chunk.Length <= PlainBytes)
        {
            return 0;
        }

        ModelOptions plain = tokenizer.Model.Options with { Normalization = TextNormalization.None, IsolateDigits = false };
        var encoder = new StreamingEncoder(_automaton, plain, new EncodeOptions(), matcher: null);
        var ids = new ArrayBufferWriter<int>();
        int length = 0;
        while (!chunk.IsEmpty)
        {
            ids.ResetWrittenCount();
            int part = Math.Min(chunk.Length, PlainBytes);
            encoder.Append(chunk[..part], ids);
            chunk = chunk[part..];
            kept.Write(ids.WrittenSpan);
            foreach (int id in ids.WrittenSpan)
            {
                length += _vocabulary.GetPiece(id).Length;
                score += _automaton.Score(id - Vocabulary.FirstPieceId);
            }
        }

        return length;
    }
}
