using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Bytemill.Training;

/// <summary>Merges one shard of all runs into a pruned slice: a sorted stream per length, and the prefixes cut by the shard's borders.</summary>
public static class NGramSliceMerger
{
    /// <summary>Most runs that are merged at once; more take several passes.</summary>
    public const int LargestFanIn = RunMerge.FanIn;

    /// <summary>Bytes of a border entry in the footer: length (i32), key (u64), partial count (i64).</summary>
    internal const int BorderBytes = 20;

    /// <summary>Memory that merges as many runs at once as are ever merged at once.</summary>
    public const long DefaultMemoryBytes = FixedBytes + (RunMerge.FanIn * RunBytes);

    // Writers of each length with their blocks, and the compressor.
    private const long FixedBytes = 9 << 20;

    // A run being read: its block as stored and as it was, the buffer of its file, and two batches.
    private const long RunBytes = 320 << 10;

    /// <summary>Merges in bounded memory, in several passes when there are many runs.</summary>
    /// <param name="runs">Runs of <see cref="NGramCounter"/> with these ranges and order, in any order; each once.</param>
    /// <param name="shard">Index in <paramref name="ranges"/>.</param>
    /// <param name="ranges">The ranges that the runs were written with.</param>
    /// <param name="order">Longest n-gram, 1 to 8.</param>
    /// <param name="minCount">n-grams of 2 bytes and more that are rarer are dropped, except border prefixes, which are judged when whole.</param>
    /// <param name="memoryBytes">Memory to use: decides how many runs are merged at once, two at least, for which 10 MB are taken whatever
    /// is given. More than <see cref="DefaultMemoryBytes"/> is of no use.</param>
    /// <param name="scratch">For intermediate passes and the streams of each length.</param>
    /// <param name="output">Receives the slice; left open.</param>
    /// <param name="ct">Stops between batches with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="RunFormatException">A run is damaged.</exception>
    /// <exception cref="OverflowException">A count exceeds 64 bits.</exception>
    public static NGramSliceSummary Merge(
        IReadOnlyList<RunOpener> runs,
        int shard,
        KeyRanges ranges,
        int order,
        long minCount,
        long memoryBytes,
        IScratchSpace scratch,
        Stream output,
        CancellationToken ct) =>
        Merge(runs, shard, ranges, order, minCount, scratch, output, FanInFor(memoryBytes), ct);

    /// <summary>Merges with <see cref="DefaultMemoryBytes"/>.</summary>
    /// <inheritdoc cref="Merge(IReadOnlyList{RunOpener}, int, KeyRanges, int, long, long, IScratchSpace, Stream, CancellationToken)"/>
    public static NGramSliceSummary Merge(
        IReadOnlyList<RunOpener> runs, int shard, KeyRanges ranges, int order, long minCount, IScratchSpace scratch, Stream output, CancellationToken ct) =>
        Merge(runs, shard, ranges, order, minCount, DefaultMemoryBytes, scratch, output, ct);

    /// <summary>Runs merged at once in so much memory.</summary>
    internal static int FanInFor(long memoryBytes) => (int)Math.Clamp((memoryBytes - FixedBytes) / RunBytes, 2, RunMerge.FanIn);

    internal static NGramSliceSummary Merge(
        IReadOnlyList<RunOpener> runs,
        int shard,
        KeyRanges ranges,
        int order,
        long minCount,
        IScratchSpace scratch,
        Stream output,
        int fanIn,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(ranges);
        ArgumentNullException.ThrowIfNull(scratch);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, ranges.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, PackedNGram.MaxLength);

        using var codec = new BlockCodec();
        List<RunSource> sources = [.. runs.Select(run => new RunSource(run, RunKind.NGramRun, shard))];
        try
        {
            sources = RunMerge.Reduce(sources, RunKind.NGramRun, fanIn, scratch, (group, merged) => MergeOne(group, merged, codec, ct), ct);
            using NGramMerger merger = NGramMerger.Open(sources, 0, codec);
            using var folder = new PrefixFolder(shard, ranges, order, minCount, scratch, codec);
            while (merger.NextBatch())
            {
                ct.ThrowIfCancellationRequested();
                folder.Add(merger.Batch);
            }

            return folder.WriteTo(output);
        }
        finally
        {
            sources.ForEach(source => source.Dispose());
        }
    }

    private static void MergeOne(IReadOnlyList<RunSource> sources, Stream output, BlockCodec codec, CancellationToken ct)
    {
        using NGramMerger merger = NGramMerger.Open(sources, 0, codec);
        using var run = new RunWriter(output, RunKind.NGramRun, codec);
        using var writer = new NGramWriter(run.Segment);
        merger.WriteTo(writer, ct);
        run.EndSegment();
        run.Finish();
    }

    /// <summary>Adds up the counts of all prefixes of a sorted stream of n-grams; a prefix is finished when the next n-gram differs in it.</summary>
    private sealed class PrefixFolder : IDisposable
    {
        private readonly int _shard;
        private readonly KeyRanges _ranges;
        private readonly int _order;
        private readonly long _minCount;
        private readonly BlockCodec _codec;
        private readonly Stream[] _streams;
        private readonly SegmentWriter[] _segments;
        private readonly NGramWriter[] _writers;
        private readonly List<(int Length, ulong Key, long Count)> _borders = [];

        // Open prefixes of the last n-gram: _counts[n] is that of its first n bytes, as far as it is known. _counts[0] is that of all.
        private readonly long[] _counts;
        private ulong _key;
        private int _length;

        public PrefixFolder(int shard, KeyRanges ranges, int order, long minCount, IScratchSpace scratch, BlockCodec codec)
        {
            (_shard, _ranges, _order, _minCount, _codec) = (shard, ranges, order, minCount, codec);
            _counts = new long[order + 1];
            _streams = new Stream[order];
            _segments = new SegmentWriter[order];
            _writers = new NGramWriter[order];
            for (int n = 0; n < order; n++)
            {
                _streams[n] = scratch.Create();
                _segments[n] = new SegmentWriter(_streams[n], codec);
                _writers[n] = new NGramWriter(_segments[n]);
            }
        }

        public void Add(NGramBatch batch)
        {
            ReadOnlySpan<ulong> keys = batch.Keys.AsSpan(0, batch.Count);
            ReadOnlySpan<byte> lengths = batch.Lengths.AsSpan(0, keys.Length);
            ReadOnlySpan<long> counts = batch.Counts.AsSpan(0, keys.Length);
            for (int i = 0; i < keys.Length; i++)
            {
                ulong key = keys[i];
                int length = lengths[i];
                if (length > _order)
                {
                    throw RunFormatException.Damaged(0, $"an n-gram of {length} bytes in a run of order {_order}");
                }

                int shared = PackedNGram.CommonPrefix(_key, _length, key, length);
                if (_length > shared)
                {
                    Close(shared);
                }

                // A prefix's own count; those of its extensions follow when they are finished.
                _counts[length] = counts[i];
                (_key, _length) = (key, length);
            }
        }

        public NGramSliceSummary WriteTo(Stream output)
        {
            Close(0);
            long total = _counts[0];
            using var run = new RunWriter(output, RunKind.NGramSlice, _codec);
            var kept = ImmutableArray.CreateBuilder<long>(_order);
            for (int n = 0; n < _order; n++)
            {
                SegmentInfo info = _segments[n].Finish(0);
                kept.Add(info.Entries);
                run.AppendSegment(_streams[n], info);
            }

            byte[] extra = new byte[sizeof(long) + (_borders.Count * BorderBytes)];
            BinaryPrimitives.WriteInt64LittleEndian(extra, total);
            Span<byte> room = extra.AsSpan(sizeof(long));
            foreach ((int length, ulong key, long count) in _borders)
            {
                BinaryPrimitives.WriteInt32LittleEndian(room, length);
                BinaryPrimitives.WriteUInt64LittleEndian(room[4..], key);
                BinaryPrimitives.WriteInt64LittleEndian(room[12..], count);
                room = room[BorderBytes..];
            }

            RunSummary summary = run.Finish(extra);
            return new NGramSliceSummary(total, kept.MoveToImmutable(), _borders.Count, summary.LengthBytes);
        }

        public void Dispose()
        {
            foreach (NGramWriter writer in _writers)
            {
                writer.Dispose();
            }

            foreach (SegmentWriter segment in _segments)
            {
                segment.Dispose();
            }

            foreach (Stream stream in _streams)
            {
                stream.Dispose();
            }
        }

        private void Close(int keep)
        {
            for (int n = _length; n > keep; n--)
            {
                long count = _counts[n];
                // Keys hold all bytes of an n-gram of full order, so no border can divide one.
                if (n < _order && _ranges.IsBorder(_shard, _key & PackedNGram.Mask(n), n))
                {
                    _borders.Add((n, _key & PackedNGram.Mask(n), count));
                }
                else if (n == 1 || count >= _minCount)
                {
                    _writers[n - 1].Write(_key & PackedNGram.Mask(n), n, count);
                }

                _counts[n - 1] = checked(_counts[n - 1] + count);
                _counts[n] = 0;
            }

            _length = keep;
        }
    }
}
