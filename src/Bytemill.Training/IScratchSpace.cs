using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>Where a step spills what its memory does not hold. Must be safe for concurrent use.</summary>
public interface IScratchSpace
{
    /// <summary>A new empty stream that can be read, written and sought; its contents are gone once it is disposed.</summary>
    Stream Create();

    /// <summary>New memory that a file of the space stands behind, for what is read and written all over; gone once it is disposed.</summary>
    /// <param name="bytes">1 or more. The room on the disk is taken at once.</param>
    /// <exception cref="IOException">The disk has no room for it.</exception>
    FlatMemory CreateMemory(long bytes);
}
