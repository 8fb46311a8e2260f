using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Bytemill.Tokenization;

/// <summary>
/// Draws random segmentations of texts, for training with many of them (subword regularisation). Thread-safe; made by
/// <see cref="Tokenizer.CreateSampler"/>.
/// </summary>
/// <remarks>
/// The ids depend on the model, the options, the text and the seed alone: they are the same on every platform and for any number of
/// threads. Text is normalised and cut into chunks as for encoding. Each random number belongs to an offset in the normalised text.
/// Time is linear in the text; memory does not grow with the length of a line, apart from lines where no path ever settles: some
/// percent of their length.
/// </remarks>
public sealed class TokenSampler
{
    // Longer lines are normalised part by part.
    private const int SliceBytes = 1 << 20;
    private const int PartBytes = 1 << 16;

    private readonly Tokenizer _tokenizer;
    private readonly SamplingTable? _table;
    private readonly int _smallestWindow;

    // Buffers of calls that went before. A slot is taken and given back by exchange, so no lock is needed.
    private readonly Worker?[] _idle = new Worker?[Math.Max(4, Environment.ProcessorCount)];

    internal TokenSampler(Tokenizer tokenizer, SamplingOptions options, int smallestWindow = 8192)
    {
        options.Validate();
        _tokenizer = tokenizer;
        Options = options;
        _smallestWindow = smallestWindow;
        if (double.IsFinite(options.Alpha))
        {
            _table = new SamplingTable(tokenizer.Automaton, tokenizer.Model.Vocabulary, options);
        }
    }

    /// <summary>What is drawn.</summary>
    public SamplingOptions Options { get; }

    /// <summary>Writes the ids of a random segmentation of a text.</summary>
    /// <param name="utf8">The text; ill-formed bytes become tokens too.</param>
    /// <param name="seed">Another seed draws another segmentation; see <see cref="DocumentSeed"/>.</param>
    /// <param name="ids">Receives the ids, in order.</param>
    /// <param name="options">What is added and allowed; null adds and allows nothing.</param>
    /// <exception cref="ArgumentException">An allowed special token does not exist in the model.</exception>
    public void Sample(ReadOnlySpan<byte> utf8, ulong seed, IBufferWriter<int> ids, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (_table is null)
        {
            _tokenizer.Encode(utf8, ids, options);
            return;
        }

        SpecialTokenMatcher? matcher = _tokenizer.AllowedMatcher(options);
        Worker worker = Take();
        worker.Paths.Begin(seed);
        if (options is { AddBos: true })
        {
            ids.WriteOne(Vocabulary.BosId);
        }

        while (matcher is not null && !utf8.IsEmpty)
        {
            matcher.Find(utf8, isFinal: true, out int start, out int length, out int id);
            SampleText(worker, utf8[..start], ids);
            utf8 = utf8[(start + length)..];
            if (id >= 0)
            {
                ids.WriteOne(id);
            }
        }

        SampleText(worker, utf8, ids);
        if (options is { AddEos: true })
        {
            ids.WriteOne(Vocabulary.EosId);
        }

        GiveBack(worker);
    }

    /// <summary>The ids of a random segmentation of a text, in a new array.</summary>
    /// <inheritdoc cref="Sample(ReadOnlySpan{byte}, ulong, IBufferWriter{int}, EncodeOptions?)"/>
    public int[] Sample(ReadOnlySpan<byte> utf8, ulong seed, EncodeOptions? options = null)
    {
        var ids = new ArrayBufferWriter<int>();
        Sample(utf8, seed, ids, options);
        return ids.WrittenSpan.ToArray();
    }

    /// <summary>The ids of a random segmentation of a text, in a new array.</summary>
    /// <inheritdoc cref="Sample(ReadOnlySpan{byte}, ulong, IBufferWriter{int}, EncodeOptions?)"/>
    /// <exception cref="ArgumentException">
    /// The text has a lone surrogate, or an allowed special token does not exist in the model.
    /// </exception>
    public int[] Sample(string text, ulong seed, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            if (Utf8.FromUtf16(text, utf8, out int read, out int length, replaceInvalidSequences: false) != OperationStatus.Done)
            {
                Throw.LoneSurrogate(read, nameof(text));
            }

            return Sample(utf8.AsSpan(0, length), seed, options);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    private void SampleText(Worker worker, ReadOnlySpan<byte> utf8, IBufferWriter<int> ids)
    {
        bool normalizes = _tokenizer.Model.Options.Normalization == TextNormalization.Nfc;
        while (!utf8.IsEmpty)
        {
            int length = NextSlice(utf8);
            ReadOnlySpan<byte> slice = utf8[..length];
            utf8 = utf8[length..];
            if (!normalizes || (length > SliceBytes && TextNormalizer.IsNfc(slice)))
            {
                SampleSlice(worker, slice, ids);
            }
            else if (length <= SliceBytes)
            {
                SampleSlice(worker, TextNormalizer.ToNfc(slice, worker.Normalized), ids);
            }
            else
            {
                SampleInParts(worker, slice, ids);
            }
        }
    }

    // Whole lines of up to a megabyte, or one line. Newlines never compose, so lines are normalised alone.
    private static int NextSlice(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= SliceBytes)
        {
            return utf8.Length;
        }

        int newline = utf8[..SliceBytes].LastIndexOf((byte)'\n');
        if (newline < 0)
        {
            return ChunkSplitter.NextEncodingChunk(utf8, isolateDigits: false);
        }

        int other = utf8[newline..].IndexOfAnyExcept((byte)'\n');
        return other < 0 ? utf8.Length : newline + other;
    }

    private unsafe void SampleSlice(Worker worker, ReadOnlySpan<byte> normalized, IBufferWriter<int> ids)
    {
        PathSampler paths = worker.Paths;
        fixed (byte* text = normalized)
        {
            paths.SetText(text);
            if (!_tokenizer.Model.Options.IsolateDigits)
            {
                paths.AppendLines(normalized, ids);
                paths.EndChunk(ids);
            }

            while (_tokenizer.Model.Options.IsolateDigits && !normalized.IsEmpty)
            {
                int length = ChunkSplitter.NextEncodingChunk(normalized, isolateDigits: true);
                paths.AppendToChunk(normalized[..length], ids);
                paths.EndChunk(ids);
                normalized = normalized[length..];
            }

            paths.SetText(null);
        }
    }

    // The normaliser ends parts at characters only, so a digit is never cut.
    private void SampleInParts(Worker worker, ReadOnlySpan<byte> line, IBufferWriter<int> ids)
    {
        var normalizer = new StreamingNormalizer();
        while (!line.IsEmpty)
        {
            ReadOnlySpan<byte> part = line[..Math.Min(line.Length, PartBytes)];
            line = line[part.Length..];
            worker.Normalized.ResetWrittenCount();
            normalizer.Append(part, worker.Normalized);
            if (line.IsEmpty)
            {
                normalizer.Complete(worker.Normalized);
            }

            SamplePart(worker, worker.Normalized.WrittenSpan, ids);
        }

        worker.Paths.EndChunk(ids);
    }

    private void SamplePart(Worker worker, ReadOnlySpan<byte> normalized, IBufferWriter<int> ids)
    {
        bool isolatesDigits = _tokenizer.Model.Options.IsolateDigits;
        while (!normalized.IsEmpty)
        {
            if (worker.Paths.EndsWithNewline && normalized[0] != '\n')
            {
                worker.Paths.EndChunk(ids);
            }

            int length = ChunkSplitter.NextEncodingChunk(normalized, isolatesDigits);
            ReadOnlySpan<byte> chunk = normalized[..length];
            normalized = normalized[length..];
            bool isDigit = isolatesDigits && UnicodeData.IsDecimalDigit(Utf8Decoder.Decode(chunk, 0, out int first)) && first == length;
            if (isDigit)
            {
                worker.Paths.EndChunk(ids);
            }

            worker.Paths.AppendToChunk(chunk, ids);
            // A chunk at the end of the part may go on in the next, unless it is a digit.
            if (isDigit || !normalized.IsEmpty)
            {
                worker.Paths.EndChunk(ids);
            }
        }
    }

    private Worker Take()
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is { } worker)
            {
                return worker;
            }
        }

        return new Worker(PathSampler.Create(_table!, _smallestWindow));
    }

    private void GiveBack(Worker worker)
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], worker, null) is null)
            {
                return;
            }
        }
    }

    private sealed class Worker(PathSampler paths)
    {
        public PathSampler Paths { get; } = paths;

        public ArrayBufferWriter<byte> Normalized { get; } = new();
    }
}
