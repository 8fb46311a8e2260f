using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;

namespace Bytemill.Training;

/// <summary>A pruned n-gram model in mapped or native memory. Read-only; may be used by any number of threads, until it is disposed.</summary>
public sealed unsafe class NGramModel : IDisposable
{
    private const int CopyBytes = 1 << 20;

    private readonly MemoryMappedViewAccessor? _view;
    private readonly Lock _gate = new();
    private readonly NGramModelTable[] _tables = new NGramModelTable[PackedNGram.MaxLength + 1];
    private byte* _memory;

    private NGramModel(byte* memory, long length, MemoryMappedViewAccessor? view, bool verify)
    {
        _view = view;
        LengthBytes = length;
        var header = new ReadOnlySpan<byte>(memory, NGramModelLayout.HeaderBytes);
        if (!header.StartsWith(NGramModelLayout.Magic) || header[5] != NGramModelLayout.Version || header[6] is < 1 or > PackedNGram.MaxLength || header[7] is not (2 or 4))
        {
            throw RunFormatException.Damaged(0, "it does not begin as an n-gram model of this version");
        }

        long bodyBytes = length - NGramModelLayout.DirectoryBytes - NGramModelLayout.TrailerBytes;
        ReadOnlySpan<byte> directory = new(memory + bodyBytes, NGramModelLayout.DirectoryBytes);
        if (BinaryPrimitives.ReadInt64LittleEndian(directory[^sizeof(long)..]) != length
            || !new ReadOnlySpan<byte>(memory + length - 8, 8).SequenceEqual(NGramModelLayout.EndMagic))
        {
            throw RunFormatException.Damaged(length, "the model was cut short");
        }

        if (verify && Hash(memory, length - NGramModelLayout.TrailerBytes)
            != BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(memory + length - NGramModelLayout.TrailerBytes, 8)))
        {
            throw RunFormatException.Damaged(length - NGramModelLayout.TrailerBytes, "the model's checksum differs");
        }

        Order = header[6];
        IndexBytes = header[7];
        Total = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        long distinct = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        long bytes = distinct < 0 || distinct > bodyBytes
            ? long.MaxValue
            : NGramModelLayout.Align(NGramModelLayout.HeaderBytes + ((distinct + 1) * sizeof(double)));
        long pairs = bytes > bodyBytes ? long.MaxValue : NGramModelLayout.Align(bytes + (256 * IndexBytes));
        if (pairs > bodyBytes - (NGramModelLayout.Pairs * IndexBytes))
        {
            throw RunFormatException.Damaged(16, $"it cannot hold {distinct} distinct counts");
        }

        Logs = (double*)(memory + NGramModelLayout.HeaderBytes);
        Bytes = memory + bytes;
        Pairs = memory + pairs;
        var counts = ImmutableArray.CreateBuilder<long>(Order);
        for (int n = 1; n <= Order; n++)
        {
            ReadOnlySpan<byte> entry = directory[((n - 1) * 4 * sizeof(long))..];
            counts.Add(BinaryPrimitives.ReadInt64LittleEndian(entry));
            if (n < 3)
            {
                continue;
            }

            long capacity = BinaryPrimitives.ReadInt64LittleEndian(entry[8..]);
            long slots = BinaryPrimitives.ReadInt64LittleEndian(entry[16..]);
            long offset = BinaryPrimitives.ReadInt64LittleEndian(entry[24..]);
            int slotBytes = NGramModelLayout.SlotBytes(n, IndexBytes);
            if (capacity < 1 || slots <= capacity || slots > bodyBytes / slotBytes || offset < pairs || offset > bodyBytes - NGramModelLayout.Padding - (slots * slotBytes))
            {
                throw RunFormatException.Damaged(bodyBytes, $"a table of n-grams of {n} bytes does not fit");
            }

            _tables[n] = new NGramModelTable(memory + offset, capacity, n, IndexBytes);
        }

        NGramsByOrder = counts.MoveToImmutable();

        // Last, so that the finalizer of a model that was refused releases nothing.
        _memory = memory;
    }

    /// <summary>Releases the memory when <see cref="Dispose"/> was forgotten.</summary>
    ~NGramModel() => Release();

    /// <summary>Longest n-gram, in bytes.</summary>
    public int Order { get; }

    /// <summary>c(): bytes of the corpus, and 1 for every byte value that never occurred.</summary>
    public long Total { get; }

    /// <summary>n-grams by length; index 0 is length 1.</summary>
    public ImmutableArray<long> NGramsByOrder { get; }

    /// <summary>Length of the file.</summary>
    public long LengthBytes { get; }

    /// <summary>Width of an index: 2 or 4.</summary>
    internal int IndexBytes { get; }

    /// <summary>Logarithms of counts by index; −∞ at 0.</summary>
    internal double* Logs { get; }

    /// <summary>Indexes of the 256 bytes.</summary>
    internal byte* Bytes { get; }

    /// <summary>Indexes of the pairs, the first byte being the low one of a pair's number.</summary>
    internal byte* Pairs { get; }

    /// <summary>Maps a model file. Its pages are shared by all processes of a machine that map the file.</summary>
    /// <param name="file">May be disposed once this returns.</param>
    /// <param name="length">Length of the file in bytes.</param>
    /// <param name="verify">Whether to check the whole file's checksum, which reads it once. A file that was not checked and is damaged can crash the process.</param>
    /// <exception cref="RunFormatException">The file is damaged or no n-gram model.</exception>
    public static NGramModel Open(MemoryMappedFile file, long length, bool verify = true)
    {
        ArgumentNullException.ThrowIfNull(file);
        CheckLength(length);
        MemoryMappedViewAccessor view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        try
        {
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            return new NGramModel(pointer + view.PointerOffset, length, view, verify);
        }
        catch
        {
            if (pointer != null)
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
            }

            view.Dispose();
            throw;
        }
    }

    /// <summary>Copies a model into memory: from the stream's present position to its end.</summary>
    /// <exception cref="RunFormatException">The stream does not hold an n-gram model.</exception>
    /// <remarks>Look-ups are faster than in a mapped file where the system gives large pages (ADR 9).</remarks>
    public static NGramModel Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long length = stream.Length - stream.Position;
        CheckLength(length);
        byte* memory = LargeBlock.Allocate((nuint)length);
        try
        {
            for (long done = 0; done < length;)
            {
                int part = (int)Math.Min(CopyBytes, length - done);
                stream.ReadExactly(new Span<byte>(memory + done, part));
                done += part;
            }

            return new NGramModel(memory, length, view: null, verify: true);
        }
        catch
        {
            LargeBlock.Free(memory);
            throw;
        }
    }

    /// <summary>The score of an n-gram: ln c(w₁…wₙ) − ln c(w₁…wₙ₋₁); −∞ when it was not kept.</summary>
    public double Score(ReadOnlySpan<byte> ngram)
    {
        ObjectDisposedException.ThrowIf(_memory == null, this);
        if (ngram.Length == 0 || ngram.Length > Order)
        {
            return double.NegativeInfinity;
        }

        uint index = IndexOf(ngram);
        double score = index == 0
            ? double.NegativeInfinity
            : Logs[index] - (ngram.Length == 1 ? LogTotal : Logs[IndexOf(ngram[..^1])]);
        GC.KeepAlive(this);
        return score;
    }

    /// <summary>
    /// Takes the pages of a mapped model out of this process's memory; those that are read again come back from the file's cache.
    /// Others may read meanwhile. A model that was copied stays.
    /// </summary>
    public void TrimResidency()
    {
        lock (_gate)
        {
            if (_memory != null && _view is not null)
            {
                NGramModelPages.Drop(_memory, LengthBytes);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>ln c().</summary>
    internal double LogTotal => Tokenization.ExactLog.Ln(Total);

    /// <summary>The n-grams of a length, 3 or more.</summary>
    internal NGramModelTable Table(int length) => _tables[length];

    private static void CheckLength(long length)
    {
        if (length < NGramModelLayout.HeaderBytes + NGramModelLayout.DirectoryBytes + NGramModelLayout.TrailerBytes)
        {
            throw RunFormatException.Damaged(0, $"{length} bytes are too few for an n-gram model");
        }
    }

    private static ulong Hash(byte* memory, long length)
    {
        var hash = new XxHash3();
        for (long done = 0; done < length;)
        {
            int part = (int)Math.Min(CopyBytes, length - done);
            hash.Append(new ReadOnlySpan<byte>(memory + done, part));
            done += part;
        }

        return hash.GetCurrentHashAsUInt64();
    }

    private uint IndexOf(ReadOnlySpan<byte> ngram)
    {
        // SAFETY: a byte or a pair of bytes is within its section, whose place was checked.
        ulong key = NGramModelLayout.LastOnTop(PackedNGram.Pack(ngram), ngram.Length);
        if (ngram.Length >= 3)
        {
            return _tables[ngram.Length].OwnIndex(key);
        }

        byte* section = ngram.Length == 1 ? Bytes : Pairs;
        ulong number = key >> (64 - (8 * ngram.Length));
        return IndexBytes == sizeof(ushort) ? ((ushort*)section)[number] : ((uint*)section)[number];
    }

    private void Release()
    {
        lock (_gate)
        {
            if (_memory == null)
            {
                return;
            }

            if (_view is null)
            {
                LargeBlock.Free(_memory);
            }
            else
            {
                _view.SafeMemoryMappedViewHandle.ReleasePointer();
                _view.Dispose();
            }

            _memory = null;
        }
    }
}
