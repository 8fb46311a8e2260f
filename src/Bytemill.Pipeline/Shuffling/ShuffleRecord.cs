using System.Buffers;
using System.Buffers.Binary;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>
/// A row as bytes on its way through the shuffle, little endian: part of the split and whether the text is null (u8 each), tokens, ids, documents (i32
/// each), then the ids, the documents' starts (i32 each), and the kept columns to the end.
/// </summary>
internal static class ShuffleRecord
{
    private const int HeadBytes = 2 + (3 * sizeof(int));

    public static void Write(in OutputRow row, int part, IBufferWriter<byte> output)
    {
        Span<byte> head = output.GetSpan(HeadBytes);
        (head[0], head[1]) = ((byte)part, row.IsNull ? (byte)1 : (byte)0);
        BinaryPrimitives.WriteInt32LittleEndian(head[2..], row.TokenCount);
        BinaryPrimitives.WriteInt32LittleEndian(head[6..], row.Ids.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[10..], row.DocumentStarts.Length);
        output.Advance(HeadBytes);
        WriteNumbers(row.Ids, output);
        WriteNumbers(row.DocumentStarts, output);
        output.Write(row.Kept);
    }

    /// <summary>Reads a row.</summary>
    /// <param name="record">What <see cref="Write"/> wrote; the row refers to it.</param>
    /// <param name="numbers">Holds the numbers of the row; grown where it is too small.</param>
    /// <param name="part">The part of the split.</param>
    public static OutputRow Read(ReadOnlySpan<byte> record, ref int[] numbers, out int part)
    {
        part = record[0];
        int ids = BinaryPrimitives.ReadInt32LittleEndian(record[6..]);
        int starts = BinaryPrimitives.ReadInt32LittleEndian(record[10..]);
        int count = checked(ids + starts);
        if (numbers.Length < count)
        {
            numbers = new int[Math.Max(count, Math.Min(2 * numbers.Length, Array.MaxLength / 2))];
        }

        for (int i = 0; i < count; i++)
        {
            numbers[i] = BinaryPrimitives.ReadInt32LittleEndian(record[(HeadBytes + (i * sizeof(int)))..]);
        }

        return new OutputRow
        {
            IsNull = record[1] != 0,
            TokenCount = BinaryPrimitives.ReadInt32LittleEndian(record[2..]),
            Ids = numbers.AsSpan(0, ids),
            DocumentStarts = numbers.AsSpan(ids, starts),
            Kept = record[(HeadBytes + (count * sizeof(int)))..],
        };
    }

    private static void WriteNumbers(ReadOnlySpan<int> numbers, IBufferWriter<byte> output)
    {
        if (numbers.IsEmpty)
        {
            return;
        }

        Span<byte> bytes = output.GetSpan(numbers.Length * sizeof(int));
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(i * sizeof(int))..], numbers[i]);
        }

        output.Advance(numbers.Length * sizeof(int));
    }
}
