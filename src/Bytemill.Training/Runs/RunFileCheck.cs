namespace Bytemill.Training;

/// <summary>Reads run files and slices only to see whether they are whole.</summary>
public static class RunFileCheck
{
    /// <summary>Reads every block and compares its checksum.</summary>
    /// <param name="input">The file; seekable, left open.</param>
    /// <param name="kind">What it must be.</param>
    /// <param name="ct">Stops between blocks with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="RunFormatException">The file is damaged, cut short or none of ours.</exception>
    public static void ReadThrough(Stream input, RunKind kind, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var codec = new BlockCodec();
        RunFooter footer = RunFooter.Read(input, kind);
        for (int segment = 0; segment < footer.Segments.Length; segment++)
        {
            using var reader = new SegmentReader(input, footer, segment, codec, leaveOpen: true);
            while (reader.TryReadBlock(out _, out _))
            {
                ct.ThrowIfCancellationRequested();
            }
        }
    }
}
