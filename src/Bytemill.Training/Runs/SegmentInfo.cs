namespace Bytemill.Training;

/// <summary>Where a segment lies in its run file and what it holds.</summary>
internal readonly record struct SegmentInfo(long Offset, long LengthBytes, long Entries, long Total);
