using System.Buffers;
using System.Buffers.Binary;

namespace Bytemill.Corpus;

/// <summary>
/// The form of a row's kept columns on the way to an output: for each leaf its values, nulls and empty lists, each as 1, its definition and
/// repetition level and, where it is a value, its length (i32, little endian) and bytes; then 0.
/// </summary>
internal static class KeptCells
{
    private const byte Another = 1;
    private const byte End = 0;

    public static void Add(IBufferWriter<byte> cells, int definition, int repetition, bool isPresent, ReadOnlySpan<byte> value)
    {
        cells.Write([Another, (byte)definition, (byte)repetition]);
        if (isPresent)
        {
            BinaryPrimitives.WriteInt32LittleEndian(cells.GetSpan(sizeof(int)), value.Length);
            cells.Advance(sizeof(int));
            cells.Write(value);
        }
    }

    public static void EndLeaf(IBufferWriter<byte> cells) => cells.Write([End]);

    /// <summary>Hands the next leaf's values to a writer.</summary>
    /// <returns>The cells of the leaves behind it.</returns>
    public static ReadOnlySpan<byte> MoveLeaf(ReadOnlySpan<byte> cells, SchemaNode leaf, LeafChunkWriter writer)
    {
        writer.EndPageIfFull();
        while (cells[0] == Another)
        {
            (byte definition, byte repetition) = (cells[1], cells[2]);
            cells = cells[3..];
            int length = 0;
            if (definition == leaf.MaxDefinitionLevel)
            {
                length = BinaryPrimitives.ReadInt32LittleEndian(cells);
                cells = cells[sizeof(int)..];
            }

            writer.Add(definition, repetition, cells[..length]);
            cells = cells[length..];
        }

        return cells[1..];
    }
}
