using Microsoft.Win32.SafeHandles;

namespace Bytemill.Corpus;

/// <summary>An open file of this machine.</summary>
internal sealed class LocalFile : IStoreFile
{
    private readonly SafeFileHandle _handle;

    public LocalFile(string path)
    {
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        LengthBytes = RandomAccess.GetLength(_handle);
    }

    public long LengthBytes { get; }

    public string? Version => null;

    public int Read(long position, Span<byte> target) => RandomAccess.Read(_handle, target, position);

    public void Announce(long position, long lengthBytes, bool isGlance)
    {
        // The system reads ahead by itself.
    }

    public void Dispose() => _handle.Dispose();
}
