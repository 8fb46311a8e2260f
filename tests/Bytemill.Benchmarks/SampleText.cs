using Bytemill.Corpus;

namespace Bytemill.Benchmarks;

/// <summary>Documents of the sample corpus in the repository.</summary>
internal static class SampleText
{
    /// <summary>The documents of one of its ten files.</summary>
    public static List<byte[]> Read(int part)
    {
        List<byte[]> documents = [];
        using TextColumnReader reader = TextColumnReader.Open(Path.Combine(SampleCorpus(), $"part-{part:D5}.parquet"), "text");
        for (int group = 0; group < reader.RowGroupCount; group++)
        {
            foreach (TextBatch batch in reader.ReadBatches(group, 1 << 22))
            {
                using (batch)
                {
                    for (int row = 0; row < batch.RowCount; row++)
                    {
                        documents.Add(batch[row].ToArray());
                    }
                }
            }
        }

        return documents;
    }

    private static string SampleCorpus()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string corpus = Path.Combine(folder.FullName, "samples", "corpus");
            if (Directory.Exists(corpus))
            {
                return corpus;
            }
        }

        throw new InvalidOperationException("There is no samples/corpus above this program.");
    }
}
