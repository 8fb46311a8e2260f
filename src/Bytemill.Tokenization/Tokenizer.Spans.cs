using System.Buffers;
using System.Collections.Immutable;

namespace Bytemill.Tokenization;

/// <content>Overloads on spans: UTF-16 text, and results in memory of the caller.</content>
public sealed partial class Tokenizer
{
    // UTF-8 grows by three at most when normalised (UAX 15; U+0390 taken apart): one token for each byte is the most there can be.
    internal const int LargestNfcGrowth = 3;

    /// <summary>The ids of a text, in a new array.</summary>
    /// <inheritdoc cref="Encode(ReadOnlySpan{char}, IBufferWriter{int}, EncodeOptions?)"/>
    public int[] Encode(ReadOnlySpan<char> text, EncodeOptions? options = null)
    {
        byte[] utf8 = ToUtf8(text, out int length);
        int[] ids = Encode(utf8.AsSpan(0, length), options);
        ArrayPool<byte>.Shared.Return(utf8);
        return ids;
    }

    /// <summary>Writes the ids of a text into memory of the caller, if they fit.</summary>
    /// <param name="utf8">The text; ill-formed bytes become tokens too.</param>
    /// <param name="ids">Receives the ids; <see cref="GetMaxTokenCount"/> tells how much always suffices.</param>
    /// <param name="written">Number of ids written; 0 when they do not fit.</param>
    /// <param name="options">What is added and allowed; null adds and allows nothing.</param>
    /// <returns>False when <paramref name="ids"/> is too short; what it holds then is undefined.</returns>
    /// <exception cref="ArgumentException">An allowed special token does not exist in the model.</exception>
    /// <remarks>Linear in the text. No allocation in steady state.</remarks>
    public unsafe bool TryEncode(ReadOnlySpan<byte> utf8, Span<int> ids, out int written, EncodeOptions? options = null)
    {
        SpanWriter writer = SpanWriter.Take();
        try
        {
            // SAFETY: the span is pinned for as long as the writer knows its address; the writer checks its length.
            fixed (int* start = ids)
            {
                writer.Begin(start, ids.Length);
                Encode(utf8, writer, options);
            }

            written = writer.Fits ? writer.Count : 0;
            return writer.Fits;
        }
        finally
        {
            writer.GiveBack();
        }
    }

    /// <summary>Writes the ids of a text into memory of the caller, if they fit.</summary>
    /// <inheritdoc cref="TryEncode(ReadOnlySpan{byte}, Span{int}, out int, EncodeOptions?)"/>
    /// <param name="text">The text.</param>
    /// <param name="ids">Receives the ids.</param>
    /// <param name="written">Number of ids written; 0 when they do not fit.</param>
    /// <param name="options">What is added and allowed; null adds and allows nothing.</param>
    /// <exception cref="ArgumentException">
    /// The text has a lone surrogate, or an allowed special token does not exist in the model.
    /// </exception>
    public bool TryEncode(ReadOnlySpan<char> text, Span<int> ids, out int written, EncodeOptions? options = null)
    {
        byte[] utf8 = ToUtf8(text, out int length);
        bool fits = TryEncode(utf8.AsSpan(0, length), ids, out written, options);
        ArrayPool<byte>.Shared.Return(utf8);
        return fits;
    }

    /// <summary>The most ids that a text of so many UTF-8 bytes can have, those that options add included.</summary>
    /// <param name="utf8Length">Length of the text in bytes, 0 or more.</param>
    /// <returns><paramref name="utf8Length"/> + 2; for a model that normalises three times as many, since normalising can make text longer.</returns>
    /// <exception cref="OverflowException">It is more than an array can hold.</exception>
    public int GetMaxTokenCount(int utf8Length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(utf8Length);
        int growth = Model.Options.Normalization == TextNormalization.None ? 1 : LargestNfcGrowth;
        return checked((utf8Length * growth) + 2);
    }

    /// <summary>The ids of a text with their places in it, in UTF-16 code units of the text as given.</summary>
    /// <inheritdoc cref="EncodeWithOffsets(string, EncodeOptions?)"/>
    public TokenSpan[] EncodeWithOffsets(ReadOnlySpan<char> text, EncodeOptions? options = null)
    {
        byte[] rented = ToUtf8(text, out int length);
        ReadOnlySpan<byte> utf8 = rented.AsSpan(0, length);
        TokenSpan[] tokens = EncodeWithOffsets(utf8, options);
        var starts = new Utf16Position();
        var ends = new Utf16Position();
        foreach (ref TokenSpan token in tokens.AsSpan())
        {
            token = new TokenSpan(token.Id, starts.Before(utf8, token.Start), ends.After(utf8, token.End));
        }

        ArrayPool<byte>.Shared.Return(rented);
        return tokens;
    }

    /// <summary>The <paramref name="n"/> most probable segmentations of a text, or as many as there are, best first.</summary>
    /// <inheritdoc cref="NBest(string, int)"/>
    public ImmutableArray<Segmentation> NBest(ReadOnlySpan<char> text, int n)
    {
        byte[] utf8 = ToUtf8(text, out int length);
        ImmutableArray<Segmentation> best = NBest(utf8.AsSpan(0, length), n);
        ArrayPool<byte>.Shared.Return(utf8);
        return best;
    }

    /// <summary>Number of bytes that <see cref="Decode(ReadOnlySpan{int})"/> gives.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such id.</exception>
    public long CountBytes(ReadOnlySpan<int> ids)
    {
        long length = 0;
        foreach (int id in ids)
        {
            length += PieceOf(id).Length;
        }

        return length;
    }

    /// <summary>Writes the bytes of the pieces of <paramref name="ids"/> into memory of the caller, if they fit.</summary>
    /// <param name="ids">Ids of this model; special tokens have no bytes.</param>
    /// <param name="utf8">Receives the bytes, exactly those of the pieces.</param>
    /// <param name="written">Number of bytes written; 0 when they do not fit.</param>
    /// <returns>False when <paramref name="utf8"/> is too short; what it holds then is undefined.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such id.</exception>
    public bool TryDecode(ReadOnlySpan<int> ids, Span<byte> utf8, out int written)
    {
        int read = PieceCopier.Copy(Model.Vocabulary, Model.IdCount, ids, utf8, out written);
        if (read == ids.Length)
        {
            return true;
        }

        // Throws when it was not for want of room.
        _ = PieceOf(ids[read]);
        written = 0;
        return false;
    }
}
