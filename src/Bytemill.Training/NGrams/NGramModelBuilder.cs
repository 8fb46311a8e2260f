using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Hashing;
using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>Turns the slices of all shards into the model file that segmentation maps into memory.</summary>
public static class NGramModelBuilder
{
    /// <summary>Memory for records while building; more go through scratch.</summary>
    internal const long CacheBytes = 256L << 20;

    // Numbers are written and read in sequence.
    private const int NumberCacheShare = 256;

    /// <summary>Builds the model: absent bytes get count 1, scores are differences of correctly rounded logarithms of the merged counts.</summary>
    /// <param name="slicesInShardOrder">One slice of <see cref="NGramSliceMerger"/> per shard.</param>
    /// <param name="order">Longest n-gram, 1 to 8.</param>
    /// <param name="minCount">The bound that the slices were pruned with; border prefixes are judged by it here.</param>
    /// <param name="scratch">For records that the cache does not hold.</param>
    /// <param name="output">Receives the model file, front to back; left open.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="RunFormatException">A slice is damaged, missing, or from another run.</exception>
    /// <exception cref="InvalidOperationException">The corpus holds no text.</exception>
    /// <exception cref="OverflowException">A count exceeds 64 bits.</exception>
    public static NGramModelSummary Build(
        IReadOnlyList<RunOpener> slicesInShardOrder, int order, long minCount, IScratchSpace scratch, Stream output, CancellationToken ct) =>
        Build(slicesInShardOrder, order, minCount, scratch, output, CacheBytes, ct);

    internal static NGramModelSummary Build(
        IReadOnlyList<RunOpener> slicesInShardOrder,
        int order,
        long minCount,
        IScratchSpace scratch,
        Stream output,
        long cacheBytes,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(slicesInShardOrder);
        ArgumentNullException.ThrowIfNull(scratch);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, PackedNGram.MaxLength);
        using var build = new Construction(slicesInShardOrder, order, minCount, scratch, cacheBytes, ct);
        build.ReadFooters();
        build.AddBytes();
        for (int length = 2; length <= order; length++)
        {
            build.AddLevel(length);
        }

        build.LinkFullOrder();
        return build.WriteTo(output);
    }

    private sealed class Construction : IDisposable
    {
        private readonly IReadOnlyList<RunOpener> _slices;
        private readonly int _order;
        private readonly long _minCount;
        private readonly CancellationToken _ct;
        private readonly BlockCodec _codec = new();
        private readonly PagedStore _records;
        private readonly PagedStore _labels;
        private readonly List<(ulong Key, long Count)>[] _borders;
        private readonly long[] _byteCounts = new long[256];
        private readonly long[] _levelCounts;
        private readonly byte[] _record;
        private readonly byte[] _suffixLabels = new byte[256];
        private readonly NGramFamily _family = new();
        private readonly IScratchSpace _scratch;
        private readonly long _cacheBytes;

        // Of the n-grams of the length added last, in byte order.
        private PagedStore? _numbers;
        private long _total;

        public Construction(IReadOnlyList<RunOpener> slices, int order, long minCount, IScratchSpace scratch, long cacheBytes, CancellationToken ct)
        {
            (_slices, _order, _minCount, _scratch, _cacheBytes, _ct) = (slices, order, minCount, scratch, cacheBytes, ct);
            _records = new PagedStore(scratch, NGramModelLayout.RecordBytes(order), cacheBytes);
            _labels = new PagedStore(scratch, 1, cacheBytes / 64);
            _borders = new List<(ulong, long)>[order + 1];
            _levelCounts = new long[order + 1];
            _record = new byte[NGramModelLayout.RecordBytes(order)];
        }

        /// <summary>Adds up the corpus and the partial counts of the border prefixes.</summary>
        public void ReadFooters()
        {
            var sums = new SortedDictionary<(int Length, ulong Key), long>();
            foreach (RunOpener slice in _slices)
            {
                using Stream stream = slice();
                RunFooter footer = RunFooter.Read(stream, RunKind.NGramSlice);
                if (footer.Segments.Length != _order)
                {
                    throw RunFormatException.Damaged(0, $"a slice of order {footer.Segments.Length}, expected {_order}");
                }

                ReadOnlySpan<byte> extra = footer.Extra;
                _total = checked(_total + BinaryPrimitives.ReadInt64LittleEndian(extra));
                for (extra = extra[sizeof(long)..]; extra.Length > 0; extra = extra[NGramSliceMerger.BorderBytes..])
                {
                    (int, ulong) prefix = (BinaryPrimitives.ReadInt32LittleEndian(extra), BinaryPrimitives.ReadUInt64LittleEndian(extra[4..]));
                    sums[prefix] = checked(sums.GetValueOrDefault(prefix) + BinaryPrimitives.ReadInt64LittleEndian(extra[12..]));
                }
            }

            if (_total == 0)
            {
                throw new InvalidOperationException("The corpus holds no text: nothing can be trained from it.");
            }

            for (int length = 0; length <= _order; length++)
            {
                _borders[length] = [];
            }

            foreach (((int length, ulong key), long count) in sums)
            {
                if (length == 1 || count >= _minCount)
                {
                    _borders[length].Add((key, count));
                }
            }
        }

        /// <summary>Length 1: all 256 bytes.</summary>
        public void AddBytes()
        {
            using (var reader = new NGramLevelReader(_slices, 1, _borders[1], _codec))
            {
                while (reader.Read())
                {
                    _byteCounts[reader.Key >> 56] = reader.Count;
                }
            }

            for (int b = 0; b < 256; b++)
            {
                if (_byteCounts[b] == 0)
                {
                    _byteCounts[b] = 1;
                    _total = checked(_total + 1);
                }
            }

            double logTotal = ExactLog.Ln(_total);
            _record.AsSpan().Clear();
            for (int n = 1; n < _order; n++)
            {
                NGramModelLayout.WriteScore(_record, n, double.NegativeInfinity);
            }

            for (int b = 0; b < 256; b++)
            {
                NGramModelLayout.WriteScore(_record, 0, ExactLog.Ln(_byteCounts[b]) - logTotal);
                WriteLinks(_record, NGramModelLayout.Links(0, 0, NGramModelLayout.Root, []));
                _record.CopyTo(_records.Write(b));
                _labels.Write(b)[0] = (byte)b;
            }

            _levelCounts[1] = 256;
        }

        /// <summary>Adds the n-grams of one length below their prefixes, which were added before.</summary>
        public void AddLevel(int length)
        {
            long before = _records.Count;
            Span<long> places = stackalloc long[NGramFamily.FrequencyClasses];
            FindPlaces(length, places);
            PagedStore? numbers = length < _order ? new PagedStore(_scratch, sizeof(long), _cacheBytes / NumberCacheShare) : null;
            using PagedStore? prefixNumbers = _numbers;
            _numbers = numbers;
            using NGramLevelReader? prefixes = length == 2 ? null : new NGramLevelReader(_slices, length - 1, _borders[length - 1], _codec);
            using var reader = new NGramLevelReader(_slices, length, _borders[length], _codec);
            bool hasNext = reader.Read();
            long read = 0;
            for (long i = 0; i < _levelCounts[length - 1]; i++)
            {
                (ulong prefix, long prefixCount, long parent) = ((ulong)i << 56, length == 2 ? _byteCounts[i] : 0, i);
                if (prefixes is not null)
                {
                    prefixes.Read();
                    (prefix, prefixCount) = (prefixes.Key, prefixes.Count);
                    parent = BinaryPrimitives.ReadInt64LittleEndian(prefixNumbers!.Read(i));
                }

                _family.Read(reader, length, prefix, ref hasNext);
                if (hasNext && (reader.Key & PackedNGram.Mask(length - 1)) < prefix)
                {
                    throw Inconsistent(length);
                }

                if (_family.Count > 0)
                {
                    ref long first = ref places[_family.FrequencyClass];
                    AddFamily(parent, prefixCount, length, first);
                    if (numbers is not null)
                    {
                        foreach (byte place in _family.Places)
                        {
                            BinaryPrimitives.WriteInt64LittleEndian(numbers.Write(read++), first + place);
                        }
                    }

                    first += _family.Count;
                }

                if ((i & 0xFFFF) == 0)
                {
                    _ct.ThrowIfCancellationRequested();
                }
            }

            if (hasNext)
            {
                throw Inconsistent(length);
            }

            _levelCounts[length] = _records.Count - before;
        }

        /// <summary>A state of full order has no children of its own; it goes on from itself without its first byte.</summary>
        public void LinkFullOrder()
        {
            if (_order == 1)
            {
                return;
            }

            long first = _records.Count - _levelCounts[_order];
            for (long state = first; state < _records.Count; state++)
            {
                (ulong, ulong) links = ReadLinks(_records.Read(Fallback(ReadLinks(_records.Read(state)))));
                WriteLinks(_records.Write(state), links);
                if ((state & 0xFFFF) == 0)
                {
                    _ct.ThrowIfCancellationRequested();
                }
            }
        }

        public NGramModelSummary WriteTo(Stream output)
        {
            long ngrams = _records.Count;
            long fileBytes = NGramModelLayout.FileBytes(_order, ngrams);
            byte[] header = new byte[NGramModelLayout.HeaderBytes];
            NGramModelLayout.Magic.CopyTo(header);
            header[5] = NGramModelLayout.Version;
            header[6] = (byte)_order;
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(NGramModelLayout.TotalOffset), _total);
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(NGramModelLayout.LengthOffset), fileBytes);
            for (int n = 1; n <= _order; n++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(NGramModelLayout.CountsOffset + (8 * (n - 1))), _levelCounts[n]);
            }

            var hash = new XxHash3();
            void Put(ReadOnlySpan<byte> bytes)
            {
                _ct.ThrowIfCancellationRequested();
                hash.Append(bytes);
                output.Write(bytes);
            }

            Put(header);
            int scoreBytes = NGramModelLayout.ScoreBytes(_order);
            byte[] part = [];
            void PutPart(ReadOnlySpan<byte> records, int offset, int length)
            {
                int count = records.Length / _record.Length;
                Array.Resize(ref part, Math.Max(part.Length, count * length));
                for (int i = 0; i < count; i++)
                {
                    records.Slice((i * _record.Length) + offset, length).CopyTo(part.AsSpan(i * length));
                }

                Put(part.AsSpan(0, count * length));
            }

            _records.ForEachPage(records => PutPart(records, 0, scoreBytes));
            _records.ForEachPage(records => PutPart(records, scoreBytes, NGramModelLayout.LinkBytes));
            _labels.ForEachPage(Put);
            Put(new byte[NGramModelLayout.LabelPadding]);
            byte[] trailer = new byte[NGramModelLayout.TrailerBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(trailer, hash.GetCurrentHashAsUInt64());
            NGramModelLayout.EndMagic.CopyTo(trailer.AsSpan(8));
            output.Write(trailer);
            output.Flush();
            return new NGramModelSummary(_total, [.. _levelCounts.AsSpan(1)], fileBytes);
        }

        public void Dispose()
        {
            _records.Dispose();
            _labels.Dispose();
            _numbers?.Dispose();
            _codec.Dispose();
        }

        private static RunFormatException Inconsistent(int length) =>
            RunFormatException.Damaged(0, $"an n-gram of {length} bytes has a part that was not kept; the slices are not of one run");

        private static (ulong First, ulong Second) ReadLinks(ReadOnlySpan<byte> record) =>
            (BinaryPrimitives.ReadUInt64LittleEndian(record[^16..]), BinaryPrimitives.ReadUInt64LittleEndian(record[^8..]));

        private static void WriteLinks(Span<byte> record, (ulong First, ulong Second) links)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(record[^16..], links.First);
            BinaryPrimitives.WriteUInt64LittleEndian(record[^8..], links.Second);
        }

        private static long Fallback((ulong First, ulong Second) links) => (long)links.Second & NGramModelLayout.NumberMask;

        /// <summary>Reads the n-grams of a length once to know where the families of each frequency class begin.</summary>
        private void FindPlaces(int length, Span<long> places)
        {
            places.Clear();
            using var reader = new NGramLevelReader(_slices, length, _borders[length], _codec);
            for (bool hasNext = reader.Read(); hasNext;)
            {
                _family.Read(reader, length, reader.Key & PackedNGram.Mask(length - 1), ref hasNext);
                places[_family.FrequencyClass] += _family.Count;
            }

            long next = _records.Count;
            foreach (ref long place in places)
            {
                (place, next) = (next, next + place);
            }

            if (next > NGramModelLayout.Root)
            {
                throw new InvalidOperationException($"An n-gram model holds at most {NGramModelLayout.Root} n-grams; raise the smallest count.");
            }
        }

        private void AddFamily(long parent, long parentCount, int length, long first)
        {
            long suffix = Fallback(ReadLinks(_records.Read(parent)));
            WriteLinks(_records.Write(parent), NGramModelLayout.Links(first, _family.Count, suffix, _family.Labels));
            long suffixFirst = 0;
            Span<byte> suffixLabels = [];
            if (suffix != NGramModelLayout.Root)
            {
                ulong links = ReadLinks(_records.Read(suffix)).First;
                suffixFirst = (long)links & NGramModelLayout.NumberMask;
                suffixLabels = _suffixLabels.AsSpan(0, (int)(links >> NGramModelLayout.NumberBits) & 511);
                _labels.CopyTo(suffixFirst, suffixLabels);
            }

            double logParent = ExactLog.Ln(parentCount);
            for (int i = 0; i < _family.Count; i++)
            {
                byte label = _family.Labels[i];
                long link = label;
                if (suffix != NGramModelLayout.Root)
                {
                    int index = suffixLabels.IndexOf(label);
                    link = index >= 0 ? suffixFirst + index : throw Inconsistent(length);
                }

                _records.Read(link).CopyTo(_record);
                NGramModelLayout.WriteScore(_record, length - 1, ExactLog.Ln(_family.Counts[i]) - logParent);
                WriteLinks(_record, NGramModelLayout.Links(0, 0, link, []));
                _record.CopyTo(_records.Write(first + i));
                _labels.Write(first + i)[0] = label;
            }
        }
    }
}
