using System.Buffers;

namespace Bytemill.Tokenization;

/// <content>Many texts at once.</content>
public sealed partial class Tokenizer
{
    // Texts are given to threads in blocks: so many for each thread that none waits long at the end, none so small that its
    // beginning would count.
    private const int BlocksPerThread = 16;
    private const long SmallestBlock = 1 << 14;

    /// <summary>Encodes many texts, on several threads.</summary>
    /// <param name="texts">The texts; must not change until the call returns.</param>
    /// <param name="options">What is added to and allowed in each text; null adds and allows nothing.</param>
    /// <param name="maxDegreeOfParallelism">Threads at most, 1 or more; -1 (default) for one on each core. Changes no result.</param>
    /// <param name="cancellationToken">Looked at between texts.</param>
    /// <returns>The ids of each text, as <see cref="Encode(string, EncodeOptions?)"/> gives them, in the order of the texts.</returns>
    /// <exception cref="ArgumentException">
    /// A text is null or has a lone surrogate (the message names the first such text), or an allowed special token does not exist.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="OverflowException">There are more ids than an array can hold.</exception>
    public TokenBatch EncodeBatch(
        IReadOnlyList<string> texts, EncodeOptions? options = null, int maxDegreeOfParallelism = -1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return EncodeBatch(
            texts,
            static text => text?.Length ?? 0,
            (text, ids) =>
            {
                ArgumentNullException.ThrowIfNull(text);
                Encode(text.AsSpan(), ids, options);
            },
            options,
            maxDegreeOfParallelism,
            cancellationToken);
    }

    /// <summary>Encodes many texts, on several threads.</summary>
    /// <inheritdoc cref="EncodeBatch(IReadOnlyList{string}, EncodeOptions?, int, CancellationToken)"/>
    /// <param name="utf8Texts">The texts as UTF-8; ill-formed bytes become tokens too.</param>
    /// <param name="options">What is added to and allowed in each text; null adds and allows nothing.</param>
    /// <param name="maxDegreeOfParallelism">Threads at most, 1 or more; -1 (default) for one on each core. Changes no result.</param>
    /// <param name="cancellationToken">Looked at between texts.</param>
    /// <exception cref="ArgumentException">An allowed special token does not exist.</exception>
    public TokenBatch EncodeBatch(
        IReadOnlyList<ReadOnlyMemory<byte>> utf8Texts, EncodeOptions? options = null, int maxDegreeOfParallelism = -1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(utf8Texts);
        return EncodeBatch(
            utf8Texts,
            static text => text.Length,
            (text, ids) => Encode(text.Span, ids, options),
            options,
            maxDegreeOfParallelism,
            cancellationToken);
    }

    private TokenBatch EncodeBatch<T>(
        IReadOnlyList<T> texts, Func<T, int> lengthOf, Action<T, IBufferWriter<int>> encode, EncodeOptions? options, int maxDegreeOfParallelism, CancellationToken cancellationToken)
    {
        if (maxDegreeOfParallelism is < 1 and not -1)
        {
            Throw.BadDegree(maxDegreeOfParallelism, nameof(maxDegreeOfParallelism));
        }

        cancellationToken.ThrowIfCancellationRequested();
        // Once, before the threads begin: a name that does not exist is the caller's fault, not that of a text.
        _ = MatcherFor(options);
        int threads = maxDegreeOfParallelism == -1 ? Environment.ProcessorCount : maxDegreeOfParallelism;
        List<Range> blocks = CutIntoBlocks(texts, lengthOf, threads);
        var parts = new BatchPart?[blocks.Count];
        // A failure lets the blocks before it run to their end, so that always the first faulty text is told.
        var failures = new ArgumentException?[blocks.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        ParallelLoopResult loop = Parallel.For(0, blocks.Count, parallel, (block, state) =>
        {
            var part = new BatchPart(blocks[block]);
            for (int i = 0; i < part.Counts.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int before = part.Ids.WrittenCount;
                int text = part.FirstText + i;
                try
                {
                    encode(texts[text], part.Ids);
                }
                catch (ArgumentException error)
                {
                    failures[block] = Throw.FaultyText(text, error, nameof(texts));
                    state.Break();
                    return;
                }

                part.Counts[i] = part.Ids.WrittenCount - before;
            }

            parts[block] = part;
        });

        return loop.LowestBreakIteration is long failed ? throw failures[failed]! : Join(parts, texts.Count);
    }

    private static List<Range> CutIntoBlocks<T>(IReadOnlyList<T> texts, Func<T, int> lengthOf, int threads)
    {
        long total = 0;
        for (int i = 0; i < texts.Count; i++)
        {
            total += lengthOf(texts[i]);
        }

        long target = Math.Max(SmallestBlock, total / ((long)threads * BlocksPerThread));
        var blocks = new List<Range>();
        long length = 0;
        int start = 0;
        for (int i = 0; i < texts.Count; i++)
        {
            // A text without length takes some time too.
            length += lengthOf(texts[i]) + 16;
            if (length >= target || i == texts.Count - 1)
            {
                blocks.Add(start..(i + 1));
                start = i + 1;
                length = 0;
            }
        }

        return blocks;
    }

    private static TokenBatch Join(BatchPart?[] parts, int count)
    {
        int total = 0;
        foreach (BatchPart? part in parts)
        {
            total = checked(total + part!.Ids.WrittenCount);
        }

        int[] ids = new int[total];
        int[] offsets = new int[count + 1];
        int end = 0;
        int text = 0;
        foreach (BatchPart? part in parts)
        {
            part!.Ids.WrittenSpan.CopyTo(ids.AsSpan(end));
            foreach (int length in part.Counts)
            {
                end += length;
                offsets[++text] = end;
            }
        }

        return new TokenBatch(ids, offsets);
    }

    private sealed class BatchPart(Range texts)
    {
        public int FirstText { get; } = texts.Start.Value;

        public int[] Counts { get; } = new int[texts.End.Value - texts.Start.Value];

        public ArrayBufferWriter<int> Ids { get; } = new();
    }
}
