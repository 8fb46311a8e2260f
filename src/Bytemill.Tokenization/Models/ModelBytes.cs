using System.Globalization;

namespace Bytemill.Tokenization;

/// <summary>Brings a model file into memory. What is no model is refused by its first bytes, however long it is.</summary>
internal static class ModelBytes
{
    internal const int HeadLength = 4096;
    private const int BlockLength = 1 << 16;

    /// <summary>Throws when a file that begins like this is no model; a short file is all there is.</summary>
    public delegate void HeadCheck(ReadOnlySpan<byte> head, string name);

    /// <summary>All that is left of <paramref name="stream"/>.</summary>
    /// <exception cref="ModelFormatException">From <paramref name="check"/>, or the stream has more bytes than an array can.</exception>
    public static byte[] Read(Stream stream, string name, HeadCheck check)
    {
        byte[] head = new byte[HeadLength];
        int length = stream.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false);
        check(head.AsSpan(0, length), name);
        if (length < HeadLength)
        {
            return head[..length];
        }

        using var memory = new MemoryStream(stream.CanSeek ? Capacity(stream.Length - stream.Position + length, name) : BlockLength);
        memory.Write(head);
        byte[] block = new byte[BlockLength];
        while ((length = stream.Read(block)) > 0)
        {
            Capacity(memory.Length + length, name);
            memory.Write(block, 0, length);
        }

        return memory.Length == memory.Capacity ? memory.GetBuffer() : memory.ToArray();
    }

    /// <summary>Reads a whole file.</summary>
    /// <inheritdoc cref="Read"/>
    public static byte[] ReadFile(string path, HeadCheck check)
    {
        using FileStream stream = File.OpenRead(path);
        return Read(stream, Path.GetFileName(path), check);
    }

    private static int Capacity(long length, string name)
    {
        if (length > Array.MaxLength)
        {
            Throw.Format(name, "the end", string.Create(CultureInfo.InvariantCulture, $"{length} bytes or more"),
                string.Create(CultureInfo.InvariantCulture, $"{Array.MaxLength} at most"), "Is this another kind of file?");
        }

        return (int)length;
    }
}
