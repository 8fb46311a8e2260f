namespace Bytemill.Corpus;

/// <summary>Writes the taken rows of a column of any type: plain, with its levels, compressed anew. Its values stay as they are.</summary>
internal static class ChunkFilter
{
    /// <summary>Writes a chunk.</summary>
    /// <exception cref="CorpusException">The chunk is damaged, or encoded in a way that is not supported.</exception>
    public static void Write(
        CorpusSource source, ColumnChunk chunk, RowSelection rows, ParquetOutput output, PageCompressor compressor, string where, CancellationToken cancellation)
    {
        LeafChunkWriter writer = new(chunk.Column, compressor, output.Stream);
        using LeafReader reader = new(source, chunk, where);
        long row = -1;
        bool isTaken = false;
        foreach (LeafPage page in reader.Read(cancellation))
        {
            int value = 0;
            for (int i = 0; i < page.Count; i++)
            {
                if (page.Repetition[i] == 0)
                {
                    row++;
                    isTaken = rows.Takes(row);
                    writer.EndPageIfFull();
                }

                bool isPresent = page.Definition[i] == chunk.Column.MaxDefinitionLevel;
                if (isTaken)
                {
                    writer.Add((byte)page.Definition[i], (byte)page.Repetition[i], isPresent ? page.Values[value] : default);
                }

                value += isPresent ? 1 : 0;
            }
        }

        output.Add(writer.End(output.Position));
    }
}
