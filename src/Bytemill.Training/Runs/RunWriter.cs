using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace Bytemill.Training;

/// <summary>Writes a run file: header, segments, footer with their places. Needs neither seeking nor reading.</summary>
/// <remarks>
/// Header: "BMRUN", version, kind, 0. Footer: number of segments (i32), per segment offset, length, entries and total (i64 each),
/// length of the extra bytes (i32) and they; then XxHash3 of the footer, its offset (i64), "BMRUNEND". Little endian.
/// </remarks>
internal sealed class RunWriter : IDisposable
{
    public const int HeaderBytes = 8;
    public const int TrailerBytes = 24;
    public const byte Version = 2;

    private readonly Stream _output;
    private readonly List<SegmentInfo> _segments = [];
    private long _position;

    public RunWriter(Stream output, RunKind kind, BlockCodec codec)
    {
        _output = output;
        Segment = new SegmentWriter(output, codec);
        Span<byte> header = stackalloc byte[HeaderBytes];
        HeaderMagic.CopyTo(header);
        header[5] = Version;
        header[6] = (byte)kind;
        header[7] = 0;
        output.Write(header);
        _position = HeaderBytes;
    }

    public static ReadOnlySpan<byte> HeaderMagic => "BMRUN"u8;

    public static ReadOnlySpan<byte> EndMagic => "BMRUNEND"u8;

    /// <summary>Takes the entries of the segment at hand.</summary>
    public SegmentWriter Segment { get; }

    /// <summary>Number of segments ended so far.</summary>
    public int SegmentCount => _segments.Count;

    /// <summary>Ends the segment at hand, which may be empty, and begins the next.</summary>
    public void EndSegment()
    {
        SegmentInfo info = Segment.Finish(_position);
        _segments.Add(info);
        _position += info.LengthBytes;
    }

    /// <summary>Ends the segments of all shards before the one that <paramref name="key"/> lies in; all that are left when it is null.</summary>
    public void EndSegmentsBefore(ulong? key, KeyRanges ranges)
    {
        while (SegmentCount < ranges.Count && (key is null || (SegmentCount + 1 < ranges.Count && key >= ranges.Starts[SegmentCount + 1])))
        {
            EndSegment();
        }
    }

    /// <summary>Appends a segment that was written elsewhere.</summary>
    public void AppendSegment(Stream blocks, SegmentInfo info)
    {
        blocks.Position = 0;
        blocks.CopyTo(_output);
        _segments.Add(info with { Offset = _position });
        _position += info.LengthBytes;
    }

    /// <summary>Writes the footer. The output stays open.</summary>
    public RunSummary Finish(ReadOnlySpan<byte> extra = default)
    {
        var footer = new ArrayBufferWriter<byte>();
        WriteInt32(footer, _segments.Count);
        long entries = 0;
        long total = 0;
        foreach (SegmentInfo segment in _segments)
        {
            WriteInt64(footer, segment.Offset);
            WriteInt64(footer, segment.LengthBytes);
            WriteInt64(footer, segment.Entries);
            WriteInt64(footer, segment.Total);
            entries += segment.Entries;
            total = checked(total + segment.Total);
        }

        WriteInt32(footer, extra.Length);
        footer.Write(extra);
        ulong hash = XxHash3.HashToUInt64(footer.WrittenSpan);
        WriteInt64(footer, unchecked((long)hash));
        WriteInt64(footer, _position);
        footer.Write(EndMagic);
        _output.Write(footer.WrittenSpan);
        _output.Flush();
        return new RunSummary(
            entries, total, _position + footer.WrittenCount, [.. _segments.Select(segment => segment.LengthBytes)], TextBytes: total);
    }

    public void Dispose() => Segment.Dispose();

    private static void WriteInt32(ArrayBufferWriter<byte> writer, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(sizeof(int)), value);
        writer.Advance(sizeof(int));
    }

    private static void WriteInt64(ArrayBufferWriter<byte> writer, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(writer.GetSpan(sizeof(long)), value);
        writer.Advance(sizeof(long));
    }
}
