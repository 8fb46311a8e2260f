using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Bytemill.Training;

namespace Bytemill.Benchmarks;

/// <summary>Counting n-grams of generated words (as skewed as those of a language) into a run, and merging runs into a slice.</summary>
[ShortRunJob]
[MemoryDiagnoser]
public class CountBenchmarks
{
    private const int TextBytes = 8 << 20;
    private const int Runs = 8;

    private readonly byte[] _output = new byte[64 << 20];
    private byte[][] _chunks = [];
    private RunOpener[] _runs = [];
    private ulong[] _keys = [];

    [Params(6, 8)]
    public int Order { get; set; }

    /// <summary>MB for text and keys: 2 spills, 64 does not.</summary>
    [Params(2, 64)]
    public int BufferMegabytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _chunks = MakeChunks(TextBytes);
        long bytes = _chunks.Sum(chunk => (long)chunk.Length);
        if (Count(_chunks).Total != bytes)
        {
            throw new InvalidOperationException("Counting lost positions.");
        }

        _runs = new RunOpener[Runs];
        for (int i = 0; i < Runs; i++)
        {
            byte[][] part = [.. _chunks.Where((_, number) => number % Runs == i)];
            byte[] file = _output[..(int)Count(part).LengthBytes];
            _runs[i] = () => new MemoryStream(file, writable: false);
        }

        if (Merge() != bytes)
        {
            throw new InvalidOperationException("Merging lost positions.");
        }

        _keys = new ulong[bytes];
        int length = 0;
        foreach (byte[] chunk in _chunks)
        {
            for (int i = 0; i < chunk.Length; i++)
            {
                _keys[length++] = KeyRanges.KeyOf(chunk.AsSpan(i, Math.Min(Order, chunk.Length - i)));
            }
        }
    }

    /// <summary>The plain twin: pack every key, sort, count equal neighbours.</summary>
    [Benchmark(Baseline = true)]
    public int PackSortCount()
    {
        ulong[] keys = [.. _keys];
        Array.Sort(keys);
        int distinct = 1;
        for (int i = 1; i < keys.Length; i++)
        {
            distinct += keys[i] != keys[i - 1] ? 1 : 0;
        }

        return distinct;
    }

    /// <summary>The other plain twin: a table of keys.</summary>
    [Benchmark]
    public int DictionaryCount()
    {
        var counts = new Dictionary<ulong, long>();
        foreach (ulong key in _keys)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;
        }

        return counts.Count;
    }

    [Benchmark]
    public long CountRun() => Count(_chunks).Entries;

    [Benchmark]
    public long MergeSlice() => Merge();

    private static byte[][] MakeChunks(int bytes)
    {
        var random = new Random(1);
        byte[][] words = new byte[20_000][];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = new byte[2 + random.Next(9)];
            for (int j = 0; j + 1 < words[i].Length; j++)
            {
                // The minimum of two makes some letters more frequent.
                words[i][j] = (byte)('a' + Math.Min(random.Next(26), random.Next(26)));
            }

            words[i][^1] = (byte)' ';
        }

        var chunks = new List<byte[]>();
        var line = new List<byte>();
        while (bytes > 0)
        {
            // Uniform in the logarithm of the rank, as words of a language are.
            line.AddRange(words[(int)Math.Pow(words.Length, random.NextDouble()) - 1]);
            if (line.Count > 90)
            {
                line.Add((byte)'\n');
                chunks.Add([.. line]);
                bytes -= line.Count;
                line.Clear();
            }
        }

        return [.. chunks];
    }

    private RunSummary Count(byte[][] chunks)
    {
        using var counter = new NGramCounter(Order, KeyRanges.Whole, (long)BufferMegabytes << 20, new MemoryScratchSpace());
        foreach (byte[] chunk in chunks)
        {
            counter.Add(chunk);
        }

        using var output = new MemoryStream(_output);
        return counter.WriteTo(output);
    }

    private long Merge()
    {
        using var output = new MemoryStream(_output);
        return NGramSliceMerger.Merge(_runs, 0, KeyRanges.Whole, Order, 2, new MemoryScratchSpace(), output, CancellationToken.None).Total;
    }
}
