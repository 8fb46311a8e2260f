namespace Bytemill.Training;

/// <summary>Advice to the system about the pages of a mapped file.</summary>
internal static unsafe class NGramModelPages
{
    private const int AdviseNotNeeded = 4;

    // Whole pages on every system: theirs have 4 to 64 kB.
    private const nuint LargestPage = 64 << 10;

    /// <summary>Takes the whole pages of a read-only mapping out of this process; a later look brings them back from the file's cache.</summary>
    public static void Drop(byte* start, long length)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        nuint first = ((nuint)start + LargestPage - 1) & ~(LargestPage - 1);
        nuint end = ((nuint)start + (nuint)length) & ~(LargestPage - 1);
        if (end > first)
        {
            // Advice: when the system declines, the pages stay.
            _ = LargeBlock.Advise((byte*)first, end - first, AdviseNotNeeded);
        }
    }
}
