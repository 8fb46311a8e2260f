namespace Bytemill.Corpus;

/// <summary>An open file of a store, read at positions; safe for several readers at once.</summary>
public interface IStoreFile : IDisposable
{
    /// <summary>Length when it was opened.</summary>
    long LengthBytes { get; }

    /// <summary>As <see cref="StoredFile.Version"/> of a file that is far away, so that what was found out about it need not be found out again; null of a near one.</summary>
    string? Version { get; }

    /// <summary>Reads some bytes.</summary>
    /// <returns>Bytes read, at least 1; 0 at the end of the file.</returns>
    /// <exception cref="IOException">It cannot be read, or is another file by now.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    int Read(long position, Span<byte> target);

    /// <summary>Says that a stretch will be read from its beginning to its end, so that a far store may fetch it ahead. Changes no byte.</summary>
    /// <param name="position">Its first byte.</param>
    /// <param name="lengthBytes">Its length.</param>
    /// <param name="isGlance">Whether only few bytes of it are wanted now, and the rest comes later: then it is fetched as far as it can be kept until then.</param>
    void Announce(long position, long lengthBytes, bool isGlance = false);
}
