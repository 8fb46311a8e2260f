using Bytemill.Training;

namespace Bytemill.Tests;

public sealed unsafe class NGramTableReaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public void Read_AnyHashes_FindsAndMissesAsTheWholeTable(int slack)
    {
        // With little read behind the last home, n-grams pushed far from theirs lie outside at first.
        var random = new Random(3);
        byte[] training = new byte[50_000];
        random.NextBytes(training);
        var steps = new NGramSteps { Order = 5, MinCount = 1 };
        byte[] bytes = steps.Build(steps.Merge(steps.Count([training]))).File;
        using NGramModel copy = NGramModel.Read(new MemoryStream(bytes));
        using NGramModel model = NGramModels.OpenFile(bytes);
        var reader = new NGramTableReader(model, slack);
        NGramModelTable table = copy.Table(5);
        const ulong Unknown = 0xFFFFF;
        ulong[] hashes = [.. Enumerable.Range(0, 20_000).Select(i => NGramModelLayout.Hash(
            NGramModelLayout.LastOnTop(PackedNGram.Pack(i % 2 == 0 ? training.AsSpan(i, 5) : [1, 2, 3, .. training.AsSpan(i, 2)]), 5), 5))];
        Array.Sort(hashes);
        ulong[] keys = Array.ConvertAll(hashes, hash => (hash & ~Unknown) | ((ulong)random.Next() & Unknown));
        int parts = 0;
        int found = 0;
        for (int from = 0; from < keys.Length; parts++)
        {
            int count = reader.Read(5, keys.AsSpan(from), Unknown, out NGramModelTable part);
            Assert.InRange(count, 1, keys.Length - from);
            foreach (ulong hash in hashes.AsSpan(from, count))
            {
                byte* expected = table.Find(hash);
                byte* actual = part.Find(hash);
                Assert.Equal(expected == null, actual == null);
                Assert.True(expected == null || table.OwnIndexAt(expected) == part.OwnIndexAt(actual));
                found += expected == null ? 0 : 1;
            }

            from += count;
        }

        Assert.InRange(found, 9_000, 11_000);
        Assert.True(parts > 1);
    }
}
