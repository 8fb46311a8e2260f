using System.Buffers.Binary;
using System.IO.Hashing;

namespace Bytemill.Training;

/// <summary>The index of a run file.</summary>
internal sealed class RunFooter
{
    private RunFooter(SegmentInfo[] segments, byte[] extra)
    {
        Segments = segments;
        Extra = extra;
    }

    public SegmentInfo[] Segments { get; }

    public byte[] Extra { get; }

    public static RunFooter Read(Stream input, RunKind kind)
    {
        long length = input.Length;
        if (length < RunWriter.HeaderBytes + RunWriter.TrailerBytes)
        {
            throw RunFormatException.Damaged(0, $"{length} bytes are too few for a run file");
        }

        Span<byte> header = stackalloc byte[RunWriter.HeaderBytes];
        input.Position = 0;
        input.ReadExactly(header);
        if (!header.StartsWith(RunWriter.HeaderMagic) || header[5] != RunWriter.Version || header[7] != 0)
        {
            throw RunFormatException.Damaged(0, "it does not begin as a run file of this version");
        }

        if (header[6] != (byte)kind)
        {
            throw RunFormatException.Damaged(6, $"it is of kind {header[6]}, expected {(byte)kind} ({kind})");
        }

        Span<byte> trailer = stackalloc byte[RunWriter.TrailerBytes];
        input.Position = length - RunWriter.TrailerBytes;
        input.ReadExactly(trailer);
        long offset = BinaryPrimitives.ReadInt64LittleEndian(trailer[8..]);
        long footerBytes = length - RunWriter.TrailerBytes - offset;
        if (!trailer[16..].SequenceEqual(RunWriter.EndMagic) || offset < RunWriter.HeaderBytes || footerBytes is < 8 or > int.MaxValue)
        {
            throw RunFormatException.Damaged(length - RunWriter.TrailerBytes, "it does not end as a run file; it was cut short");
        }

        byte[] footer = new byte[footerBytes];
        input.Position = offset;
        input.ReadExactly(footer);
        if (XxHash3.HashToUInt64(footer) != BinaryPrimitives.ReadUInt64LittleEndian(trailer))
        {
            throw RunFormatException.Damaged(offset, "the footer's checksum differs");
        }

        // The checksum has passed: what follows was written by us.
        var segments = new SegmentInfo[BinaryPrimitives.ReadInt32LittleEndian(footer)];
        ReadOnlySpan<byte> rest = footer.AsSpan(4);
        for (int i = 0; i < segments.Length; i++)
        {
            segments[i] = new SegmentInfo(
                BinaryPrimitives.ReadInt64LittleEndian(rest),
                BinaryPrimitives.ReadInt64LittleEndian(rest[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(rest[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(rest[24..]));
            rest = rest[32..];
        }

        return new RunFooter(segments, rest[4..].ToArray());
    }
}
