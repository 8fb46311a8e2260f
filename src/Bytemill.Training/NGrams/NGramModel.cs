using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Bytemill.Training;

/// <summary>
/// A pruned n-gram model: all of it in native memory, or its tables left in their file. Read-only; may be used by any number of
/// threads, until it is disposed.
/// </summary>
public sealed unsafe class NGramModel : IDisposable
{
    private const int CopyBytes = 1 << 20;

    private readonly SafeFileHandle? _file;
    private readonly Lock _gate = new();
    private readonly NGramModelTable[] _tables = new NGramModelTable[PackedNGram.MaxLength + 1];
    private readonly long[] _offsets = new long[PackedNGram.MaxLength + 1];
    private byte* _memory;

    /// <param name="memory">The file's contents, or only those before the tables when there is a <paramref name="file"/>.</param>
    /// <param name="sections">Where things lie before the tables.</param>
    /// <param name="directory">The file's.</param>
    /// <param name="file">Where the tables stay.</param>
    private NGramModel(byte* memory, Sections sections, ReadOnlySpan<byte> directory, SafeFileHandle? file)
    {
        _file = file;
        LengthBytes = sections.FileBytes;
        var header = new ReadOnlySpan<byte>(memory, NGramModelLayout.HeaderBytes);
        Order = header[6];
        IndexBytes = header[7];
        Total = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        Logs = (double*)(memory + NGramModelLayout.HeaderBytes);
        Bytes = memory + sections.Bytes;
        Pairs = memory + sections.Pairs;
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
            long bodyBytes = sections.BodyBytes;
            if (capacity < 1 || slots <= capacity || slots > bodyBytes / slotBytes
                || offset < sections.End || offset > bodyBytes - NGramModelLayout.Padding - (slots * slotBytes))
            {
                throw RunFormatException.Damaged(bodyBytes, $"a table of n-grams of {n} bytes does not fit");
            }

            _offsets[n] = offset;
            _tables[n] = new NGramModelTable(file is null ? memory + offset : null, capacity, n, IndexBytes, slotCount: slots);
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

    /// <summary>Whether the tables stay in a file, from which <see cref="NGramTableReader"/> reads what is looked up.</summary>
    internal bool IsInFile => _file is not null;

    /// <summary>
    /// Leaves the tables in their file and reads from it what is looked up, through the system's cache, which all processes of a machine
    /// share. For models larger than the memory they may take.
    /// </summary>
    /// <param name="file">The whole of it is the model. Owned by the model once this returns. Nobody may change it meanwhile.</param>
    /// <exception cref="RunFormatException">The file is damaged or no n-gram model.</exception>
    /// <remarks>Reads all of the file once, for its checksum. In memory stays what is before the tables: logarithms, bytes and pairs.</remarks>
    public static NGramModel Open(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        long length = RandomAccess.GetLength(file);
        CheckLength(length);
        byte[] header = new byte[NGramModelLayout.HeaderBytes];
        byte[] end = new byte[NGramModelLayout.DirectoryBytes + NGramModelLayout.TrailerBytes];
        ReadExactly(file, header, 0);
        ReadExactly(file, end, length - end.Length);
        Sections sections = Sections.Of(header, end, length);
        byte[] buffer = new byte[CopyBytes];
        var hash = new XxHash3();
        long hashed = length - NGramModelLayout.TrailerBytes;
        for (long done = 0; done < hashed;)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(CopyBytes, hashed - done));
            ReadExactly(file, part, done);
            hash.Append(part);
            done += part.Length;
        }

        CheckHash(hash.GetCurrentHashAsUInt64(), end.AsSpan(NGramModelLayout.DirectoryBytes), length);
        byte* memory = LargeBlock.Allocate((nuint)sections.End);
        try
        {
            for (long done = 0; done < sections.End;)
            {
                int part = (int)Math.Min(CopyBytes, sections.End - done);
                ReadExactly(file, new Span<byte>(memory + done, part), done);
                done += part;
            }

            return new NGramModel(memory, sections, end, file);
        }
        catch
        {
            LargeBlock.Free(memory);
            throw;
        }
    }

    /// <summary>Copies a model into memory: from the stream's present position to its end.</summary>
    /// <exception cref="RunFormatException">The stream does not hold an n-gram model.</exception>
    /// <remarks>Look-ups are fastest where the system gives large pages (ADR 9).</remarks>
    public static NGramModel Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long length = stream.Length - stream.Position;
        CheckLength(length);
        byte* memory = LargeBlock.Allocate((nuint)length);
        try
        {
            var hash = new XxHash3();
            long hashed = length - NGramModelLayout.TrailerBytes;
            for (long done = 0; done < length;)
            {
                var part = new Span<byte>(memory + done, (int)Math.Min(CopyBytes, length - done));
                stream.ReadExactly(part);
                hash.Append(part[..(int)Math.Clamp(hashed - done, 0, part.Length)]);
                done += part.Length;
            }

            ReadOnlySpan<byte> end = new(memory + hashed - NGramModelLayout.DirectoryBytes, NGramModelLayout.DirectoryBytes + NGramModelLayout.TrailerBytes);
            Sections sections = Sections.Of(new(memory, NGramModelLayout.HeaderBytes), end, length);
            CheckHash(hash.GetCurrentHashAsUInt64(), end[NGramModelLayout.DirectoryBytes..], length);
            return new NGramModel(memory, sections, end, file: null);
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

    /// <summary>Reads from the file of a model that stays there.</summary>
    /// <param name="length">Of the table's n-grams, 3 or more.</param>
    /// <param name="offset">In the table, in bytes.</param>
    /// <param name="target">Filled.</param>
    /// <exception cref="RunFormatException">The file became shorter.</exception>
    internal void ReadTable(int length, long offset, Span<byte> target) => ReadExactly(_file!, target, _offsets[length] + offset);

    private static void CheckLength(long length)
    {
        if (length < NGramModelLayout.HeaderBytes + NGramModelLayout.DirectoryBytes + NGramModelLayout.TrailerBytes)
        {
            throw RunFormatException.Damaged(0, $"{length} bytes are too few for an n-gram model");
        }
    }

    private static void ReadExactly(SafeFileHandle file, Span<byte> target, long offset)
    {
        while (target.Length > 0)
        {
            int read = RandomAccess.Read(file, target, offset);
            if (read == 0)
            {
                throw RunFormatException.Damaged(offset, "the model was cut short");
            }

            target = target[read..];
            offset += read;
        }
    }

    private static void CheckHash(ulong hash, ReadOnlySpan<byte> trailer, long length)
    {
        if (hash != BinaryPrimitives.ReadUInt64LittleEndian(trailer))
        {
            throw RunFormatException.Damaged(length - NGramModelLayout.TrailerBytes, "the model's checksum differs");
        }
    }

    private uint IndexOf(ReadOnlySpan<byte> ngram)
    {
        // SAFETY: a byte or a pair of bytes is within its section, whose place was checked.
        ulong key = NGramModelLayout.LastOnTop(PackedNGram.Pack(ngram), ngram.Length);
        if (ngram.Length >= 3)
        {
            if (!IsInFile)
            {
                return _tables[ngram.Length].OwnIndex(key);
            }

            var reader = new NGramTableReader(this);
            _ = reader.Read(ngram.Length, [NGramModelLayout.Hash(key, ngram.Length)], 0, out NGramModelTable part);
            uint index = part.OwnIndex(key);
            GC.KeepAlive(reader);
            return index;
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

            LargeBlock.Free(_memory);
            _file?.Dispose();
            _memory = null;
        }
    }

    /// <summary>Where things lie before the tables, as far as the file's first and last bytes tell.</summary>
    /// <param name="Bytes">Of the indexes of bytes.</param>
    /// <param name="Pairs">Of the indexes of pairs.</param>
    /// <param name="End">Behind them.</param>
    /// <param name="BodyBytes">Of all before the directory.</param>
    /// <param name="FileBytes">Of all.</param>
    private readonly record struct Sections(long Bytes, long Pairs, long End, long BodyBytes, long FileBytes)
    {
        /// <exception cref="RunFormatException">The file is damaged or no n-gram model.</exception>
        public static Sections Of(ReadOnlySpan<byte> header, ReadOnlySpan<byte> directoryAndTrailer, long length)
        {
            if (!header.StartsWith(NGramModelLayout.Magic) || header[5] != NGramModelLayout.Version || header[6] is < 1 or > PackedNGram.MaxLength || header[7] is not (2 or 4))
            {
                throw RunFormatException.Damaged(0, "it does not begin as an n-gram model of this version");
            }

            long bodyBytes = length - NGramModelLayout.DirectoryBytes - NGramModelLayout.TrailerBytes;
            ReadOnlySpan<byte> directory = directoryAndTrailer[..NGramModelLayout.DirectoryBytes];
            if (BinaryPrimitives.ReadInt64LittleEndian(directory[^sizeof(long)..]) != length
                || !directoryAndTrailer.EndsWith(NGramModelLayout.EndMagic))
            {
                throw RunFormatException.Damaged(length, "the model was cut short");
            }

            int indexBytes = header[7];
            long distinct = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
            long bytes = distinct < 0 || distinct > bodyBytes
                ? long.MaxValue
                : NGramModelLayout.Align(NGramModelLayout.HeaderBytes + ((distinct + 1) * sizeof(double)));
            long pairs = bytes > bodyBytes ? long.MaxValue : NGramModelLayout.Align(bytes + (256 * indexBytes));
            return pairs > bodyBytes - (NGramModelLayout.Pairs * indexBytes)
                ? throw RunFormatException.Damaged(16, $"it cannot hold {distinct} distinct counts")
                : new Sections(bytes, pairs, pairs + (NGramModelLayout.Pairs * indexBytes), bodyBytes, length);
        }
    }
}
