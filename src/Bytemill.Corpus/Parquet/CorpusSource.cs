namespace Bytemill.Corpus;

/// <summary>An open input file, read at positions; safe for several readers at once.</summary>
internal sealed class CorpusSource : IDisposable
{
    private readonly IStoreFile _file;

    private CorpusSource(string path, IStoreFile file) => (Path, _file) = (path, file);

    public string Path { get; }

    public long LengthBytes => _file.LengthBytes;

    /// <inheritdoc cref="IStoreFile.Version"/>
    public string? Version => _file.Version;

    /// <exception cref="CorpusException">The file is missing, a directory, or may not be read.</exception>
    public static CorpusSource Open(string path) => new(path, OpenFile(path));

    /// <exception cref="CorpusException">As for <see cref="Open"/>.</exception>
    public static IStoreFile OpenFile(string path)
    {
        try
        {
            return Stores.Of(path).Open(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new CorpusException($"{path}: the file cannot be opened: {error.Message}", error) { Fault = CorpusFault.Access };
        }
    }

    /// <inheritdoc cref="IStoreFile.Announce"/>
    public void Announce(long position, long lengthBytes, bool isGlance = false) => _file.Announce(position, lengthBytes, isGlance);

    /// <exception cref="CorpusException">The file ends before, or the system cannot read it.</exception>
    public void ReadExactly(long position, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int read = Read(position, target);
            if (read == 0)
            {
                throw new CorpusException(
                    $"{Path}: the file ends at byte {position}, before its end when it was opened ({LengthBytes} bytes); "
                    + "do not change inputs while a job runs.")
                { Fault = CorpusFault.Access };
            }

            position += read;
            target = target[read..];
        }
    }

    /// <returns>Bytes read; 0 at the end of the file.</returns>
    /// <exception cref="CorpusException">The system cannot read it.</exception>
    public int Read(long position, Span<byte> target)
    {
        try
        {
            return _file.Read(position, target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"{Path}: byte {position} cannot be read: {error.Message}", error) { Fault = CorpusFault.Access };
        }
    }

    public void Dispose() => _file.Dispose();
}
