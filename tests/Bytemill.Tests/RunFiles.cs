using Bytemill.Training;

namespace Bytemill.Tests;

/// <summary>Work files of tests, in memory.</summary>
internal static class RunFiles
{
    public static RunOpener Write(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        byte[] bytes = stream.ToArray();
        return () => new MemoryStream(bytes, writable: false);
    }

    public static byte[] Bytes(RunOpener opener)
    {
        using Stream stream = opener();
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
