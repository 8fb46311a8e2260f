using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;

namespace Bytemill.Tokenization;

/// <summary>The front door: turns text into ids and back, by one model. Thread-safe.</summary>
/// <remarks>
/// Any bytes can be encoded; ill-formed UTF-8 is kept byte by byte. Decoding gives the normalised text back:
/// byte for byte the input if it is in NFC, or if the model does not normalise.
/// </remarks>
public sealed partial class Tokenizer
{
    private const int DecodedAtOnce = 1 << 14;

    // Buffers of calls that went before. A slot is taken and given back by exchange, so no lock is needed.
    private readonly TextEncoder?[] _idle = new TextEncoder?[Math.Max(4, Environment.ProcessorCount)];
    private volatile AllowedNames? _lastAllowed;

    /// <summary>A tokenizer of <paramref name="model"/>; builds its automaton (a tenth of a second for 80 000 pieces).</summary>
    public Tokenizer(TokenizerModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Automaton = model.Vocabulary.BuildAutomaton();
    }

    /// <summary>A tokenizer of <paramref name="model"/> with its automaton, which it owns.</summary>
    internal Tokenizer(TokenizerModel model, PieceAutomaton automaton)
    {
        Model = model;
        Automaton = automaton;
    }

    /// <summary>The model in use.</summary>
    public TokenizerModel Model { get; }

    /// <summary>Memory that the model takes, in bytes: pieces, counts and automaton, mapped files included.</summary>
    public long MemoryBytes => Automaton.MemoryBytes + Model.Vocabulary.MemoryBytes;

    /// <summary>The automaton of the pieces; index = id − 3.</summary>
    internal PieceAutomaton Automaton { get; }

    /// <summary>Loads a model file: of Bytemill, compiled (<see cref="WriteCompiled"/>) or of bytepiece (JSON).</summary>
    /// <exception cref="ModelFormatException">The file is none of these, or damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <remarks>
    /// A compiled model is mapped, not copied: several processes share its memory. Replace such a file by renaming another, never in
    /// place. From the mapping's small pages encoding is up to an eighth slower, so a process that encodes for long had better load
    /// the model itself.
    /// </remarks>
    public static Tokenizer Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string name = Path.GetFileName(path);
        using FileStream file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[CompiledModelFile.Magic.Length];
        if (CompiledModelFile.LooksLikeThis(head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]))
        {
            return CompiledModelFile.Open(FlatMemory.MapToRead(path), name);
        }

        file.Position = 0;
        return Load(ModelBytes.Read(file, name, CheckHead), name);
    }

    /// <summary>Loads a model: of Bytemill, compiled or of bytepiece (JSON); reads the stream to its end.</summary>
    /// <param name="stream">The model.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <exception cref="ModelFormatException">The stream is none of these, or damaged.</exception>
    public static Tokenizer Load(Stream stream, string name = "model")
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(ModelBytes.Read(stream, name, CheckHead), name);
    }

    /// <summary>Writes the model together with its automaton, for <see cref="Load(string)"/> in milliseconds.</summary>
    /// <remarks>
    /// About ten times as large as <see cref="ModelFile"/>'s, and for this release only: keep the model file itself as well.
    /// </remarks>
    public void WriteCompiled(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        CompiledModelFile.Write(this, output);
    }

    /// <summary>Writes the ids of a text.</summary>
    /// <param name="utf8">The text; ill-formed bytes become tokens too.</param>
    /// <param name="ids">Receives the ids, in order.</param>
    /// <param name="options">What is added and allowed; null adds and allows nothing.</param>
    /// <exception cref="ArgumentException">An allowed special token does not exist in the model.</exception>
    /// <remarks>Linear in the text. No allocation in steady state, beyond what <paramref name="ids"/> does.</remarks>
    public void Encode(ReadOnlySpan<byte> utf8, IBufferWriter<int> ids, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        TextEncoder encoder = Take();
        Encode(encoder, utf8, ids, options);
        GiveBack(encoder);
    }

    /// <summary>Writes the ids of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">Receives the ids, in order.</param>
    /// <param name="options">What is added and allowed; null adds and allows nothing.</param>
    /// <exception cref="ArgumentException">
    /// The text has a lone surrogate, or an allowed special token does not exist in the model.
    /// </exception>
    public void Encode(ReadOnlySpan<char> text, IBufferWriter<int> ids, EncodeOptions? options = null)
    {
        byte[] utf8 = ToUtf8(text, out int length);
        Encode(utf8.AsSpan(0, length), ids, options);
        ArrayPool<byte>.Shared.Return(utf8);
    }

    /// <summary>The ids of a text, in a new array.</summary>
    /// <inheritdoc cref="Encode(ReadOnlySpan{byte}, IBufferWriter{int}, EncodeOptions?)"/>
    public int[] Encode(ReadOnlySpan<byte> utf8, EncodeOptions? options = null)
    {
        TextEncoder encoder = Take();
        encoder.Ids.ResetWrittenCount();
        Encode(encoder, utf8, encoder.Ids, options);
        int[] ids = encoder.Ids.WrittenSpan.ToArray();
        GiveBack(encoder);
        return ids;
    }

    /// <summary>The ids of a text, in a new array.</summary>
    /// <inheritdoc cref="Encode(ReadOnlySpan{char}, IBufferWriter{int}, EncodeOptions?)"/>
    public int[] Encode(string text, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(text.AsSpan(), options);
    }

    /// <summary>Number of ids that <see cref="Encode(ReadOnlySpan{byte}, EncodeOptions?)"/> gives.</summary>
    public long CountTokens(ReadOnlySpan<byte> utf8, EncodeOptions? options = null)
    {
        TextEncoder encoder = Take();
        encoder.Counter.Count = 0;
        Encode(encoder, utf8, encoder.Counter, options);
        long count = encoder.Counter.Count;
        GiveBack(encoder);
        return count;
    }

    /// <summary>Number of ids that <see cref="Encode(string, EncodeOptions?)"/> gives.</summary>
    public long CountTokens(ReadOnlySpan<char> text, EncodeOptions? options = null)
    {
        byte[] utf8 = ToUtf8(text, out int length);
        long count = CountTokens(utf8.AsSpan(0, length), options);
        ArrayPool<byte>.Shared.Return(utf8);
        return count;
    }

    /// <summary>The ids of a text with their places in it, in bytes of the text as given, before normalisation.</summary>
    /// <remarks>
    /// Places ascend and cover the text. Tokens that share a stretch which normalisation changed (<c>e</c> and a combining
    /// accent that became one character) are each given the whole stretch. Added tokens are empty places at the ends.
    /// </remarks>
    /// <exception cref="ArgumentException">An allowed special token does not exist in the model.</exception>
    public TokenSpan[] EncodeWithOffsets(ReadOnlySpan<byte> utf8, EncodeOptions? options = null)
    {
        SpecialTokenMatcher? matcher = MatcherFor(options);
        TextEncoder encoder = Take();
        var tokens = new List<TokenSpan>();
        if (options is { AddBos: true })
        {
            tokens.Add(new TokenSpan(Vocabulary.BosId, 0, 0));
        }

        for (int at = 0; at < utf8.Length;)
        {
            int start = utf8.Length - at;
            int length = 0;
            int id = -1;
            matcher?.Find(utf8[at..], isFinal: true, out start, out length, out id);
            encoder.EncodeWithOffsets(utf8.Slice(at, start), at, Model.Vocabulary, tokens);
            at += start;
            if (id >= 0)
            {
                tokens.Add(new TokenSpan(id, at, at + length));
                at += length;
            }
        }

        if (options is { AddEos: true })
        {
            tokens.Add(new TokenSpan(Vocabulary.EosId, utf8.Length, utf8.Length));
        }

        GiveBack(encoder);
        return [.. tokens];
    }

    /// <summary>The ids of a text with their places in it, in UTF-16 code units of the text as given.</summary>
    /// <remarks>As for bytes; a token that begins or ends inside a character is given the whole character.</remarks>
    /// <exception cref="ArgumentException">
    /// The text has a lone surrogate, or an allowed special token does not exist in the model.
    /// </exception>
    public TokenSpan[] EncodeWithOffsets(string text, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EncodeWithOffsets(text.AsSpan(), options);
    }

    /// <summary>The bytes of the pieces of <paramref name="ids"/>, exactly; special tokens have none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such id.</exception>
    public byte[] Decode(ReadOnlySpan<int> ids)
    {
        byte[] bytes = new byte[checked((int)CountBytes(ids))];
        TryDecode(ids, bytes, out _);
        return bytes;
    }

    /// <summary>Writes the bytes of the pieces of <paramref name="ids"/>, exactly; special tokens have none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such id; the ids before it are written.</exception>
    public void Decode(ReadOnlySpan<int> ids, IBufferWriter<byte> utf8)
    {
        ArgumentNullException.ThrowIfNull(utf8);
        while (!ids.IsEmpty)
        {
            ids = ids[DecodeSome(ids, utf8)..];
        }
    }

    /// <summary>The text of <paramref name="ids"/>; each ill-formed sequence of bytes becomes U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such id.</exception>
    public string DecodeToString(ReadOnlySpan<int> ids) => Encoding.UTF8.GetString(Decode(ids));

    /// <summary>An encoder for text that comes in parts.</summary>
    /// <exception cref="ArgumentException">An allowed special token does not exist in the model.</exception>
    public StreamingEncoder CreateStreamingEncoder(EncodeOptions? options = null) =>
        new(Automaton, Model.Options, options ?? new EncodeOptions(), MatcherFor(options));

    /// <summary>A decoder for ids that come in parts.</summary>
    public StreamingDecoder CreateStreamingDecoder() => new(this);

    /// <summary>The <paramref name="n"/> most probable segmentations of a text, or as many as there are, best first.</summary>
    /// <param name="utf8">The text; normalised first.</param>
    /// <param name="n">1 or more. Memory is about 24 bytes times n, or the number of segmentations if that is less, for each
    /// byte of the longest line.</param>
    /// <remarks>
    /// Scores are added within each chunk, then over chunks. On a tie the longer last piece of a chunk comes first, and so
    /// on towards its beginning; so the first is what Encode gives.
    /// </remarks>
    public ImmutableArray<Segmentation> NBest(ReadOnlySpan<byte> utf8, int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        TextEncoder encoder = Take();
        var segmenter = new NBestSegmenter(Automaton, n);
        while (!utf8.IsEmpty)
        {
            int length = ChunkSplitter.NextEncodingChunk(utf8, isolateDigits: false);
            ReadOnlySpan<byte> line = encoder.Normalize(utf8[..length]);
            while (!line.IsEmpty)
            {
                int chunk = ChunkSplitter.NextEncodingChunk(line, Model.Options.IsolateDigits);
                segmenter.Append(line[..chunk]);
                line = line[chunk..];
            }

            utf8 = utf8[length..];
        }

        GiveBack(encoder);
        return [.. segmenter.Best.Select(ToSegmentation)];
    }

    /// <summary>The <paramref name="n"/> most probable segmentations of a text, or as many as there are, best first.</summary>
    /// <inheritdoc cref="NBest(ReadOnlySpan{byte}, int)"/>
    /// <exception cref="ArgumentException">The text has a lone surrogate.</exception>
    public ImmutableArray<Segmentation> NBest(string text, int n)
    {
        ArgumentNullException.ThrowIfNull(text);
        return NBest(text.AsSpan(), n);
    }

    /// <summary>Sum of the natural-log probabilities of the pieces, added from left to right; special tokens add nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such id.</exception>
    public double LogProbability(ReadOnlySpan<int> ids)
    {
        double sum = 0;
        foreach (int id in ids)
        {
            if (!PieceOf(id).IsEmpty)
            {
                sum += Automaton.Score(id - Vocabulary.FirstPieceId);
            }
        }

        return sum;
    }

    /// <summary>Writes the bytes of the next ids, at least of one; returns how many ids.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such id as the first of those left.</exception>
    internal int DecodeSome(ReadOnlySpan<int> ids, IBufferWriter<byte> utf8)
    {
        Span<byte> target = utf8.GetSpan(Math.Max(Model.Vocabulary.LongestPiece, Math.Min(ids.Length, DecodedAtOnce)));
        int read = PieceCopier.Copy(Model.Vocabulary, Model.IdCount, ids, target, out int written);
        utf8.Advance(written);
        if (read == 0)
        {
            // There was room for any piece, so the model has no such id, and this throws.
            _ = PieceOf(ids[0]);
        }

        return read;
    }

    /// <summary>Bytes of a piece; none for special tokens, also those of the user.</summary>
    internal ReadOnlySpan<byte> PieceOf(int id)
    {
        if ((uint)id >= (uint)Model.IdCount)
        {
            Throw.NoSuchId(id, Model.IdCount, "ids");
        }

        return id < Model.Vocabulary.Count ? Model.Vocabulary.GetPiece(id) : [];
    }

    private static Tokenizer Load(byte[] bytes, string name)
    {
        if (!CompiledModelFile.LooksLikeThis(bytes))
        {
            return new(BytePieceFormat.LooksLikeThis(bytes) ? BytePieceFormat.Parse(bytes, name) : ModelFile.Parse(bytes, name));
        }

        FlatMemory memory = FlatMemory.Allocate(bytes.Length);
        bytes.CopyTo(memory.AsSpan<byte>());
        return CompiledModelFile.Open(memory, name);
    }

    private static void CheckHead(ReadOnlySpan<byte> head, string name)
    {
        if (!BytePieceFormat.LooksLikeThis(head) && !CompiledModelFile.LooksLikeThis(head))
        {
            ModelFile.CheckMagic(head, name);
        }
    }

    // The array is rented. It is not given back when the text turns out not to be valid, which costs a collection at most.
    private static byte[] ToUtf8(ReadOnlySpan<char> text, out int length)
    {
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        OperationStatus status = Utf8.FromUtf16(text, utf8, out int read, out length, replaceInvalidSequences: false);
        if (status != OperationStatus.Done)
        {
            Throw.LoneSurrogate(read, nameof(text));
        }

        return utf8;
    }

    private static void Encode(TextEncoder encoder, ReadOnlySpan<byte> utf8, IBufferWriter<int> ids, EncodeOptions? options, SpecialTokenMatcher? matcher)
    {
        if (options is { AddBos: true })
        {
            ids.WriteOne(Vocabulary.BosId);
        }

        while (matcher is not null && !utf8.IsEmpty)
        {
            matcher.Find(utf8, isFinal: true, out int start, out int length, out int id);
            encoder.Encode(utf8[..start], ids);
            utf8 = utf8[(start + length)..];
            if (id >= 0)
            {
                ids.WriteOne(id);
            }
        }

        encoder.Encode(utf8, ids);
        if (options is { AddEos: true })
        {
            ids.WriteOne(Vocabulary.EosId);
        }
    }

    private void Encode(TextEncoder encoder, ReadOnlySpan<byte> utf8, IBufferWriter<int> ids, EncodeOptions? options) =>
        Encode(encoder, utf8, ids, options, MatcherFor(options));

    private Segmentation ToSegmentation(NBestSegmenter.Path path)
    {
        var chunks = new Stack<int[]>();
        for (NBestSegmenter.Path? at = path; at is not null; at = at.Before)
        {
            chunks.Push(at.Pieces);
        }

        var ids = ImmutableArray.CreateBuilder<int>();
        foreach (int[] pieces in chunks)
        {
            foreach (int piece in pieces)
            {
                ids.Add(piece + Vocabulary.FirstPieceId);
            }
        }

        return new Segmentation(ids.ToImmutable(), LogProbability(ids.ToArray()));
    }

    private SpecialTokenMatcher? MatcherFor(EncodeOptions? options)
    {
        if (options is null || options.AllowedSpecial.IsDefaultOrEmpty)
        {
            return null;
        }

        AllowedNames? last = _lastAllowed;
        if (last is null || last.Names != options.AllowedSpecial)
        {
            last = new AllowedNames(options.AllowedSpecial, SpecialTokenMatcher.Create(Model.SpecialTokens, options.AllowedSpecial));
            _lastAllowed = last;
        }

        return last.Matcher;
    }

    private TextEncoder Take()
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is { } encoder)
            {
                return encoder;
            }
        }

        return new TextEncoder(Automaton, Model.Options, Model.Vocabulary.PiecesStayInLines);
    }

    private void GiveBack(TextEncoder encoder)
    {
        encoder.Trim();
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], encoder, null) is null)
            {
                return;
            }
        }
    }

    // The matcher of the names used last: callers keep one EncodeOptions and use it again.
    private sealed record AllowedNames(ImmutableArray<string> Names, SpecialTokenMatcher? Matcher);
}
