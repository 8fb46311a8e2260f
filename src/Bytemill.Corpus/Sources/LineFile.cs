using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
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

    // What compressed text grows by, about, when it is decompressed; for planning only.
    private const int UsualRatio = 3;

    public static CorpusFile Inspect(string path, InputFormat format, SourceOptions options)
    {
        using SafeFileHandle file = OpenHandle(path);
        long length = RandomAccess.GetLength(file);
        CheckMagic(path, format, file, length);
        string fingerprint = Fingerprint(path, file, length);
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

    /// <exception cref="CorpusException">The file cannot be opened.</exception>
    public static SafeFileHandle OpenHandle(string path)
    {
        try
        {
            return File.OpenHandle(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw CannotOpen(path, error);
        }
    }

    /// <summary>The decompressed content from a byte on; only an uncompressed file can be read from elsewhere than its beginning.</summary>
    public static Stream OpenContent(string path, InputFormat format, long start)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw CannotOpen(path, error);
        }

        file.Position = start;
        return format.Compression switch
        {
            InputCompression.Gzip => new GzipContent(file),
            InputCompression.Zstd => new DecompressionStream(file, leaveOpen: false),
            _ => file,
        };
    }

    /// <summary>XxHash3 over the length and some of the content, as 16 hex digits.</summary>
    public static string Fingerprint(string path, SafeFileHandle file, long length)
    {
        XxHash3 hash = new();
        Span<byte> window = stackalloc byte[WindowBytes];
        BinaryPrimitives.WriteInt64LittleEndian(window, length);
        hash.Append(window[..sizeof(long)]);
        long step = Math.Max(WindowBytes, length / Windows);
        for (long position = 0; position < length; position += step)
        {
            // The last one reaches the end.
            long start = position + step >= length ? Math.Max(0, length - WindowBytes) : position;
            hash.Append(window[..Read(path, file, start, window)]);
        }

        return hash.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture);
    }

    private static void CheckMagic(string path, InputFormat format, SafeFileHandle file, long length)
    {
        Span<byte> head = stackalloc byte[4];
        head = head[..Read(path, file, 0, head)];
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
            throw new CorpusException(length == 0
                ? $"{path}: the file is empty (0 bytes), which no {name} file is; write or download it again."
                : $"{path}: not a {name} file: it begins with bytes {Convert.ToHexStringLower(head)}. Write or download it again, or give it the name of what it is.");
        }
    }

    private static int Read(string path, SafeFileHandle file, long position, Span<byte> target)
    {
        int done = 0;
        try
        {
            while (done < target.Length)
            {
                int read = RandomAccess.Read(file, target[done..], position + done);
                if (read == 0)
                {
                    break;
                }

                done += read;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"{path}: byte {position + done} cannot be read: {error.Message}", error) { Fault = CorpusFault.Access };
        }

        return done;
    }

    private static CorpusException CannotOpen(string path, Exception error) =>
        new($"{path}: the file cannot be opened: {error.Message}", error) { Fault = CorpusFault.Access };
}
