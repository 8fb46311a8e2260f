using System.Buffers.Binary;
using System.IO.Hashing;
using Bytemill.Corpus;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Records with their keys in a file: hash (u64), source (i32), row (i64), length (i32), all little endian, then the record.</summary>
internal static class RecordStream
{
    private const int HeadBytes = sizeof(ulong) + sizeof(int) + sizeof(long) + sizeof(int);

    /// <returns>Bytes written.</returns>
    public static long Write(Stream output, ShuffleKey key, ReadOnlySpan<byte> record, XxHash3? hash = null)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(head, key.Hash);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], key.Source);
        BinaryPrimitives.WriteInt64LittleEndian(head[12..], key.Row);
        BinaryPrimitives.WriteInt32LittleEndian(head[20..], record.Length);
        output.Write(head);
        output.Write(record);
        hash?.Append(head);
        hash?.Append(record);
        return HeadBytes + record.Length;
    }

    /// <summary>Reads the next record.</summary>
    /// <param name="input">At its beginning.</param>
    /// <param name="buffer">Receives the record; grown where it is too small.</param>
    /// <param name="key">Its key.</param>
    /// <param name="most">Bytes that are left for it.</param>
    /// <param name="hash">Receives what was read.</param>
    /// <returns>Length of the record.</returns>
    /// <exception cref="RunFormatException">There is none of that length.</exception>
    public static int Read(Stream input, ref byte[] buffer, out ShuffleKey key, long most, XxHash3? hash = null)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        if (most < HeadBytes || input.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) < HeadBytes)
        {
            throw Damaged(input);
        }

        key = new ShuffleKey(
            BinaryPrimitives.ReadUInt64LittleEndian(head), BinaryPrimitives.ReadInt32LittleEndian(head[8..]), BinaryPrimitives.ReadInt64LittleEndian(head[12..]));
        int length = BinaryPrimitives.ReadInt32LittleEndian(head[20..]);
        if (length < 0 || length > most - HeadBytes)
        {
            throw Damaged(input);
        }

        if (buffer.Length < length)
        {
            buffer = new byte[Math.Max(length, Math.Min(2L * buffer.Length, Array.MaxLength))];
        }

        if (input.ReadAtLeast(buffer.AsSpan(0, length), length, throwOnEndOfStream: false) < length)
        {
            throw Damaged(input);
        }

        hash?.Append(head);
        hash?.Append(buffer.AsSpan(0, length));
        return length;
    }

    /// <summary>Bytes of a record with its key.</summary>
    public static long LengthOf(int record) => HeadBytes + record;

    public static RunFormatException Damaged(Stream input) => new($"Work file '{Stores.NameOf(input)}' is damaged: it does not hold the rows that it should.");
}
