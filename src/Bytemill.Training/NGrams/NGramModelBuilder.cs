using System.Buffers.Binary;
using System.IO.Hashing;

namespace Bytemill.Training;

/// <summary>Turns the slices of all shards into the model file that segmentation reads.</summary>
public static class NGramModelBuilder
{
    /// <summary>Builds the model: absent bytes get count 1, and the logarithms of the merged counts are correctly rounded.</summary>
    /// <param name="slicesInShardOrder">One slice of <see cref="NGramSliceMerger"/> per shard.</param>
    /// <param name="order">Longest n-gram, 1 to 8.</param>
    /// <param name="minCount">The bound that the slices were pruned with; border prefixes are judged by it here.</param>
    /// <param name="scratch">For records that the memory does not hold; used by several threads.</param>
    /// <param name="output">Receives the model file from its present position on; must allow reading and seeking. Left open.</param>
    /// <param name="memoryBytes">Memory for records and tables, 64 KB at least. On top of it: about 1 MB a thread for reading slices, and the distinct counts.</param>
    /// <param name="threads">Threads that work, 1 or more.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="RunFormatException">A slice is damaged, missing, or from another run.</exception>
    /// <exception cref="InvalidOperationException">The corpus holds no text.</exception>
    /// <exception cref="OverflowException">A count exceeds 64 bits.</exception>
    /// <remarks>
    /// Length by length: each n-gram goes to the part of its suffix's hash, takes the indexes from the table of the length before,
    /// which is read part by part, and goes to the part of its own hash, where a piece of its own table is made. The file depends on
    /// neither memory, threads nor shards.
    /// </remarks>
    public static NGramModelSummary Build(
        IReadOnlyList<RunOpener> slicesInShardOrder,
        int order,
        long minCount,
        IScratchSpace scratch,
        Stream output,
        long memoryBytes,
        int threads,
        CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return Build(slicesInShardOrder, order, minCount, scratch, output, memoryBytes, threads, indexBytes: 0, ct);
    }

    internal static NGramModelSummary Build(
        IReadOnlyList<RunOpener> slicesInShardOrder,
        int order,
        long minCount,
        IScratchSpace scratch,
        Stream output,
        long memoryBytes,
        int threads,
        int indexBytes,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(slicesInShardOrder);
        ArgumentNullException.ThrowIfNull(scratch);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, PackedNGram.MaxLength);
        using var build = new Construction(slicesInShardOrder, order, minCount, scratch, output, memoryBytes, threads, ct);
        build.ReadFooters();
        build.ReadCounts(indexBytes);
        build.WriteShortNGrams();
        for (int length = 3; length <= order; length++)
        {
            build.AddLevel(length);
        }

        return build.Finish();
    }

    private sealed unsafe class Construction : IDisposable
    {
        private const int LeastMemory = 64 << 10;
        private const int LargestPiece = 512 << 10;
        private const int LeastSlack = 32;
        private const int MaxParts = 4096;

        private readonly IReadOnlyList<RunOpener> _slices;
        private readonly int _order;
        private readonly long _minCount;
        private readonly Stream _output;
        private readonly int _threads;
        private readonly CancellationToken _ct;
        private readonly NGramModelThreads _work;
        private readonly BlockCodec[] _codecs;
        private readonly byte*[] _blocks;
        private readonly NGramModelParts _bySuffix;
        private readonly NGramModelParts _byHash;
        private readonly int _blockBytes;
        private readonly long _pieceBytes;
        private readonly List<(ulong Key, long Count)>[] _borders;
        private readonly long[] _levelCounts = new long[PackedNGram.MaxLength + 1];
        private readonly long[] _capacities = new long[PackedNGram.MaxLength + 1];
        private readonly long[] _slots = new long[PackedNGram.MaxLength + 1];
        private readonly long[] _offsets = new long[PackedNGram.MaxLength + 1];
        private readonly NGramModelCounts _counts = new();
        private readonly XxHash3 _hash = new();
        private readonly long _start;
        private uint[] _pairs = [];
        private bool[] _isByte = [];
        private long _total;
        private long _written;
        private int _indexBytes;

        // Of the table written last: how far an n-gram lies from its home at most.
        private long _farthest;

        public Construction(
            IReadOnlyList<RunOpener> slices, int order, long minCount, IScratchSpace scratch, Stream output, long memoryBytes, int threads, CancellationToken ct)
        {
            (_slices, _order, _minCount, _output, _threads, _ct) = (slices, order, minCount, output, threads, ct);
            _start = output.Position;
            _work = new NGramModelThreads(threads, ct);
            long poolBytes = Math.Max(LeastMemory, memoryBytes) / 4;
            _blockBytes = (int)Math.Clamp(System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)poolBytes / 8192), 128, 4096);
            _bySuffix = new NGramModelParts(scratch, poolBytes, _blockBytes);
            _byHash = new NGramModelParts(scratch, poolBytes, _blockBytes);
            _pieceBytes = Math.Clamp(poolBytes / threads, 4096, LargestPiece);
            _borders = new List<(ulong, long)>[order + 1];
            _codecs = new BlockCodec[threads];
            _blocks = new byte*[threads];
            for (int i = 0; i < threads; i++)
            {
                _codecs[i] = new BlockCodec();
                _blocks[i] = LargeBlock.Allocate((nuint)_blockBytes);
            }
        }

        /// <summary>Adds up the corpus, the n-grams of each length, and the partial counts of the border prefixes.</summary>
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

                for (int length = 1; length <= _order; length++)
                {
                    _levelCounts[length] = checked(_levelCounts[length] + footer.Segments[length - 1].Entries);
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
                    _levelCounts[length]++;
                }
            }

            _levelCounts[1] = 256;
        }

        /// <summary>Reads everything once to know the distinct counts.</summary>
        public void ReadCounts(int indexBytes)
        {
            var found = new NGramModelCounts[_threads];
            for (int i = 0; i < _threads; i++)
            {
                found[i] = new NGramModelCounts();
            }

            // Of each slice and length, the first and the last key.
            var edges = new (bool IsEmpty, ulong First, ulong Last)[_slices.Count * _order];
            _work.Run(edges.Length, (thread, task) =>
            {
                int length = _order - (task / _slices.Count);
                using var reader = OpenSlice(task % _slices.Count, length, thread);
                (bool isEmpty, ulong first, ulong last) = (true, 0, 0);
                while (reader.Fill())
                {
                    NGramBatch batch = reader.Batch;
                    for (int i = 0; i < batch.Count; i++)
                    {
                        ulong key = batch.Keys[i];
                        if (batch.Lengths[i] != length)
                        {
                            throw RunFormatException.Damaged(0, $"an n-gram of {batch.Lengths[i]} bytes among those of {length}");
                        }

                        if (!isEmpty && key <= last)
                        {
                            throw OutOfOrder(length);
                        }

                        first = isEmpty ? key : first;
                        (isEmpty, last) = (false, key);
                    }

                    found[thread].Add(batch.Counts.AsSpan(0, batch.Count));
                    _ct.ThrowIfCancellationRequested();
                }

                edges[task] = (isEmpty, first, last);
            });
            CheckOrder(edges);
            Array.ForEach(found, _counts.Add);
            foreach ((_, long count) in _borders.SelectMany(border => border))
            {
                _counts.Add(count);
            }

            // Of the bytes that never occurred.
            _counts.Add(1);
            _counts.Rank();
            _indexBytes = indexBytes == 0 ? NGramModelLayout.IndexBytes(_counts.Sorted.Length) : indexBytes;
        }

        /// <summary>Writes everything before the tables: the n-grams of one and two bytes are few.</summary>
        public void WriteShortNGrams()
        {
            _isByte = new bool[256];
            uint[] bytes = new uint[256];
            using (var reader = new NGramLevelReader(_slices, 1, _borders[1], _codecs[0]))
            {
                while (reader.Read())
                {
                    int value = (int)(reader.Key >> 56);
                    _isByte[value] = true;
                    bytes[value] = _counts.IndexOf(reader.Count);
                }
            }

            for (int b = 0; b < 256; b++)
            {
                if (!_isByte[b])
                {
                    bytes[b] = _counts.IndexOf(1);
                    _total = checked(_total + 1);
                }
            }

            _pairs = new uint[NGramModelLayout.Pairs];
            if (_order >= 2)
            {
                using var reader = new NGramLevelReader(_slices, 2, _borders[2], _codecs[0]);
                while (reader.Read())
                {
                    int pair = (int)(NGramModelLayout.LastOnTop(reader.Key, 2) >> 48);
                    if (!_isByte[pair & 0xFF] || !_isByte[pair >> 8])
                    {
                        throw Inconsistent(2);
                    }

                    _pairs[pair] = _counts.IndexOf(reader.Count);
                }
            }

            byte[] header = new byte[NGramModelLayout.HeaderBytes];
            NGramModelLayout.Magic.CopyTo(header);
            header[5] = NGramModelLayout.Version;
            header[6] = (byte)_order;
            header[7] = (byte)_indexBytes;
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), _total);
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), _counts.Sorted.Length);
            Put(header);
            Put(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_counts.Logs().AsSpan()));
            PutPadding(0);
            PutIndexes(bytes);
            PutPadding(0);
            PutIndexes(_pairs);
            PutPadding(NGramModelLayout.Padding);
        }

        /// <summary>Writes the table of one length.</summary>
        public void AddLevel(int length)
        {
            int slotBytes = NGramModelLayout.SlotBytes(length, _indexBytes);
            long capacity = _capacities[length] = NGramModelLayout.Capacity(_levelCounts[length]);
            int recordBytes = sizeof(ulong) + ((length - 2) * _indexBytes);
            _byHash.Begin(PartCount(capacity * slotBytes, _byHash), recordBytes);
            if (length == 3)
            {
                RouteThirds();
            }
            else
            {
                int shorterBytes = NGramModelLayout.SlotBytes(length - 1, _indexBytes);
                _bySuffix.Begin(PartCount(_slots[length - 1] * shorterBytes, _bySuffix), sizeof(ulong) + sizeof(uint));
                RouteBySuffix(length);
                JoinSuffixes(length);
            }

            _offsets[length] = _written;
            WriteTable(length);
            PutPadding(NGramModelLayout.Padding);
        }

        public NGramModelSummary Finish()
        {
            byte[] directory = new byte[NGramModelLayout.DirectoryBytes];
            Span<byte> entry = directory;
            for (int length = 1; length <= PackedNGram.MaxLength; length++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(entry, _levelCounts[length]);
                BinaryPrimitives.WriteInt64LittleEndian(entry[8..], _capacities[length]);
                BinaryPrimitives.WriteInt64LittleEndian(entry[16..], _slots[length]);
                BinaryPrimitives.WriteInt64LittleEndian(entry[24..], _offsets[length]);
                entry = entry[(4 * sizeof(long))..];
            }

            long fileBytes = _written + NGramModelLayout.DirectoryBytes + NGramModelLayout.TrailerBytes;
            BinaryPrimitives.WriteInt64LittleEndian(entry, fileBytes);
            Put(directory);
            byte[] trailer = new byte[NGramModelLayout.TrailerBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(trailer, _hash.GetCurrentHashAsUInt64());
            NGramModelLayout.EndMagic.CopyTo(trailer.AsSpan(8));
            _output.Write(trailer);
            _output.Flush();
            return new NGramModelSummary(_total, [.. _levelCounts.AsSpan(1, _order)], fileBytes);
        }

        public void Dispose()
        {
            _bySuffix.Dispose();
            _byHash.Dispose();
            for (int i = 0; i < _threads; i++)
            {
                _codecs[i].Dispose();
                LargeBlock.Free(_blocks[i]);
            }
        }

        private static RunFormatException Inconsistent(int length) =>
            RunFormatException.Damaged(0, $"an n-gram of {length} bytes has a part that was not kept; the slices are not of one run");

        private static RunFormatException OutOfOrder(int length) =>
            RunFormatException.Damaged(0, $"n-grams of {length} bytes do not ascend; slices are out of order or repeated");

        private void CheckOrder((bool IsEmpty, ulong First, ulong Last)[] edges)
        {
            for (int level = 0; level < _order; level++)
            {
                ulong? last = null;
                foreach ((bool isEmpty, ulong first, ulong end) in edges.AsSpan(level * _slices.Count, _slices.Count))
                {
                    if (isEmpty)
                    {
                        continue;
                    }

                    if (first <= last)
                    {
                        throw OutOfOrder(_order - level);
                    }

                    last = end;
                }
            }
        }

        private NGramReader OpenSlice(int slice, int length, int thread)
        {
            using var source = new RunSource(_slices[slice], RunKind.NGramSlice, length - 1);
            return new NGramReader(source.Open(0, _codecs[thread]));
        }

        /// <summary>Parts so small that a piece of the table stays in the second-level cache and in the memory.</summary>
        private int PartCount(long tableBytes, NGramModelParts parts) =>
            (int)Math.Min(Math.Min(MaxParts, parts.MaxCount(_threads)), 1 + (tableBytes / _pieceBytes));

        /// <summary>Hands all n-grams of a length to <paramref name="route"/>, slice by slice; the border prefixes are one more.</summary>
        private void ForEach(int length, NGramModelParts target, Action<NGramModelParts.Writer, ulong, long> route)
        {
            NGramModelParts.Writer[] writers = Writers(target);
            _work.Run(_slices.Count + 1, (thread, task) =>
            {
                NGramModelParts.Writer writer = writers[thread];
                if (task == _slices.Count)
                {
                    foreach ((ulong key, long count) in _borders[length])
                    {
                        route(writer, NGramModelLayout.LastOnTop(key, length), count);
                    }

                    return;
                }

                using NGramReader reader = OpenSlice(task, length, thread);
                while (reader.Fill())
                {
                    NGramBatch batch = reader.Batch;
                    for (int i = 0; i < batch.Count; i++)
                    {
                        route(writer, NGramModelLayout.LastOnTop(batch.Keys[i], length), batch.Counts[i]);
                    }

                    _ct.ThrowIfCancellationRequested();
                }
            });
            Array.ForEach(writers, writer => writer.Flush());
        }

        private NGramModelParts.Writer[] Writers(NGramModelParts target) =>
            [.. Enumerable.Range(0, _threads).Select(_ => new NGramModelParts.Writer(target))];

        private void RouteThirds() => ForEach(3, _byHash, (writer, key, count) =>
        {
            if (_pairs[key >> 48] == 0 || _pairs[(key >> 40) & 0xFFFF] == 0)
            {
                throw Inconsistent(3);
            }

            ulong hash = NGramModelLayout.Hash(key, 3);
            byte* record = writer.Add(hash);
            *(ulong*)record = hash;
            WriteIndex(record + sizeof(ulong), _counts.IndexOf(count));
        });

        private void RouteBySuffix(int length) => ForEach(length, _bySuffix, (writer, key, count) =>
        {
            byte* record = writer.Add(NGramModelLayout.Hash(key & PackedNGram.Mask(length - 1), length - 1));
            *(ulong*)record = key;
            *(uint*)(record + sizeof(ulong)) = _counts.IndexOf(count);
        });

        /// <summary>Reads the table of the length before, part by part, and looks up the suffixes of that part.</summary>
        private void JoinSuffixes(int length)
        {
            int shorter = length - 1;
            int slotBytes = NGramModelLayout.SlotBytes(shorter, _indexBytes);
            int indexes = (length - 3) * _indexBytes;
            long slots = _slots[shorter];
            NGramModelParts.Writer[] writers = Writers(_byHash);
            _work.Run(_bySuffix.Count, (thread, part) =>
            {
                long first = SlotOf(_bySuffix.FirstHash(part), _capacities[shorter]);
                long end = Math.Min(slots, SlotOf(_bySuffix.FirstHash(part + 1), _capacities[shorter]) + _farthest + 2);
                NGramModelParts.Writer writer = writers[thread];
                byte* piece = LargeBlock.Allocate((nuint)(((end - first) * slotBytes) + NGramModelLayout.Padding));
                try
                {
                    lock (_output)
                    {
                        _output.Position = _start + _offsets[shorter] + (first * slotBytes);
                        ReadExactly(piece, (end - first) * slotBytes);
                    }

                    var table = new NGramModelTable(piece, _capacities[shorter], shorter, _indexBytes, first);
                    _bySuffix.Take(part, _blocks[thread], (records, count) =>
                    {
                        for (int i = 0; i < count; i++, records += sizeof(ulong) + sizeof(uint))
                        {
                            ulong key = *(ulong*)records;
                            byte* suffix = table.Find(NGramModelLayout.Hash(key & PackedNGram.Mask(shorter), shorter));
                            if (suffix == null)
                            {
                                throw Inconsistent(length);
                            }

                            ulong hash = NGramModelLayout.Hash(key, length);
                            byte* record = writer.Add(hash);
                            *(ulong*)record = hash;
                            Copy(suffix + shorter, record + sizeof(ulong), indexes);
                            WriteIndex(record + sizeof(ulong) + indexes, *(uint*)(records + sizeof(ulong)));
                        }
                    });
                }
                finally
                {
                    LargeBlock.Free(piece);
                }
            });
            Array.ForEach(writers, writer => writer.Flush());
        }

        /// <summary>Makes the pieces of a table, several at a time, and writes them one after another.</summary>
        private void WriteTable(int length)
        {
            int slotBytes = NGramModelLayout.SlotBytes(length, _indexBytes);
            int indexes = (length - 2) * _indexBytes;
            long capacity = _capacities[length];
            _output.Position = _start + _written;
            _farthest = 0;
            long entries = 0;
            NGramModelPiece? pushed = null;
            try
            {
                _work.Run(_byHash.Count, (thread, part) =>
                {
                    long first = SlotOf(_byHash.FirstHash(part), capacity);
                    long end = SlotOf(_byHash.FirstHash(part + 1), capacity);
                    var piece = new NGramModelPiece(new NGramModelTable(null, capacity, length, _indexBytes, first), end - first, LeastSlack);
                    try
                    {
                        _byHash.Take(part, _blocks[thread], (records, count) =>
                        {
                            for (int i = 0; i < count; i++, records += sizeof(ulong) + indexes)
                            {
                                piece.Insert(*(ulong*)records, records + sizeof(ulong));
                            }
                        });
                        _work.InTurn(part, () =>
                        {
                            pushed?.MoveSurplusTo(piece);
                            pushed?.Dispose();
                            pushed = null;
                            entries += piece.Count;
                            _farthest = Math.Max(_farthest, piece.Farthest());
                            bool isLast = part == _byHash.Count - 1;
                            long written = isLast ? piece.UsedSlots + 1 : end - first;
                            Put(piece.Bytes(written));
                            _slots[length] = first + written;
                            pushed = piece;
                        });
                        piece = null;
                    }
                    finally
                    {
                        piece?.Dispose();
                    }
                });
            }
            finally
            {
                pushed?.Dispose();
            }

            if (entries != _levelCounts[length])
            {
                throw RunFormatException.Damaged(0, $"{entries} n-grams of {length} bytes instead of {_levelCounts[length]}");
            }
        }

        private static long SlotOf(UInt128 firstHash, long capacity) =>
            firstHash > ulong.MaxValue ? capacity : NGramModelLayout.Share((ulong)firstHash, capacity);

        private static void Copy(byte* from, byte* to, int bytes)
        {
            for (int i = 0; i < bytes; i += sizeof(ushort))
            {
                *(ushort*)(to + i) = *(ushort*)(from + i);
            }
        }

        private void WriteIndex(byte* target, uint index)
        {
            if (_indexBytes == sizeof(ushort))
            {
                *(ushort*)target = (ushort)index;
            }
            else
            {
                *(uint*)target = index;
            }
        }

        private void ReadExactly(byte* target, long bytes)
        {
            while (bytes > 0)
            {
                int part = (int)Math.Min(1 << 30, bytes);
                _output.ReadExactly(new Span<byte>(target, part));
                target += part;
                bytes -= part;
            }
        }

        private void PutIndexes(ReadOnlySpan<uint> indexes)
        {
            byte[] bytes = new byte[indexes.Length * _indexBytes];
            fixed (byte* target = bytes)
            {
                for (int i = 0; i < indexes.Length; i++)
                {
                    WriteIndex(target + (i * _indexBytes), indexes[i]);
                }
            }

            Put(bytes);
        }

        private void PutPadding(int least) => Put(new byte[NGramModelLayout.Align(_written + least) - _written]);

        private void Put(ReadOnlySpan<byte> bytes)
        {
            _hash.Append(bytes);
            _output.Write(bytes);
            _written += bytes.Length;
        }
    }
}
