using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.ExceptionServices;
using ZstdSharp;

namespace Bytemill.Corpus;

/// <summary>A file of lines as bytes: what tells it from others, how it is cut into groups, and its decompressed content.</summary>
internal static class LineFile
{
    /// <summary>Bytes of a group of an uncompressed file; a line belongs to the group that it begins in. Part of what a job's result depends on
    /// (which rows <c>--sample</c> takes), so it never changes.</summary>
    public const long GroupBytes = 8 << 20;

    // Read for the fingerprint, spread evenly over the file.
    private const int WindowBytes = 4096;
    private const int Windows = 64;
    private const int WindowsAtOnce = 16;

    // Of far files, by path and version. A few megabytes.
    private const int MostFingerprints = 50_000;
    private static readonly ConcurrentDictionary<(string Path, string Version), string> s_fingerprints = new();

    // What compressed text grows by, about, when it is decompressed; for planning only.
    private const int UsualRatio = 3;

    public static CorpusFile Inspect(string path, InputFormat format, SourceOptions options)
    {
        using CorpusSource file = CorpusSource.Open(path);
        long length = file.LengthBytes;
        CheckMagic(format, file);
        string fingerprint = Fingerprint(file);
        LineColumns columns = LineColumns.Find(path, format, options with { Keep = HivePath.WithoutDirectories(path, options.Keep) }, length);
        return new CorpusFile
        {
            Path = path,
            LengthBytes = length,
            Fingerprint = fingerprint,
            RowGroups =
            [
                .. Enumerable.Range(0, GroupCount(format, length)).Select(group => new RowGroupInfo(
                    RowGroupInfo.UnknownRows,
                    format.Compression == InputCompression.None ? EndOf(group, length) - (group * GroupBytes) : checked(length * UsualRatio))),
            ],
            Columns = HivePath.WithDirectories(path, columns.Columns),
        };
    }

    public static int GroupCount(InputFormat format, long length) => length == 0 ? 0
        : format.Compression == InputCompression.None ? checked((int)((length + GroupBytes - 1) / GroupBytes))
        : 1;

    public static long EndOf(int group, long length) => Math.Min(length, (group + 1) * GroupBytes);

    /// <summary>The decompressed content from a byte on; only an uncompressed file can be read from elsewhere than its beginning.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Its format.</param>
    /// <param name="start">First byte.</param>
    /// <param name="end">About where reading will end.</param>
    /// <exception cref="CorpusException">The file cannot be opened.</exception>
    public static Stream OpenContent(string path, InputFormat format, long start, long end = long.MaxValue)
    {
        IStoreFile opened = CorpusSource.OpenFile(path);
        opened.Announce(start, Math.Min(end, opened.LengthBytes) - start);
        StoreStream file = new(opened, path) { Position = start };
        return format.Compression switch
        {
            InputCompression.Gzip => new GzipContent(file),
            InputCompression.Zstd => new DecompressionStream(file, leaveOpen: false),
            _ => file,
        };
    }

    /// <summary>XxHash3 over the length and some of the content, as 16 hex digits.</summary>
    public static string Fingerprint(CorpusSource file)
    {
        if (file.Version is not { } version)
        {
            return ComputeFingerprint(file);
        }

        (string, string) key = (file.Path, version);
        if (!s_fingerprints.TryGetValue(key, out string? known))
        {
            if (s_fingerprints.Count >= MostFingerprints)
            {
                s_fingerprints.Clear();
            }

            known = ComputeFingerprint(file);
            s_fingerprints[key] = known;
        }

        return known;
    }

    private static string ComputeFingerprint(CorpusSource file)
    {
        XxHash3 hash = new();
        long length = file.LengthBytes;
        Span<byte> window = stackalloc byte[WindowBytes];
        BinaryPrimitives.WriteInt64LittleEndian(window, length);
        hash.Append(window[..sizeof(long)]);
        long step = Math.Max(WindowBytes, length / Windows);
        if (length <= GroupBytes)
        {
            // The windows lie close to each other.
            file.Announce(0, length);
        }
        else if (file.Version is not null)
        {
            FetchWindows(file, step);
        }

        for (long position = 0; position < length; position += step)
        {
            // The last one reaches the end.
            long start = position + step >= length ? Math.Max(0, length - WindowBytes) : position;
            hash.Append(window[..Read(file, start, window)]);
        }

        return hash.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture);
    }

    // Each is a request: several at once, and whoever reads them then finds them at hand.
    private static void FetchWindows(CorpusSource file, long step)
    {
        try
        {
            Parallel.For(0, Windows, new ParallelOptions { MaxDegreeOfParallelism = WindowsAtOnce }, i => file.Read(Math.Min(i * step, file.LengthBytes - 1), new byte[1]));
        }
        catch (AggregateException error)
        {
            // One says enough.
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
    }

    private static void CheckMagic(InputFormat format, CorpusSource file)
    {
        Span<byte> head = stackalloc byte[4];
        head = head[..Read(file, 0, head)];
        bool isRight = format.Compression switch
        {
            InputCompression.Gzip => head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]),
            // A frame, or a frame to be skipped.
            InputCompression.Zstd => head.SequenceEqual((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd])
                || (head.Length == 4 && (head[0] & 0xf0) == 0x50 && head[1..].SequenceEqual((ReadOnlySpan<byte>)[0x2a, 0x4d, 0x18])),
            _ => true,
        };
        if (!isRight)
        {
            string name = format.Compression == InputCompression.Gzip ? "gzip" : "zstd";
            throw new CorpusException(file.LengthBytes == 0
                ? $"{file.Path}: the file is empty (0 bytes), which no {name} file is; write or download it again."
                : $"{file.Path}: not a {name} file: it begins with bytes {Convert.ToHexStringLower(head)}. Write or download it again, or give it the name of what it is.");
        }
    }

    private static int Read(CorpusSource file, long position, Span<byte> target)
    {
        int done = 0;
        while (done < target.Length && file.Read(position + done, target[done..]) is > 0 and var read)
        {
            done += read;
        }

        return done;
    }
}
