using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>Kept columns of a Parquet file, and those that its directories stand for.</summary>
internal sealed class KeptLeaves : KeptColumns
{
    private readonly CorpusSource _source;
    private readonly ParquetFooter _input;
    private readonly ColumnSelection _kept;
    private readonly byte[]?[] _directories;
    private LeafCursor[] _cursors = [];

    private KeptLeaves(CorpusSource source, ParquetFooter input, ColumnSelection kept, ImmutableArray<KeyValuePair<string, string?>> directories)
        : base(new KeptSchema([.. kept.Elements, .. directories.Select(directory => StringChunkWriter.Element(directory.Key))]))
    {
        (_source, _input, _kept) = (source, input, kept);
        _directories = [.. directories.Select(directory => directory.Value is { } value ? Encoding.UTF8.GetBytes(value) : null)];
    }

    public static new KeptLeaves Open(CorpusFile file, string textColumn, IReadOnlyList<string>? keep)
    {
        CorpusSource source = CorpusSource.Open(file.Path);
        try
        {
            ParquetFooter input = ParquetFooter.Read(source);
            if (!string.Equals(input.Fingerprint, file.Fingerprint, StringComparison.Ordinal))
            {
                throw new CorpusException($"{file.Path}: the file is not the one that was looked at when the job began; run the job again.");
            }

            ColumnSelection kept = ColumnSelection.Select(
                input, input.FindTextColumn(textColumn), keep, HivePath.ColumnsOf(source.Path).Select(directory => directory.Key));
            return new KeptLeaves(source, input, kept, HivePath.Kept(
                source.Path, keep, name => input.Root.Children.Exists(column => string.Equals(column.Name, name, StringComparison.Ordinal))));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public override void BeginGroup(int group, CancellationToken cancellation)
    {
        CloseCursors();
        RowGroup rows = _input.RowGroups[group];
        _cursors =
        [
            .. _kept.Leaves.Select(leaf => new LeafCursor(
                _source, rows.Chunks[leaf.LeafIndex], $"{_source.Path}: row group {group}, column '{leaf.DottedPath}'", cancellation)),
        ];
    }

    public override void Write(TextBatch batch, int row, IBufferWriter<byte> cells)
    {
        foreach (LeafCursor cursor in _cursors)
        {
            cursor.Write(batch.FirstRow + row, cells);
        }

        foreach (byte[]? value in _directories)
        {
            KeptProperties.Write(value, value is not null, cells);
        }
    }

    protected override void Dispose(bool disposing)
    {
        CloseCursors();
        _source.Dispose();
        base.Dispose(disposing);
    }

    private void CloseCursors() => Array.ForEach(_cursors, cursor => cursor.Dispose());
}
