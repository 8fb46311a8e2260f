using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Bytemill.Training;

/// <summary>A pruned n-gram model in mapped or native memory. Read-only; may be used by any number of threads, until it is disposed.</summary>
public sealed unsafe class NGramModel : IDisposable
{
    private const int CopyBytes = 1 << 20;

    private readonly MemoryMappedViewAccessor? _view;
    private byte* _memory;
    private readonly byte* _scores;
    private readonly byte* _links;
    private readonly byte* _labels;
    private readonly int _scoreBytes;

    private NGramModel(byte* memory, long length, MemoryMappedViewAccessor? view, bool verify)
    {
        _view = view;
        LengthBytes = length;
        var header = new ReadOnlySpan<byte>(memory, NGramModelLayout.HeaderBytes);
        if (!header.StartsWith(NGramModelLayout.Magic) || header[5] != NGramModelLayout.Version || header[6] is < 1 or > PackedNGram.MaxLength)
        {
            throw RunFormatException.Damaged(0, "it does not begin as an n-gram model of this version");
        }

        Order = header[6];
        Total = BinaryPrimitives.ReadInt64LittleEndian(header[NGramModelLayout.TotalOffset..]);
        long ngrams = 0;
        var counts = ImmutableArray.CreateBuilder<long>(Order);
        for (int n = 0; n < Order; n++)
        {
            counts.Add(BinaryPrimitives.ReadInt64LittleEndian(header[(NGramModelLayout.CountsOffset + (8 * n))..]));
            ngrams += counts[n];
            if ((ulong)counts[n] > (ulong)length || (ulong)ngrams > (ulong)length)
            {
                throw RunFormatException.Damaged(NGramModelLayout.CountsOffset, $"it cannot hold {counts[n]} n-grams of {n + 1} bytes");
            }
        }

        NGramsByOrder = counts.MoveToImmutable();
        if (length != NGramModelLayout.FileBytes(Order, ngrams)
            || BinaryPrimitives.ReadInt64LittleEndian(header[NGramModelLayout.LengthOffset..]) != length
            || !new ReadOnlySpan<byte>(memory + length - 8, 8).SequenceEqual(NGramModelLayout.EndMagic))
        {
            throw RunFormatException.Damaged(length, "the model was cut short");
        }

        if (verify && Hash(memory, length - NGramModelLayout.TrailerBytes)
            != BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(memory + length - NGramModelLayout.TrailerBytes, 8)))
        {
            throw RunFormatException.Damaged(length - NGramModelLayout.TrailerBytes, "the model's checksum differs");
        }

        _scoreBytes = NGramModelLayout.ScoreBytes(Order);
        _scores = memory + NGramModelLayout.ScoresOffset;
        _links = memory + NGramModelLayout.LinksOffset(Order, ngrams);
        _labels = memory + NGramModelLayout.LabelsOffset(Order, ngrams);

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

    /// <summary>Scores of every n-gram, <see cref="ScoreBytes"/> each.</summary>
    internal byte* Scores => _scores;

    internal int ScoreBytes => _scoreBytes;

    /// <summary>Links of every n-gram, <see cref="NGramModelLayout.LinkBytes"/> each.</summary>
    internal byte* Links => _links;

    /// <summary>Last byte of every n-gram.</summary>
    internal byte* Labels => _labels;

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
    public static NGramModel Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long length = stream.Length - stream.Position;
        CheckLength(length);
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)length, 64);
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
            NativeMemory.AlignedFree(memory);
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

        long state = NGramModelLayout.Root;
        foreach (byte value in ngram)
        {
            state = Step(state, value);
        }

        double score = ((double*)(_scores + (state * _scoreBytes)))[ngram.Length - 1];
        GC.KeepAlive(this);
        return score;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>The state after one more byte.</summary>
    /// <param name="state">A state, or <see cref="NGramModelLayout.Root"/> at the beginning.</param>
    /// <param name="value">The byte.</param>
    internal long Step(long state, byte value)
    {
        while (!TryStep(_links, _labels, state, value, out state))
        {
        }

        return state;
    }

    /// <summary>Looks at one n-gram's links for the state after one more byte.</summary>
    /// <param name="links"><see cref="Links"/>.</param>
    /// <param name="labels"><see cref="Labels"/>.</param>
    /// <param name="state">A state, or <see cref="NGramModelLayout.Root"/>.</param>
    /// <param name="value">The byte.</param>
    /// <param name="next">The state after the byte; or, when false, a shorter state to try the same byte with.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryStep(byte* links, byte* labels, long state, byte value, out long next)
    {
        // SAFETY: states are numbers of n-grams; the links were checked by the file's checksum and written by the builder,
        // which only links to n-grams that it wrote.
        if (state == NGramModelLayout.Root)
        {
            next = value;
            return true;
        }

        ulong* words = (ulong*)(links + (state * NGramModelLayout.LinkBytes));
        ulong first = words[0];
        ulong second = words[1];
        int children = (int)(first >> NGramModelLayout.NumberBits) & 511;
        long child = (long)first & NGramModelLayout.NumberMask;

        // The lowest zero byte of the difference is the child; the test is exact for the lowest one.
        uint inline = (uint)(first >> 56) | ((uint)(second >> NGramModelLayout.NumberBits) << 8);
        uint difference = inline ^ (value * 0x01010101u);
        uint zeros = (difference - 0x01010101u) & ~difference & 0x80808080u;
        int index = BitOperations.TrailingZeroCount(zeros) >> 3;
        if (index < children)
        {
            if (zeros == 0)
            {
                index = FindLabel(labels + child, children, value);
                if (index >= children)
                {
                    goto Missing;
                }
            }

            next = child + index;
            return true;
        }

    Missing:
        next = (long)second & NGramModelLayout.NumberMask;
        if (next == NGramModelLayout.Root)
        {
            next = value;
            return true;
        }

        return false;
    }

    /// <returns>The label's index, or <paramref name="count"/> or more when it is not there.</returns>
    private static int FindLabel(byte* labels, int count, byte value)
    {
        // SAFETY: labels are followed by others and in the end by 32 bytes of padding.
        Vector256<byte> wanted = Vector256.Create(value);
        for (int start = NGramModelLayout.InlineLabels; start < count; start += Vector256<byte>.Count)
        {
            uint matches = Vector256.Equals(Vector256.Load(labels + start), wanted).ExtractMostSignificantBits();
            if (matches != 0)
            {
                return start + BitOperations.TrailingZeroCount(matches);
            }
        }

        return count;
    }

    private static void CheckLength(long length)
    {
        if (length < NGramModelLayout.HeaderBytes + NGramModelLayout.TrailerBytes)
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

    private void Release()
    {
        if (_memory == null)
        {
            return;
        }

        if (_view is null)
        {
            NativeMemory.AlignedFree(_memory);
        }
        else
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
        }

        _memory = null;
    }
}
