using System.Buffers.Binary;
using System.IO.Hashing;
using Bytemill.Corpus;
using Bytemill.Training;
using Google.Protobuf;

namespace Bytemill.Pipeline;

/// <summary>Small work files: one protobuf message, and the XxHash3 of its bytes (u64, little endian).</summary>
internal static class CheckedMessage
{
    public static void Write(Stream output, IMessage message)
    {
        byte[] bytes = message.ToByteArray();
        output.Write(bytes);
        Span<byte> hash = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, XxHash3.HashToUInt64(bytes));
        output.Write(hash);
    }

    /// <exception cref="RunFormatException">The file is damaged.</exception>
    public static T Read<T>(Stream input, MessageParser<T> parser)
        where T : IMessage<T> => parser.ParseFrom(ReadChecked(input));

    /// <exception cref="RunFormatException">The file is damaged.</exception>
    public static void ReadThrough(Stream input) => _ = ReadChecked(input);

    private static ReadOnlySpan<byte> ReadChecked(Stream input)
    {
        using var bytes = new MemoryStream();
        input.CopyTo(bytes);
        ReadOnlySpan<byte> file = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        if (file.Length >= sizeof(ulong))
        {
            ReadOnlySpan<byte> message = file[..^sizeof(ulong)];
            if (XxHash3.HashToUInt64(message) == BinaryPrimitives.ReadUInt64LittleEndian(file[message.Length..]))
            {
                return message;
            }
        }

        throw new RunFormatException($"Work file '{Stores.NameOf(input)}' is damaged: its checksum differs.");
    }
}
