namespace Bytemill.Training;

/// <summary>
/// Records of one size, divided into parts by hash: written by several threads in any order, then read part by part. They lie in blocks of a fixed
/// pool; when it is used up, all full blocks go to a scratch stream.
/// </summary>
internal sealed unsafe class NGramModelParts : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IScratchSpace _scratch;
    private readonly byte* _pool;
    private readonly int _blockBytes;
    private readonly Stack<int> _free = new();
    private readonly int _blocks;
    private Part[] _parts = [];
    private int _recordBytes;
    private int _unused;
    private Stream? _spill;

    /// <param name="scratch">For what the pool cannot hold.</param>
    /// <param name="poolBytes">Memory for records.</param>
    /// <param name="blockBytes">Bytes written to and read from scratch at once.</param>
    public NGramModelParts(IScratchSpace scratch, long poolBytes, int blockBytes)
    {
        _scratch = scratch;
        _blockBytes = blockBytes;
        _blocks = (int)Math.Min(int.MaxValue, poolBytes / blockBytes);
        _pool = LargeBlock.Allocate((nuint)((long)_blocks * blockBytes));
    }

    ~NGramModelParts() => LargeBlock.Free(_pool);

    public int Count => _parts.Length;

    /// <summary>Most parts that so many threads may write to: half of the blocks stay for full ones.</summary>
    public int MaxCount(int threads) => Math.Max(1, _blocks / (2 * threads));

    /// <summary>Drops everything and begins anew.</summary>
    public void Begin(int count, int recordBytes)
    {
        _spill?.Dispose();
        _spill = null;
        _free.Clear();
        _unused = 0;
        _recordBytes = recordBytes;
        _parts = new Part[count];
        for (int i = 0; i < count; i++)
        {
            _parts[i] = new Part();
        }
    }

    /// <summary>Lowest hash of a part.</summary>
    public UInt128 FirstHash(int part) => (((UInt128)(uint)part << 64) + (uint)(Count - 1)) / (uint)Count;

    /// <summary>Hands the records of a part to <paramref name="consume"/>, some at a time, and forgets them.</summary>
    /// <param name="part">Its number.</param>
    /// <param name="room">Room for a block.</param>
    /// <param name="consume">Takes the first record and how many there are.</param>
    public void Take(int part, byte* room, RecordAction consume)
    {
        foreach ((int block, int bytes) in _parts[part].Blocks)
        {
            consume(_pool + ((long)block * _blockBytes), bytes / _recordBytes);
        }

        lock (_gate)
        {
            foreach ((int block, _) in _parts[part].Blocks)
            {
                _free.Push(block);
            }
        }

        foreach ((long position, int bytes) in _parts[part].Extents)
        {
            lock (_gate)
            {
                _spill!.Position = position;
                _spill.ReadExactly(new Span<byte>(room, bytes));
            }

            consume(room, bytes / _recordBytes);
        }

        _parts[part] = new Part();
    }

    public void Dispose()
    {
        _spill?.Dispose();
        LargeBlock.Free(_pool);
        GC.SuppressFinalize(this);
    }

    private int TakeBlock()
    {
        lock (_gate)
        {
            if (_free.Count == 0 && _unused == _blocks)
            {
                Spill();
            }

            return _free.Count > 0 ? _free.Pop() : _unused++;
        }
    }

    private void Spill()
    {
        _spill ??= _scratch.Create();
        long position = _spill.Length;
        _spill.Position = position;
        foreach (Part part in _parts)
        {
            foreach ((int block, int bytes) in part.Blocks)
            {
                _spill.Write(new ReadOnlySpan<byte>(_pool + ((long)block * _blockBytes), bytes));
                part.Extents.Add((position, bytes));
                position += bytes;
                _free.Push(block);
            }

            part.Blocks.Clear();
        }
    }

    /// <summary>Takes records.</summary>
    public delegate void RecordAction(byte* records, int count);

    /// <summary>One thread's hand in the writing: a block for each part.</summary>
    internal sealed class Writer
    {
        private readonly NGramModelParts _owner;
        private readonly byte*[] _at;
        private readonly byte*[] _end;
        private readonly int[] _block;

        public Writer(NGramModelParts owner)
        {
            _owner = owner;
            _at = new byte*[owner.Count];
            _end = new byte*[owner.Count];
            _block = new int[owner.Count];
        }

        /// <summary>Room for a record with this hash.</summary>
        public byte* Add(ulong hash)
        {
            int part = (int)NGramModelLayout.Share(hash, _at.Length);
            byte* record = _at[part];
            if (record == _end[part])
            {
                record = NextBlock(part);
            }

            _at[part] = record + _owner._recordBytes;
            return record;
        }

        /// <summary>Hands over what is left. Nothing may be added afterwards.</summary>
        public void Flush()
        {
            for (int part = 0; part < _at.Length; part++)
            {
                HandOver(part);
            }
        }

        private byte* NextBlock(int part)
        {
            HandOver(part);
            int block = _owner.TakeBlock();
            _block[part] = block;
            byte* start = _owner._pool + ((long)block * _owner._blockBytes);
            _end[part] = start + (_owner._blockBytes / _owner._recordBytes * _owner._recordBytes);
            return start;
        }

        private void HandOver(int part)
        {
            if (_at[part] == null)
            {
                return;
            }

            int bytes = (int)(_at[part] - (_owner._pool + ((long)_block[part] * _owner._blockBytes)));
            lock (_owner._gate)
            {
                _owner._parts[part].Blocks.Add((_block[part], bytes));
            }

            _at[part] = null;
            _end[part] = null;
        }
    }

    private sealed class Part
    {
        public List<(int Block, int Bytes)> Blocks { get; } = [];

        public List<(long Position, int Bytes)> Extents { get; } = [];
    }
}
