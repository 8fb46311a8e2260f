using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>Kept properties of a file of lines, and the columns that its directories stand for, all of them strings.</summary>
internal sealed class KeptProperties : KeptColumns
{
    private readonly int _own;
    private readonly byte[]?[] _directories;

    public KeptProperties(string path, IReadOnlyList<string>? keep)
        : this(HivePath.WithoutDirectories(path, [.. keep ?? []]), HivePath.Kept(path, keep, _ => false), path)
    {
    }

    private KeptProperties(ImmutableArray<string> own, ImmutableArray<KeyValuePair<string, string?>> directories, string path)
        : base(SchemaOf([.. own, .. directories.Select(directory => directory.Key)], path))
    {
        _own = own.Length;
        _directories = [.. directories.Select(directory => directory.Value is { } value ? Encoding.UTF8.GetBytes(value) : null)];
    }

    public override void BeginGroup(int group, CancellationToken cancellation) => cancellation.ThrowIfCancellationRequested();

    public override void Write(TextBatch batch, int row, IBufferWriter<byte> cells)
    {
        for (int column = 0; column < _own; column++)
        {
            ReadOnlyMemory<byte>? value = batch.Kept(column, row);
            Write(value.GetValueOrDefault().Span, value is not null, cells);
        }

        foreach (byte[]? value in _directories)
        {
            Write(value, value is not null, cells);
        }
    }

    internal static void Write(ReadOnlySpan<byte> value, bool isPresent, IBufferWriter<byte> cells)
    {
        KeptCells.Add(cells, isPresent ? 1 : 0, 0, isPresent, value);
        KeptCells.EndLeaf(cells);
    }

    private static KeptSchema SchemaOf(IReadOnlyList<string> names, string path)
    {
        TokenizedTableWriter.CheckNames(path, names);
        return new KeptSchema(names.Select(StringChunkWriter.Element));
    }
}
