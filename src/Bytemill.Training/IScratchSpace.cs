namespace Bytemill.Training;

/// <summary>Where a step spills what its memory does not hold. Must be safe for concurrent use.</summary>
public interface IScratchSpace
{
    /// <summary>A new empty stream that can be read, written and sought; its contents are gone once it is disposed.</summary>
    Stream Create();
}
