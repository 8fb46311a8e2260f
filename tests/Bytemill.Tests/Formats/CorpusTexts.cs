using System.Text;
using Bytemill.Corpus;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary>Real text and a model for comparing exports: of the shared data where it is, else of the repository.</summary>
internal static class CorpusTexts
{
    /// <summary>Documents from the beginning of every file of the corpus, about <paramref name="bytes"/> in all.</summary>
    public static List<string> Documents(int bytes)
    {
        string[] files = Directory.GetFiles(SharedData.Find("../corpus/mixed") ?? Samples(), "*.parquet");
        Array.Sort(files, StringComparer.Ordinal);
        var documents = new List<string>();
        foreach (string file in files)
        {
            long left = bytes / files.Length;
            using TextColumnReader reader = TextColumnReader.Open(file, "text");
            foreach (TextBatch batch in reader.ReadBatches(group: 0, batchBytes: left))
            {
                using (batch)
                {
                    for (int row = 0; row < batch.RowCount && left > 0; row++)
                    {
                        documents.Add(Encoding.UTF8.GetString(batch[row]));
                        left -= batch[row].Length;
                    }
                }

                if (left <= 0)
                {
                    break;
                }
            }
        }

        return documents;
    }

    /// <summary>A model with <c>ensure_unicode</c>, thousands of pieces where there is one.</summary>
    public static TokenizerModel Model()
    {
        const string Large = "2mb-o6-v8000_4000-c4.model.8000";
        byte[] file = SharedData.Find(Large) is { } path ? File.ReadAllBytes(path) : GoldenCases.Load("languages").Models[0].Value;
        return new TokenizerModel(BytePieceFormat.Read(new MemoryStream(file)).Vocabulary, new ModelOptions());
    }

    private static string Samples()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string samples = Path.Combine(folder.FullName, "samples", "corpus");
            if (Directory.Exists(samples))
            {
                return samples;
            }
        }

        throw new DirectoryNotFoundException($"No samples/corpus in '{AppContext.BaseDirectory}' or a folder above it; run the tests from a checkout.");
    }
}
