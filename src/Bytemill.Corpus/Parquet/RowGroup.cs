namespace Bytemill.Corpus;

/// <summary>One row group as the footer has it; one chunk per leaf of the schema, in that order.</summary>
internal sealed record RowGroup(long Rows, ColumnChunk[] Chunks);
