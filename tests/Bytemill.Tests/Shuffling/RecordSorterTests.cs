using Bytemill.Pipeline;
using Bytemill.Training;
using CsCheck;

namespace Bytemill.Tests;

/// <summary>Sorting against a plain twin, with memory for everything, for a few records, and for none.</summary>
public class RecordSorterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5_000)]
    [InlineData(1 << 20)]
    public void Drain_AnyRecords_AreInOrderOfTheirKeys(long memoryBytes) =>
        // Few hashes, so that source and row decide too.
        Gen.Select(Gen.ULong[0, 9], Gen.Byte.Array[0, 40]).Array[0, 60].Sample(records =>
        {
            (ShuffleKey Key, byte[] Record)[] all = [.. records.Select((record, i) => (new ShuffleKey(record.Item1, i % 3, i), record.Item2))];
            using var sorter = new RecordSorter(memoryBytes, new MemoryScratchSpace());
            Array.ForEach(all, record => sorter.Add(record.Key, record.Record));
            List<string> drained = [];
            sorter.Drain((key, record) => drained.Add($"{key} {Convert.ToHexString(record)}"), TestContext.Current.CancellationToken);
            int spills = sorter.SpillCount;
            return drained.SequenceEqual(all.OrderBy(record => record.Key.Hash).ThenBy(record => record.Key.Source).ThenBy(record => record.Key.Row)
                    .Select(record => $"{record.Key} {Convert.ToHexString(record.Record)}"))
                && (memoryBytes == 1 ? spills == Math.Max(0, all.Length - 1) : (memoryBytes < 1 << 20 || spills == 0));
        });

    [Fact]
    public void Add_RecordLargerThanAChunk_ComesBack()
    {
        using var sorter = new RecordSorter(1 << 16, new MemoryScratchSpace());
        byte[] large = [.. Enumerable.Range(0, 3 << 20).Select(i => (byte)i)];
        sorter.Add(new ShuffleKey(2, 0, 0), [1]);
        sorter.Add(new ShuffleKey(1, 0, 1), large);
        sorter.Add(new ShuffleKey(0, 0, 2), [2, 3]);
        List<byte[]> drained = [];
        sorter.Drain((_, record) => drained.Add(record.ToArray()), TestContext.Current.CancellationToken);
        Assert.Equal([2, 1 << 20, 1], [drained[0].Length, Math.Min(1 << 20, drained[1].Length), drained[2].Length]);
        Assert.True(drained[1].AsSpan().SequenceEqual(large));
    }
}
