using System.Runtime.InteropServices;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Sorts records of any number by their keys, which are distinct, in bounded memory: what does not fit is sorted and spilled, and merged at the end.</summary>
/// <param name="memoryBytes">For records and keys; a record may be larger.</param>
/// <param name="scratch">Where to spill.</param>
internal sealed class RecordSorter(long memoryBytes, IScratchSpace scratch) : IDisposable
{
    private const int SmallestChunkBytes = 1 << 12;
    private const int LargestChunkBytes = 1 << 20;

    // With the room that a growing list holds in reserve.
    private const int EntryBytes = 80;

    private readonly int _chunkBytes = (int)Math.Clamp(memoryBytes / 8, SmallestChunkBytes, LargestChunkBytes);
    private readonly List<Entry> _entries = [];
    private readonly List<byte[]> _chunks = [];
    private readonly List<(Stream Stream, long LengthBytes)> _spills = [];
    private int _chunk = -1;
    private int _chunkUsed;
    private long _usedBytes;

    /// <summary>Receives a record.</summary>
    public delegate void RecordAction(ShuffleKey key, ReadOnlySpan<byte> record);

    /// <summary>How often it was spilled.</summary>
    public int SpillCount => _spills.Count;

    /// <summary>Adds a record.</summary>
    public void Add(ShuffleKey key, ReadOnlySpan<byte> record)
    {
        bool needsChunk = _chunk < 0 || record.Length > _chunks[_chunk].Length - _chunkUsed;
        if (_entries.Count > 0 && _usedBytes + EntryBytes + (needsChunk ? Math.Max(_chunkBytes, record.Length) : 0) > memoryBytes)
        {
            Spill();
            needsChunk = true;
        }

        if (needsChunk)
        {
            NextChunk(record.Length);
        }

        record.CopyTo(_chunks[_chunk].AsSpan(_chunkUsed));
        _entries.Add(new Entry(key, _chunk, _chunkUsed, record.Length));
        _chunkUsed += record.Length;
        _usedBytes += EntryBytes;
    }

    /// <summary>Hands all records over in order of their keys. To be called once.</summary>
    public void Drain(RecordAction action, CancellationToken cancellation)
    {
        SortEntries();
        if (_spills.Count == 0)
        {
            foreach (Entry entry in _entries)
            {
                cancellation.ThrowIfCancellationRequested();
                action(entry.Key, RecordOf(entry));
            }

            return;
        }

        Merge(action, cancellation);
    }

    public void Dispose() => _spills.ForEach(spill => spill.Stream.Dispose());

    private void Merge(RecordAction action, CancellationToken cancellation)
    {
        var queue = new PriorityQueue<Run, ShuffleKey>();
        foreach ((Stream stream, long length) in _spills)
        {
            stream.Position = 0;
            Enqueue(new Run(stream, length));
        }

        int next = 0;
        while (queue.Count > 0 || next < _entries.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            if (next < _entries.Count && (!queue.TryPeek(out _, out ShuffleKey least) || _entries[next].Key.CompareTo(least) < 0))
            {
                action(_entries[next].Key, RecordOf(_entries[next]));
                next++;
                continue;
            }

            Run run = queue.Dequeue();
            action(run.Key, run.Record);
            Enqueue(run);
        }

        void Enqueue(Run run)
        {
            if (run.MoveNext())
            {
                queue.Enqueue(run, run.Key);
            }
        }
    }

    private void Spill()
    {
        SortEntries();
        Stream stream = scratch.Create();
        long length = 0;
        _spills.Add((stream, length));
        foreach (Entry entry in _entries)
        {
            length += RecordStream.Write(stream, entry.Key, RecordOf(entry));
        }

        _spills[^1] = (stream, length);
        _entries.Clear();
        (_chunk, _chunkUsed, _usedBytes) = (-1, 0, 0);
    }

    // Chunks are used again after a spill.
    private void NextChunk(int length)
    {
        _chunk++;
        _chunkUsed = 0;
        if (_chunk == _chunks.Count)
        {
            _chunks.Add(new byte[Math.Max(_chunkBytes, length)]);
        }
        else if (_chunks[_chunk].Length < length)
        {
            _chunks[_chunk] = new byte[length];
        }

        _usedBytes += _chunks[_chunk].Length;
    }

    private void SortEntries() => CollectionsMarshal.AsSpan(_entries).Sort((left, right) => left.Key.CompareTo(right.Key));

    private ReadOnlySpan<byte> RecordOf(Entry entry) => _chunks[entry.Chunk].AsSpan(entry.Offset, entry.Length);

    private readonly record struct Entry(ShuffleKey Key, int Chunk, int Offset, int Length);

    private sealed class Run(Stream stream, long lengthBytes)
    {
        private byte[] _buffer = [];
        private long _left = lengthBytes;
        private int _length;
        private ShuffleKey _key;

        public ShuffleKey Key => _key;

        public ReadOnlySpan<byte> Record => _buffer.AsSpan(0, _length);

        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            _length = RecordStream.Read(stream, ref _buffer, out _key, _left);
            _left -= RecordStream.LengthOf(_length);
            return true;
        }
    }
}
