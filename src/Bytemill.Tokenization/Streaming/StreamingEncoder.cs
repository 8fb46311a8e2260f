using System.Buffers;

namespace Bytemill.Tokenization;

/// <summary>
/// Encodes a text that comes in parts, cut anywhere, also inside a character. The ids of all calls together are those of
/// <see cref="Tokenizer.Encode(ReadOnlySpan{byte}, IBufferWriter{int}, EncodeOptions?)"/> for the whole text. Not thread-safe.
/// </summary>
/// <remarks>
/// An id is written as soon as every continuation of the text has it there (in stretches of text that stay open for long,
/// within 1/16 of their length). Memory is bounded for text that settles, as all natural text does; where nothing can be
/// settled the open text is kept, once.
/// </remarks>
public sealed partial class StreamingEncoder
{
    // Normalised text is passed on in parts of this size at most.
    private const int PartBytes = 1 << 16;

    private readonly ModelOptions _model;
    private readonly EncodeOptions _options;
    private readonly SpecialTokenMatcher? _matcher;
    private readonly UnigramSegmenter _segmenter;
    private readonly StreamingNormalizer? _normalizer;
    private readonly ArrayBufferWriter<byte> _normalized = new();
    private readonly ArrayBufferWriter<byte> _undecided = new();
    private readonly ArrayBufferWriter<byte> _cutCharacter = new();
    private bool _hasBegun;
    private bool _endsWithNewline;

    internal StreamingEncoder(PieceAutomaton automaton, ModelOptions model, EncodeOptions options, SpecialTokenMatcher? matcher)
    {
        _model = model;
        _options = options;
        _matcher = matcher;
        _segmenter = new UnigramSegmenter(automaton);
        _segmenter.Begin(Vocabulary.FirstPieceId);
        _normalizer = model.Normalization == TextNormalization.Nfc ? new StreamingNormalizer() : null;
    }

    /// <summary>Takes the next bytes of the text and writes the ids that are certain by now.</summary>
    /// <exception cref="ArgumentException">The UTF-16 text before these bytes ends in half a surrogate pair.</exception>
    public void Append(ReadOnlySpan<byte> utf8, IBufferWriter<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        CheckWholeCharacters(utf8.IsEmpty);
        AppendBytes(utf8, ids);
    }

    private void AppendBytes(ReadOnlySpan<byte> utf8, IBufferWriter<int> ids)
    {
        Begin(ids);
        if (_matcher is null)
        {
            AppendText(utf8, ids);
            return;
        }

        if (_undecided.WrittenCount > 0)
        {
            _undecided.Write(utf8);
            AppendWithSpecial(_undecided.WrittenSpan, isFinal: false, ids);
        }
        else
        {
            AppendWithSpecial(utf8, isFinal: false, ids);
        }
    }

    /// <summary>Ends the text: writes all ids that are left. The next call begins another text.</summary>
    /// <exception cref="ArgumentException">The UTF-16 text ends in half a surrogate pair.</exception>
    public void Complete(IBufferWriter<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        CheckWholeCharacters(isEmpty: false);
        Begin(ids);
        if (_matcher is not null)
        {
            AppendWithSpecial(_undecided.WrittenSpan, isFinal: true, ids);
        }

        EndText(ids);
        if (_options.AddEos)
        {
            ids.WriteOne(Vocabulary.EosId);
        }

        _hasBegun = false;
        _charsBefore = 0;
    }

    private void Begin(IBufferWriter<int> ids)
    {
        if (!_hasBegun && _options.AddBos)
        {
            ids.WriteOne(Vocabulary.BosId);
        }

        _hasBegun = true;
    }

    // `text` may lie in _undecided.
    private void AppendWithSpecial(ReadOnlySpan<byte> text, bool isFinal, IBufferWriter<int> ids)
    {
        while (!text.IsEmpty)
        {
            _matcher!.Find(text, isFinal, out int start, out int length, out int id);
            AppendText(text[..start], ids);
            text = text[start..];
            if (id < 0)
            {
                break;
            }

            EndText(ids);
            ids.WriteOne(id);
            text = text[length..];
        }

        // What is left is shorter than the longest name.
        Span<byte> left = stackalloc byte[SpecialTokens.MaxNameLength];
        text.CopyTo(left);
        left = left[..text.Length];
        _undecided.ResetWrittenCount();
        _undecided.Write(left);
    }

    private void AppendText(ReadOnlySpan<byte> text, IBufferWriter<int> ids)
    {
        if (_normalizer is null)
        {
            AppendNormalized(text, ids);
            return;
        }

        while (!text.IsEmpty)
        {
            ReadOnlySpan<byte> part = text[..Math.Min(text.Length, PartBytes)];
            _normalizer.Append(part, _normalized);
            PassOn(ids);
            text = text[part.Length..];
        }
    }

    private void PassOn(IBufferWriter<int> ids)
    {
        AppendNormalized(_normalized.WrittenSpan, ids);
        _normalized.ResetWrittenCount();
    }

    private void EndText(IBufferWriter<int> ids)
    {
        if (_normalizer is not null)
        {
            _normalizer.Complete(_normalized);
            PassOn(ids);
        }

        if (_cutCharacter.WrittenCount > 0)
        {
            AppendChunks(_cutCharacter.WrittenSpan, ids);
            _cutCharacter.ResetWrittenCount();
        }

        CloseChunk(ids);
    }

    private void AppendNormalized(ReadOnlySpan<byte> text, IBufferWriter<int> ids)
    {
        if (!_model.IsolateDigits)
        {
            AppendChunks(text, ids);
            return;
        }

        // Whether a character is a digit shows only when it is whole.
        while (_cutCharacter.WrittenCount > 0 && !text.IsEmpty)
        {
            _cutCharacter.Write(text[..1]);
            text = text[1..];
            PassOnCharacters(ids);
        }

        int cut = Utf8Decoder.IncompleteTail(text);
        AppendChunks(text[..^cut], ids);
        _cutCharacter.Write(text[^cut..]);
    }

    private void PassOnCharacters(IBufferWriter<int> ids)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[.._cutCharacter.WrittenCount];
        _cutCharacter.WrittenSpan.CopyTo(bytes);
        int cut = Utf8Decoder.IncompleteTail(bytes);
        AppendChunks(bytes[..^cut], ids);
        _cutCharacter.ResetWrittenCount();
        _cutCharacter.Write(bytes[^cut..]);
    }

    private void AppendChunks(ReadOnlySpan<byte> text, IBufferWriter<int> ids)
    {
        while (!text.IsEmpty)
        {
            if (_endsWithNewline && text[0] != '\n')
            {
                CloseChunk(ids);
            }

            int length = ChunkSplitter.NextEncodingChunk(text, _model.IsolateDigits);
            ReadOnlySpan<byte> chunk = text[..length];
            text = text[length..];
            bool isDigit = _model.IsolateDigits && IsDigit(chunk);
            if (isDigit)
            {
                CloseChunk(ids);
            }

            _segmenter.Append(chunk, ids);
            _endsWithNewline = chunk[^1] == '\n';
            // A chunk at the end of the part may go on in the next, unless it is a digit.
            if (isDigit || !text.IsEmpty)
            {
                CloseChunk(ids);
            }
        }
    }

    private static bool IsDigit(ReadOnlySpan<byte> chunk)
    {
        int codePoint = Utf8Decoder.Decode(chunk, 0, out int length);
        return length == chunk.Length && UnicodeData.IsDecimalDigit(codePoint);
    }

    private void CloseChunk(IBufferWriter<int> ids)
    {
        if (!_segmenter.IsEmpty)
        {
            _segmenter.Complete(ids);
        }

        _endsWithNewline = false;
    }
}
