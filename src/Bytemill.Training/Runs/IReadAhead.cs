namespace Bytemill.Training;

/// <summary>A stream of a file that may be far away and would rather know what will be read of it.</summary>
public interface IReadAhead
{
    /// <summary>Says that a stretch will be read from its beginning to its end. Changes no byte.</summary>
    /// <param name="position">Its first byte.</param>
    /// <param name="lengthBytes">Its length, 0 or more.</param>
    void Announce(long position, long lengthBytes);
}
