using System.Runtime.InteropServices;

namespace Bytemill.Training;

/// <summary>Unmanaged memory that is written all over the place: in large pages where the system gives them for the asking.</summary>
/// <remarks>With pages of 4 kB most writes of a scatter miss the TLB, and a fresh block of 128 MB begins with 32 768 page faults.</remarks>
internal static unsafe partial class LargeBlock
{
    private const nuint PageBytes = 2 << 20;
    private const int AdviseHugePages = 14;

    public static byte* Allocate(nuint bytes)
    {
        var block = (byte*)NativeMemory.AlignedAlloc(bytes, bytes >= PageBytes ? PageBytes : 64);
        if (bytes >= PageBytes && OperatingSystem.IsLinux())
        {
            // Advice: when the system declines, the block works as it is. Whole pages only, so that nothing beyond the block is committed.
            _ = Advise(block, bytes & ~(PageBytes - 1), AdviseHugePages);
        }

        return block;
    }

    public static void Free(byte* block) => NativeMemory.AlignedFree(block);

    [LibraryImport("libc", EntryPoint = "madvise")]
    internal static partial int Advise(byte* start, nuint bytes, int advice);
}
