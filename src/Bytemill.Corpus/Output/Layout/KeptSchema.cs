using System.Buffers;

namespace Bytemill.Corpus;

/// <summary>Types of kept columns, as Parquet has them.</summary>
public sealed class KeptSchema
{
    private const short ElementsField = 1;

    internal KeptSchema(IEnumerable<ThriftStruct> elements)
    {
        Elements = [.. elements];
        ThriftStruct[] tree =
        [
            new ThriftStruct().SetText(FooterFields.Schema.Name, "schema").SetInt32(FooterFields.Schema.Children, CountTopLevel(Elements)),
            .. Elements,
        ];
        Root = SchemaNode.ReadTree(tree, Leaves);
    }

    /// <summary>No column.</summary>
    public static KeptSchema None { get; } = new([]);

    /// <summary>Schema elements, flattened, without the root.</summary>
    internal ThriftStruct[] Elements { get; }

    internal SchemaNode Root { get; }

    internal List<SchemaNode> Leaves { get; } = [];

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static KeptSchema FromBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new KeptSchema(new ThriftReader(bytes).ReadStruct().List(ElementsField)?.Structs() ?? []);
        }
        catch (ThriftFormatException e)
        {
            throw new InvalidDataException($"The schema of the kept columns cannot be read: {e.Message}.", e);
        }
    }

    /// <summary>The same columns in the same order are the same bytes.</summary>
    public byte[] ToBytes()
    {
        ArrayBufferWriter<byte> bytes = new();
        ThriftWriter.Write(new ThriftStruct().SetList(ElementsField, ThriftList.OfStructs(Elements)), bytes);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The columns for people.</summary>
    public override string ToString() => string.Join(", ", Root.Children.Select(column => $"{column.Name}: {column.Describe()}"));

    private static int CountTopLevel(ThriftStruct[] elements)
    {
        int count = 0;
        long open = 0;
        foreach (ThriftStruct element in elements)
        {
            count += open == 0 ? 1 : 0;
            open = Math.Max(0, open - 1) + (element.Integer(FooterFields.Schema.Children) ?? 0);
        }

        return count;
    }
}
